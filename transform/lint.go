package transform

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/internal/lang"
)

// rule is a construct on which DuckDB and Trino differ (measured: see
// docs/design.md), with the spelling that both read the same way.
type rule struct {
	pattern  func() *regexp.Regexp
	what     string
	portable string
	inStg    bool // allowed in staging
}

// re is a pattern compiled when it is first needed: most commands never look at a model's text.
func re(p string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)` + p) })
}

var rules = []rule{
	{pattern: re(`\bqualify\b`), what: "QUALIFY", portable: "row_number() in a CTE and a where on it"},
	{pattern: re(`\bgroup\s+by\s+all\b`), what: "GROUP BY ALL", portable: "name the columns, or group by 1, 2"},
	{pattern: re(`\border\s+by\s+all\b`), what: "ORDER BY ALL", portable: "name the columns"},
	{pattern: re(`::`), what: "x::type", portable: "cast(x as type)"},
	{pattern: re(`\*\s*(exclude|replace|rename)\b`), what: "* EXCLUDE", portable: "list the columns"},
	{pattern: re(`(^|\(|\bas\s)\s*from\b`), what: "FROM first", portable: "select … from"},
	{pattern: re(`\b(un)?pivot\b`), what: "PIVOT", portable: "sum(case when …)"},
	{pattern: re(`//`), what: "//", portable: "floor(cast(a as double) / b)"},
	{pattern: re(`\b(try_)?strptime\s*\(`), what: "strptime", portable: "parse dates in staging", inStg: true},
	{pattern: re(`\b(strftime|date_format)\s*\(`), what: "strftime", portable: "substr(cast(d as varchar), 1, 7)"},
	{pattern: re(`\bdate_diff\s*\(\s*'(year|month|week|quarter|hour|minute|second)'`), what: "date_diff other than in days", portable: "date_diff('day', d1, d2) on DATEs"},
	{pattern: re(`\bdate_diff\s*\([^)]*(_at\b|known_at|timestamp)`), what: "date_diff on timestamps", portable: "cast both to DATE"},
	{pattern: re(`\bdate_sub\s*\(|\bdatediff\s*\(`), what: "date_sub", portable: "date_diff('day', d1, d2)"},
	{pattern: re(`\[`), what: "a list literal or subscript", portable: "a CTE with values, or array[…]"},
	{pattern: re(`\{`), what: "a struct literal", portable: "separate columns"},
	{pattern: re(`\b(greatest|least)\s*\(`), what: "greatest/least (NULLs differ)", portable: "case when a > b then a else b end"},
	{pattern: re(`\bconcat(_ws)?\s*\(`), what: "concat (NULLs differ)", portable: "a || coalesce(b, '')"},
	{pattern: re(`\b(string_agg|listagg|array_agg|list)\s*\(`), what: "string_agg", portable: "one row per value"},
	{pattern: re(`\b(arg_max|arg_min|first|last|any_value|mode)\s*\(`), what: "arg_max", portable: "max_by, or row_number() and max(case when n = 1 …)"},
	{pattern: re(`\b(median|quantile_cont|quantile_disc|approx_quantile)\s*\(`), what: "median", portable: "row_number n, count total, where 2 * n between total and total + 2, avg"},
	{pattern: re(`\b(generate_series|range|unnest)\s*\(`), what: "generate_series", portable: "ctl.calendar"},
	{pattern: re(`\b(regexp_matches|regexp_replace|regexp_extract)\s*\(`), what: "regular expressions", portable: "like, in staging or intake"},
	{pattern: re(`\b(left|right)\s*\(`), what: "left/right", portable: "substr(x, 1, n)"},
	{pattern: re(`\bdayofweek|\bisodow\b|\bextract\s*\(\s*dow\b`), what: "day of week", portable: "ctl.calendar"},
	{pattern: re(`\binterval\s+\d`), what: "INTERVAL 1 DAY", portable: "interval '1' day"},
	{pattern: re(`\bunion\s+(all\s+)?by\s+name\b`), what: "UNION BY NAME", portable: "union all with the same columns"},
	{pattern: re(`\b(semi|anti|asof|positional)\s+join\b`), what: "SEMI/ASOF JOIN", portable: "exists (…)"},
	{pattern: re(`\blimit\s+\d+\s+offset\b`), what: "LIMIT … OFFSET", portable: "offset … limit …"},
	{pattern: re(`\b(ilike|glob|similar\s+to)\b`), what: "ILIKE", portable: "lower(a) like …"},
	{pattern: re(`\b(current_date|current_timestamp|now\s*\(|today\s*\()`), what: "the clock", portable: "as_of and known_at of ctl.run"},
	{pattern: re(`\bcreate\b|\binsert\b|\bdelete\b|\bupdate\b|\battach\b|\bcopy\b`), what: "a statement other than SELECT", portable: "the runner creates the table"},
}

var (
	plusInterval = re(`\+\s*interval\s+'[^']*'\s+(day|month|year)|-\s*interval\s+'[^']*'\s+(day|month|year)`)
	divideSum    = re(`\bsum\s*\([^()]*\)\s*/\s*\d`)
)

// Lint names what DuckDB and Trino would read differently in a model. The
// text has run on DuckDB; what remains is spelling.
func Lint(m Model) []*ModelError {
	var out []*ModelError
	code := blank(m.SQL)
	add := func(at int, what, portable string) {
		out = append(out, &ModelError{m.File, lineOf(code, at), lang.Phrase("%s is not portable; write %s", "%s 不可移植；请写成 %s", what, portable)})
	}
	for _, r := range rules {
		if r.inStg && m.Layer == "stg" {
			continue
		}
		for _, at := range r.pattern().FindAllStringIndex(code, -1) {
			add(at[1]-1, r.what, r.portable)
		}
	}
	for _, at := range divideSum().FindAllStringIndex(code, -1) {
		add(at[0], "sum(decimal) / number", "sum(x) * 0.0001, or cast(… as double)")
	}
	for _, at := range plusInterval().FindAllStringIndex(m.SQL, -1) {
		if !inCast(m.SQL, at[0]) && !strings.Contains(strings.ToLower(lineText(m.SQL, at[0])), "horizon") {
			add(at[0], "date + interval (TIMESTAMP in DuckDB, DATE in Trino)", "cast(d + interval '1' day as date)")
		}
	}
	return out
}

// inCast says whether a position lies directly within cast( … ).
func inCast(text string, at int) bool {
	depth := 0
	for i := at; i > 0; i-- {
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
