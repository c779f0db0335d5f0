// Package portable names what DuckDB and Trino read differently in a text of SQL, with the spelling that both read alike.
//
// Words: a construct is something one engine refuses or answers otherwise; a finding is one place of it, by line and column.
// What is silent differs without an error: those are the dangerous ones. Texts are looked at, not bound: what depends on a type
// is known only of names whose type is given, of literals and of functions. What the lint cannot know, make test-trino and a
// build on Trino find.
package portable

import (
	"regexp"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/internal/lang"
)

// Finding is one place of a text.
type Finding struct {
	Offset, Line, Column int    // bytes; line and column from 1, the column in characters
	What, Portable       string // the construct; how to write it
	Silent               bool   // both engines answer, each otherwise
}

// Message says what is wrong and how to write it.
func (f Finding) Message() string {
	text := lang.Phrase("%s is not portable; write %s", "%s 不可移植；请写成 %s", inWords(f.What), inWords(f.Portable))
	if f.Silent {
		text += lang.Phrase(" (Trino would answer otherwise, without an error)", "（Trino 会得出不同结果而不报错）")
	}
	return text
}

// Options of Check.
type Options struct {
	Staging bool              // dates and texts may be parsed
	Query   bool              // of a reader: arrays and texts put together are usual there
	Types   map[string]string // of columns, by name, as DuckDB names them
}

// rule is a construct on which DuckDB and Trino differ, as measured.
type rule struct {
	pattern  func() *regexp.Regexp
	what     string
	portable string
	staging  bool // allowed in staging
	query    bool // allowed in queries of readers
	silent   bool
	castOnly bool // fine directly within cast( … )
}

