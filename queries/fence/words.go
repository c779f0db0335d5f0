package fence

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"golang.org/x/text/width"

	"taizhang/internal/lang"
)

// saying is what DuckDB says of a fault that people make, and how that is said in Chinese; $1, $2, … are the parts of its
// sentence. One that begins with - tells the kind alone.
type saying struct {
	pattern *regexp.Regexp
	chinese string
}

var sayings = sync.OnceValue(func() []saying {
	var out []saying
	for _, s := range [][2]string{
		{`^Parser Error: syntax error at or near "(.*)"`, `语法不对，从“$1”起读不下去`},
		{`^Parser Error: syntax error at end of input`, `语句没有写完`},
		{`^Parser Error: SELECT clause without selection list`, `SELECT 后面没有写要查的列`},
		{`^Parser Error: unterminated quoted (?:string|identifier)`, `引号没有成对`},
		{`^Parser Error: window "(.*)" does not exist`, `没有窗口“$1”`},
		{`^Parser Error: `, `-语法不对`},
		{`^Catalog Error: Table with name "?(.*?)"? does not exist because schema "(.*)" does not exist`, `没有表“$1”：没有“$2”这一组`},
		{`(?s)^Catalog Error: Table with name "?(.*?)"? does not exist!.*Did you mean "(.*?)"`, `没有表“$1”，是不是“$2”`},
		{`^Catalog Error: Table with name "?(.*?)"? does not exist`, `没有表“$1”`},
		{`(?s)^Catalog Error: (?:Scalar |Aggregate |Table |Macro |Table Macro )*Function with name "?(.*?)"? does not exist!.*Did you mean "(.*?)"`, `没有函数“$1”，相近的有“$2”`},
		{`^Catalog Error: (?:Scalar |Aggregate |Table |Macro )*Function with name "?(.*?)"? does not exist`, `没有函数“$1”`},
		{`^Catalog Error: Type with name (.*) does not exist`, `没有类型“$1”`},
		{`(?s)^Binder Error: Referenced column "(.*?)" not found in FROM clause!.*Candidate bindings: (.*?)(?:\n|$)`, `没有列“$1”，相近的有：$2`},
		{`^Binder Error: Referenced column "(.*?)" (?:not found|was not found because the FROM clause is missing)`, `没有列“$1”`},
		{`(?s)^Binder Error: Referenced table "(.*?)" not found!.*Candidate tables: (.*?)(?:\n|$)`, `FROM 里没有表“$1”，有的是：$2`},
		{`^Binder Error: (?:Table|Values list) "(.*?)" does not have a column named "(.*?)"`, `“$1”里没有列“$2”`},
		{`^Binder Error: Ambiguous reference to column name "(.*?)" \(use: (.*)\)`, `几张表都有列“$1”，请写明是哪一张的：$2`},
		{`^Binder Error: Ambiguous reference to table "+(?:.*\."?)?(.*?)"+ \(`, `表“$1”用了两次，请分别起别名，如：$1 as a`},
		{`^Binder Error: column "(.*?)" must appear in the GROUP BY clause`, `列“$1”没有汇总：请写进 GROUP BY，或放进 max、count 等汇总函数`},
		{`^Binder Error: WHERE clause cannot contain aggregates`, `WHERE 里不能用 count、sum 等汇总函数，请改用 HAVING`},
		{`^Binder Error: aggregate function calls cannot be nested`, `汇总函数里不能再套汇总函数`},
		{`^Binder Error: Set operations can only apply to expressions with the same number`, `UNION 上下两部分的列数不一样`},
		{`^Binder Error: No function matches the given name and argument types '(.*?)\((.*?)\)'`, `函数“$1”不能这样用：参数的类型或个数不对（$2）`},
		{`^Binder Error: Cannot compare values of type (\S+) and (?:type )?(\S+)`, `$1 和 $2 类型不同，不能比较，请用 cast 转换`},
		{`^Conversion Error: Could not convert string '(.*?)' to (\S+)`, `“$1”不能转换成 $2`},
		{`^Conversion Error: (?:invalid|Could not parse) (?:date|timestamp) field format: "(.*?)"`, `“$1”不是日期，请写成 '2022-08-15'`},
		{`^Conversion Error: (?:date|timestamp) field value out of range: "(.*?)"`, `没有“$1”这一天`},
		{`^Conversion Error: Unimplemented type for cast \((.*?) -> (.*?)\)`, `$1 不能转换成 $2；日期请加单引号，如 '2022-08-15'`},
		{`^Conversion Error: Type (\S+) with value (\S+) can't be cast`, `$2 太大，放不进目标类型`},
		{`^Conversion Error: `, `-内容不能转换成要的类型`},
		{`^Out of Range Error: `, `-数值超出了范围`},
		{`^Invalid Input Error: More than one row returned by a subquery`, `括号里的查询得出了不止一行，这里只能有一行：请加条件、汇总，或改用 in`},
		{`^(?:Binder|Catalog) Error: `, `-语句和表对不上`},
		{`^Invalid Input Error: `, `-函数得到的内容不对`},
		{`^Not implemented Error: `, `-数据库不支持这样写`},
	} {
		out = append(out, saying{regexp.MustCompile(s[0]), s[1]})
	}
	return out
})

