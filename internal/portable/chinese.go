package portable

import (
	"cmp"

	"taizhang/internal/lang"
)

// inWords is a construct, or how to write it, in the language spoken; names and expressions are the same in both.
func inWords(text string) string {
	return lang.Phrase("%[1]s", "%[2]s", text, cmp.Or(chinese[text], text))
}

// chinese is what the rules say that isn't SQL.
var chinese = map[string]string{
	"FROM first":                    "FROM 写在前面",
	"date_diff other than in days":  "不按天的 date_diff",
	"date_diff on timestamps":       "时间戳之间的 date_diff",
	"a struct literal":              "结构体",
	"greatest/least (NULLs differ)": "greatest/least（空值结果不同）",
	"concat (NULLs differ)":         "concat（空值结果不同）",
	"regular expressions":           "正则表达式",
	"day of week":                   "星期几",
	"extract of such a field":       "extract 的这一字段",
	"the clock":                     "系统时间",
	"a statement other than SELECT": "SELECT 以外的语句",
	"timestamp (its fraction is cut to milliseconds in Trino)":  "timestamp（Trino 只保留到毫秒）",
	"a type of one engine only":                                 "只有一个引擎支持的类型",
	"decimal without digits":                                    "没有写位数的 decimal",
	"char(n) (one engine pads or cuts)":                         "char(n)（有的引擎会补空格或截断）",
	"a double as text":                                          "把 double 转成文字",
	"a double as a whole number (halves differ)":                "把 double 转成整数（.5 的取舍不同）",
	"try_cast of a text":                                        "对文字用 try_cast",
	"a hash":                                                    "哈希函数",
	"a function of one engine only":                             "只有一个引擎支持的函数",
	"FILTER in a window":                                        "窗口函数中的 FILTER",
	"the sum of a truth":                                        "对真假值求和",
	"substr from 0":                                             "substr 从 0 开始",
	"date_trunc of a date (TIMESTAMP in DuckDB, DATE in Trino)": "对日期用 date_trunc（DuckDB 得 TIMESTAMP，Trino 得 DATE）",
	"date - date":                                               "日期相减",
	"date + number":                                             "日期加数字",
	"comparing rows (an error where a part is null)":            "整行比较（有空值时出错）",
	"max_by by a row (an error where a part is null)":           "按整行取 max_by（有空值时出错）",
	"row_number() in a CTE and a where on it":                   "CTE 中用 row_number()，再用 where 筛选",
	"name the columns, or group by 1, 2":                        "逐个写出列名，或 group by 1, 2",
	"name the columns":                                          "逐个写出列名",
	"list the columns":                                          "逐个列出各列",
	"parse dates in staging":                                    "在 stg 中解析日期",
	"date_diff('day', d1, d2) on DATEs":                         "对 DATE 用 date_diff('day', d1, d2)",
	"cast both to DATE":                                         "两个都 cast 成 DATE",
	"separate columns":                                          "分成几列",
	"one row per value; in queries array_join(array_agg(x order by x), ',')": "每个值一行；查询中用 array_join(array_agg(x order by x), ',')",
	"one row per value": "每个值一行",
	"one row per value; in queries array_agg(x order by x)":                           "每个值一行；查询中用 array_agg(x order by x)",
	"max_by, or row_number() and max(case when n = 1 …)":                              "max_by，或 row_number() 加 max(case when n = 1 …)",
	"row_number n, count total, where 2 * n between total and total + 2, avg":         "row_number 得 n，count 得 total，where 2 * n between total and total + 2，再取 avg",
	"like, in staging or intake":                                                      "like，或在 stg、接收时处理",
	"year, quarter, month, week or day":                                               "year、quarter、month、week 或 day",
	"union all with the same columns":                                                 "各列相同的 union all",
	"as_of and known_at of ctl.run":                                                   "ctl.run 的 as_of 和 known_at",
	"the runner creates the table":                                                    "只写 SELECT，表由程序建立",
	"varchar, integer, bigint, double, decimal(18, 2), date, timestamp(6) or boolean": "varchar、integer、bigint、double、decimal(18, 2)、date、timestamp(6) 或 boolean",
	"varchar, and substr(x, 1, n)":                                                    "varchar，再用 substr(x, 1, n)",
	"parse in intake, which gives typed columns":                                      "在接收时解析，得到有类型的列",
	"compare the columns themselves":                                                  "直接比较各列",
	"split_part, substr, or do it in intake":                                          "split_part、substr，或在接收时处理",
	"row_number() and max(case when n = 1 …)":                                         "row_number() 加 max(case when n = 1 …)",
	"a list literal or subscript":                                                     "列表或下标",
	"a CTE with values, or array[…]":                                                  "用 values 的 CTE，或 array[…]",
	"sum(x) * 0.0001, or cast(… as double)":                                           "sum(x) * 0.0001，或 cast(… as double)",
	"a Chinese name without quotes":                                                   "没有加引号的中文名称",
	"date + interval (TIMESTAMP in DuckDB, DATE in Trino)":                            "日期加 interval（DuckDB 得 TIMESTAMP，Trino 得 DATE）",
	"dividing whole numbers (a fraction in DuckDB, a whole number in Trino)":          "整数相除（DuckDB 得小数，Trino 得整数）",
	"|| with something other than a text":                                             "|| 连接的不是文字",
	"a name that the same SELECT gives":                                               "同一个 SELECT 中起的名称",
	"the expression again, or a subquery":                                             "再写一遍表达式，或用子查询",
}