// re is a pattern compiled when it is first needed: most commands never look at a text.
func re(p string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)` + p) })
}

const wholeType = `(tinyint|smallint|integer|int|bigint)`

var rules = []rule{
	{pattern: re(`\bqualify\b`), what: "QUALIFY", portable: "row_number() in a CTE and a where on it"},
	{pattern: re(`\bgroup\s+by\s+all\b`), what: "GROUP BY ALL", portable: "name the columns, or group by 1, 2"},
	{pattern: re(`\border\s+by\s+all\b`), what: "ORDER BY ALL", portable: "name the columns"},
	{pattern: re(`::`), what: "x::type", portable: "cast(x as type)"},
	{pattern: re(`\*\s*(exclude|replace|rename)\b`), what: "* EXCLUDE", portable: "list the columns"},
	{pattern: re(`(^|\(|\bas\s)\s*from\b`), what: "FROM first", portable: "select … from"},
	{pattern: re(`\b(un)?pivot\b`), what: "PIVOT", portable: "sum(case when …)"},
	{pattern: re(`//`), what: "//", portable: "floor(cast(a as double) / b)"},
	{pattern: re(`\b(try_)?strptime\s*\(`), what: "strptime", portable: "parse dates in staging", staging: true},
	{pattern: re(`\b(strftime|date_format)\s*\(`), what: "strftime", portable: "substr(cast(d as varchar), 1, 7)"},
	{pattern: re(`\bdate_diff\s*\(\s*'(year|month|week|quarter|hour|minute|second)'`), what: "date_diff other than in days", portable: "date_diff('day', d1, d2) on DATEs", silent: true},
	{pattern: re(`\bdate_diff\s*\([^)]*(_at\b|known_at|timestamp)`), what: "date_diff on timestamps", portable: "cast both to DATE", silent: true},
	{pattern: re(`\bdate_sub\s*\(|\bdatediff\s*\(`), what: "date_sub", portable: "date_diff('day', d1, d2)"},
	{pattern: re(`\{`), what: "a struct literal", portable: "separate columns"},
	{pattern: re(`\b(greatest|least)\s*\(`), what: "greatest/least (NULLs differ)", portable: "case when a > b then a else b end", silent: true},
	{pattern: re(`\bconcat(_ws)?\s*\(`), what: "concat (NULLs differ)", portable: "a || coalesce(b, '')", silent: true},
	{pattern: re(`\b(string_agg|group_concat|listagg)\s*\(`), what: "string_agg", portable: "one row per value; in queries array_join(array_agg(x order by x), ',')"},
	{pattern: re(`\b(array_agg|array_join)\s*\(`), what: "array_agg", portable: "one row per value", query: true},
	{pattern: re(`\blist\s*\(`), what: "list", portable: "one row per value; in queries array_agg(x order by x)"},
	{pattern: re(`\b(arg_max|arg_min|first|last|any_value|mode)\s*\(`), what: "arg_max", portable: "max_by, or row_number() and max(case when n = 1 …)"},
	{pattern: re(`\b(median|quantile_cont|quantile_disc|approx_quantile)\s*\(`), what: "median", portable: "row_number n, count total, where 2 * n between total and total + 2, avg"},
	{pattern: re(`\b(generate_series|range|unnest)\s*\(`), what: "generate_series", portable: "ctl.calendar"},
	{pattern: re(`\b(regexp_matches|regexp_replace|regexp_extract|regexp_full_match)\s*\(`), what: "regular expressions", portable: "like, in staging or intake", silent: true},
	{pattern: re(`\b(left|right)\s*\(`), what: "left/right", portable: "substr(x, 1, n)"},
	{pattern: re(`\bdayofweek|\bisodow\b|\bextract\s*\(\s*dow\b`), what: "day of week", portable: "ctl.calendar"},
	{pattern: re(`\bextract\s*\(\s*(isoyear|epoch|decade|century|millennium|julian|era|timezone)\b`), what: "extract of such a field", portable: "year, quarter, month, week or day"},
	{pattern: re(`\binterval\s+\d`), what: "INTERVAL 1 DAY", portable: "interval '1' day"},
	{pattern: re(`\bunion\s+(all\s+)?by\s+name\b`), what: "UNION BY NAME", portable: "union all with the same columns"},
	{pattern: re(`\b(semi|anti|asof|positional)\s+join\b`), what: "SEMI/ASOF JOIN", portable: "exists (…)"},
	{pattern: re(`\blimit\s+\d+\s+offset\b`), what: "LIMIT … OFFSET", portable: "offset … limit …"},
	{pattern: re(`\b(ilike|glob|similar\s+to)\b`), what: "ILIKE", portable: "lower(a) like …"},
	{pattern: re(`\b(current_date|current_timestamp|now\s*\(|today\s*\()`), what: "the clock", portable: "as_of and known_at of ctl.run", silent: true},
	{pattern: re(`\bcreate\b|\binsert\b|\bdelete\b|\bupdate\b|\battach\b|\bcopy\b`), what: "a statement other than SELECT", portable: "the runner creates the table"},

	{pattern: re(`\bas\s+timestamp\s*\)`), what: "timestamp (its fraction is cut to milliseconds in Trino)", portable: "timestamp(6)", silent: true},
	{pattern: re(`\bas\s+(text|string|bpchar|int1|int2|int4|int8|short|long|hugeint|uhugeint|utinyint|usmallint|uinteger|ubigint|float4|float8|datetime|blob|bit|bool|logical|signed|numeric|dec)\s*[),(]`), what: "a type of one engine only", portable: "varchar, integer, bigint, double, decimal(18, 2), date, timestamp(6) or boolean"},
	{pattern: re(`\bas\s+decimal\s*\)`), what: "decimal without digits", portable: "decimal(18, 2)", silent: true},
	{pattern: re(`\bas\s+(char|varchar)\s*\(\s*\d`), what: "char(n) (one engine pads or cuts)", portable: "varchar, and substr(x, 1, n)", silent: true},
	{pattern: re(`\bas\s+double\s*\)\s*as\s+varchar\b`), what: "a double as text", portable: "cast(cast(x as decimal(18, 2)) as varchar)", silent: true},
	{pattern: re(`\bcast\s*\(\s*\d+(\.\d*)?e[+-]?\d+\s+as\s+` + wholeType), what: "a double as a whole number (halves differ)", portable: "cast(floor(x + 0.5e0) as bigint)", silent: true},
	{pattern: re(`\btry_cast\s*\([^()]*(\([^()]*\)[^()]*)*\bas\s+(` + wholeType + `|date|timestamp|decimal)`), what: "try_cast of a text", portable: "parse in intake, which gives typed columns", silent: true, staging: true},
	{pattern: re(`\b(ifnull|nvl)\s*\(`), what: "ifnull", portable: "coalesce(a, b)"},
	{pattern: re(`\blen\s*\(`), what: "len", portable: "length(x)"},
	{pattern: re(`\binstr\s*\(`), what: "instr", portable: "strpos(x, y)"},
	{pattern: re(`\blast_day(_of_month)?\s*\(`), what: "last_day", portable: "cast(cast(date_trunc('month', d) as date) + interval '1' month - interval '1' day as date)"},
	{pattern: re(`\b(hash|md5|md5_number|sha1|sha256|bit_xor)\s*\(`), what: "a hash", portable: "compare the columns themselves"},
	{pattern: re(`\b(string_split|str_split|string_to_array|split|list_[a-z_]+|array_to_string|printf|format|strlen|monthname|dayname|make_date|epoch|epoch_ms)\s*\(`), what: "a function of one engine only", portable: "split_part, substr, or do it in intake"},
	{pattern: re(`\bis\s+(not\s+)?(true|false|unknown)\b`), what: "IS TRUE", portable: "coalesce(x, false)"},
	{pattern: re(`\bdistinct\s+on\b`), what: "DISTINCT ON", portable: "row_number() in a CTE and a where on it"},
	{pattern: re(`\browid\b`), what: "rowid", portable: "row_number() over (order by …)"},
	{pattern: re(`\^|\*\*`), what: "^ or **", portable: "power(a, b)"},
	{pattern: re(`==`), what: "==", portable: "="},
	{pattern: re(`\bfilter\s*\([^()]*(\([^()]*\)[^()]*)*\)\s*over\b`), what: "FILTER in a window", portable: "count(case when … then 1 end) over (…)"},
	{pattern: re(`\bsum\s*\(\s*(true|false|[a-z_0-9.]+\s*(<=|>=|<>|=|<|>)\s*[a-z_0-9.]*\s*)\)`), what: "the sum of a truth", portable: "count(*) filter (where …)"},
	{pattern: re(`\bsubstr(ing)?\s*\([^()]*(\([^()]*\)[^()]*)*,\s*0\s*[,)]`), what: "substr from 0", portable: "substr(x, 1, n)", silent: true},
	{pattern: re(`\bdate_trunc\s*\([^()]*(\([^()]*\)[^()]*)*\)`), what: "date_trunc of a date (TIMESTAMP in DuckDB, DATE in Trino)", portable: "cast(date_trunc('month', d) as date)", silent: true, castOnly: true},
	{pattern: re(`\bdate\s+-\s*date\b`), what: "date - date", portable: "date_diff('day', d1, d2)", silent: true},
	{pattern: re(`\bdate\s+[+-]\s*\d`), what: "date + number", portable: "cast(d + interval '7' day as date)"},
	{pattern: re(`\([^()]*,[^()]*\)\s*(<=|>=|<|>)\s*\(`), what: "comparing rows (an error where a part is null)", portable: "a < b or a = b and c < d"},
	{pattern: re(`\b(max_by|min_by)\s*\([^(),]*,\s*\(`), what: "max_by by a row (an error where a part is null)", portable: "row_number() and max(case when n = 1 …)"},
}