// wideSigns are signs as Chinese keyboards give them, each with the one that SQL knows.
var wideSigns = strings.NewReplacer("，", ",", "；", ";", "（", "(", "）", ")", "＝", "=", "“", "'", "”", "'", "‘", "'", "’", "'", "＞", ">", "＜", "<", "＊", "*", "。", ".", "：", ":", "！", "!", "　", " ")

// spoken is what DuckDB says, in both languages: in Chinese what it means, and where; of what isn't known the
// kind, with the engine's own words.
func spoken(text string) (message, hint lang.Text) {
	says := ""
	for _, s := range sayings() {
		if m := s.pattern.FindStringSubmatchIndex(text); m != nil {
			says = string(s.pattern.ExpandString(nil, s.chinese, text, m))
			break
		}
	}
	if says == "" {
		return plain(text), hint
	}
	says = strings.ReplaceAll(says, `"`, "")
	if rest, general := strings.CutPrefix(says, "-"); general { // no more is known of it than its kind
		says = rest + "\n数据库原文：" + firstLine(text)
	}
	e := Error{Message: lang.Text{English: text}}
	p, placed := e.Place()
	if placed {
		says += fmt.Sprintf("\n第%d行： %s%s%s\n%s^", p.Line, p.Before, p.At, p.After, strings.Repeat(" ", p.column))
	}
	switch {
	case placed && wideSigns.Replace(p.At) != p.At:
		sign := strings.TrimSpace(p.At)
		hint = lang.Say("write %[1]s with the signs of the Latin keyboard: %[2]s", "请把“%[1]s”里的全角标点改成半角：%[2]s", sign, wideSigns.Replace(sign))
	case strings.HasPrefix(text, "Binder Error: Referenced column") && placed && strings.HasPrefix(p.At, `"`):
		hint = lang.Say("a text stands in single quotes: '%[1]s'; double quotes name a column", "文字要用单引号：'%[1]s'；双引号里的是列名", strings.Trim(p.At, `"`))
	}
	return lang.Text{English: text, Chinese: says}, hint
}

// Place is where in a query something is wrong: a line of it, as the engine quotes it.
type Place struct {
	Line              int
	Before, At, After string

	column int // where the engine points, in columns of a screen
}

var (
	quoted = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?s)\nLINE (\d+): ([^\n]*)\n( *)\^`) })
	token  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^(?:"[^"]*"?|'[^']*'?|[\p{L}\p{N}_，；（）＝“”‘’。]+|.)`)
	})
)

// Place is where the query is at fault, where the engine says.
func (e *Error) Place() (p Place, ok bool) {
	m := quoted().FindStringSubmatch(e.Message.English)
	if m == nil {
		return p, false
	}
	if _, err := fmt.Sscan(m[1], &p.Line); err != nil {
		return p, false
	}
	p.column = len(m[3])
	left := p.column - len("LINE : ") - len(m[1])
	at := len(m[2])
	for i, r := range m[2] {
		if left <= 0 {
			at = i
			break
		}
		left -= widthOf(r)
	}
	p.At = token().FindString(m[2][at:])
	p.Before, p.After = m[2][:at], m[2][at+len(p.At):]
	return p, true
}

// widthOf is how many columns a character takes where the engine counts them.
func widthOf(r rune) int {
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}