var (
	bracket      = re(`\[`)
	divideSum    = re(`\bsum\s*\([^()]*\)\s*/\s*\d`)
	plusInterval = re(`\+\s*interval\s+'[^']*'\s+(day|month|year)|-\s*interval\s+'[^']*'\s+(day|month|year)`)
	unquoted     = re(`[^\x00-\x7F]+`)
)

// Check names the constructs in a text that DuckDB has read: what remains is
// spelling. They come in the order of the text.
func Check(text string, o Options) []Finding {
	var out []Finding
	code := blank(text)
	add := func(at int, what, portable string, silent bool) {
		out = append(out, Finding{Offset: at, What: what, Portable: portable, Silent: silent})
	}
	for _, r := range rules {
		if r.staging && o.Staging || r.query && o.Query {
			continue
		}
		for _, at := range r.pattern().FindAllStringIndex(code, -1) {
			if r.castOnly && inCast(code, at[0]) {
				continue
			}
			add(firstOf(code, at), r.what, r.portable, r.silent)
		}
	}
	for _, at := range bracket().FindAllStringIndex(code, -1) {
		if !o.Query || !strings.HasSuffix(strings.ToLower(strings.TrimRight(code[:at[0]], " ")), "array") {
			add(at[0], "a list literal or subscript", "a CTE with values, or array[…]", false)
		}
	}
	for _, at := range divideSum().FindAllStringIndex(code, -1) {
		add(at[0], "sum(decimal) / number", "sum(x) * 0.0001, or cast(… as double)", true)
	}
	for _, at := range unquoted().FindAllStringIndex(code, -1) {
		if strings.TrimSpace(code[at[0]:at[1]]) != "" {
			add(at[0], "a Chinese name without quotes", `"`+code[at[0]:at[1]]+`"`, false)
		}
	}
	for _, at := range plusInterval().FindAllStringIndex(text, -1) {
		if !inCast(text, at[0]) && !strings.Contains(strings.ToLower(lineText(text, at[0])), "horizon") {
			add(at[0], "date + interval (TIMESTAMP in DuckDB, DATE in Trino)", "cast(d + interval '1' day as date)", true)
		}
	}
	typed{code, text, o.Types}.check(add)
	aliases(code, add)
	sort.SliceStable(out, func(i, j int) bool { return out[i].Offset < out[j].Offset })
	for i := range out {
		out[i].Line, out[i].Column = Place(text, out[i].Offset)
	}
	return out
}

// firstOf is where a match begins, brackets and spaces before it left out.
func firstOf(code string, at []int) int {
	i := at[0]
	for i < at[1]-1 && (code[i] == ' ' || code[i] == '\n' || code[i] == '\t') {
		i++
	}
	return i
}

// Place is the line and the column, in characters, of a byte of a text.
func Place(text string, offset int) (line, column int) {
	offset = min(max(offset, 0), len(text))
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	return 1 + strings.Count(text[:offset], "\n"), 1 + utf8.RuneCountInString(text[start:offset])
}

// inCast says whether a position lies directly within cast( … ).
func inCast(text string, at int) bool {
	depth := 0
	for i := at - 1; i > 0; i-- {
		switch text[i] {
		case ')':
			depth++
		case '(':
			if depth == 0 {
				return strings.HasSuffix(strings.ToLower(text[:i]), "cast")
			}
			depth--
		}
	}
	return false
}

func lineText(text string, at int) string {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	end := strings.IndexByte(text[at:], '\n')
	if end < 0 {
		return text[start:]
	}
	return text[start : at+end]
}

// blank replaces comments, strings and quoted names by spaces of the same
// length, except the words in quotes that functions take as a unit ('day').
func blank(text string) string {
	b := []byte(text)
	for i := 0; i < len(b); {
		end := i
		switch {
		case strings.HasPrefix(text[i:], "--"):
			end = i + strings.IndexByte(text[i:]+"\n", '\n')
		case strings.HasPrefix(text[i:], "/*"):
			end = i + strings.Index(text[i:]+"*/", "*/") + 2
		case b[i] == '\'' || b[i] == '"':
			end = i + 1 + strings.IndexByte(text[i+1:]+string(b[i]), b[i]) + 1
			if isUnit(text[i:min(end, len(text))]) {
				i = end
				continue
			}
		default:
			i++
			continue
		}
		for ; i < min(end, len(b)); i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
		i = max(i, end)
	}
	return string(b)
}

func isUnit(quoted string) bool {
	switch strings.Trim(quoted, "'") {
	case "year", "quarter", "month", "week", "day", "hour", "minute", "second":
		return true
	}
	return false
}
