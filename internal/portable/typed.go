package portable

import (
	"regexp"
	"strings"
)

// typed looks at what depends on types: of names that are given, of literals,
// and of functions whose result is known.
type typed struct {
	code, text string // without strings and comments; whole
	types      map[string]string
}

var (
	name      = re(`^[A-Za-z_][A-Za-z0-9_]*$`)
	wholeName = re(`^(count|length|row_number|rank|dense_rank|date_diff|extract|floor|year|month|day|strpos)$`)
	castTo    = re(`(?s)\bas\s+([a-z]+)[^)]*\)$`)
	literal   = re(`^\d+$`)
	coalesce  = re(`\bcoalesce\s*\(\s*([a-z_][a-z0-9_.]*)\s*,\s*\)`)
	sumOf     = re(`\bsum\s*\(\s*([a-z_][a-z0-9_.]*)\s*\)`)
	castOf    = re(`\bcast\s*\(\s*([a-z_][a-z0-9_.]*)\s+as\s+([a-z]+)\s*\)`)
	plusWhole = re(`\b([a-z_][a-z0-9_.]*)\s*[+-]\s*\d+\b`)
	minusName = re(`\b([a-z_][a-z0-9_.]*)\s*-\s*([a-z_][a-z0-9_.]*)\b`)
)

// of is the kind of an operand: whole, double, decimal, text, date, time,
// truth; empty where nobody can tell.
func (t typed) of(operand string) string {
	operand = strings.TrimSpace(operand)
	for strings.HasPrefix(operand, "(") && closes(operand) == len(operand)-1 {
		operand = strings.TrimSpace(operand[1 : len(operand)-1])
	}
	switch {
	case literal().MatchString(operand):
		return "whole"
	case strings.HasSuffix(operand, ")") && strings.Contains(operand, "("):
		f := strings.ToLower(strings.TrimSpace(operand[:strings.IndexByte(operand, '(')]))
		if f == "cast" || f == "try_cast" {
			if m := castTo().FindStringSubmatch(operand); m != nil {
				return kindOf(m[1])
			}
		}
		if wholeName().MatchString(f) {
			return "whole"
		}
		if f == "sum" || f == "max" || f == "min" || f == "nullif" || f == "coalesce" || f == "abs" {
			inner, _, _ := strings.Cut(operand[strings.IndexByte(operand, '(')+1:len(operand)-1], ",")
			return t.of(inner)
		}
	default:
		last := operand[strings.LastIndexByte(operand, '.')+1:]
		if name().MatchString(last) {
			return kindOf(t.types[last])
		}
	}
	return ""
}

func kindOf(sqlType string) string {
	word, _, _ := strings.Cut(strings.ToUpper(sqlType), "(")
	switch strings.TrimSpace(word) {
	case "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT":
		return "whole"
	case "DOUBLE", "FLOAT", "REAL":
		return "double"
	case "DECIMAL":
		return "decimal"
	case "VARCHAR", "TEXT", "CHAR":
		return "text"
	case "DATE":
		return "date"
	case "TIMESTAMP":
		return "time"
	case "BOOLEAN":
		return "truth"
	}
	return ""
}

// closes is where the bracket that a text begins with is closed, -1 where it isn't.
func closes(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// before is the operand that ends at a place of the code, after the one that begins there.
func (t typed) before(at int) string {
	end := len(strings.TrimRight(t.code[:at], " \n\t"))
	i := end
	for depth := 0; i > 0; i-- {
		c := t.code[i-1]
		switch {
		case c == ')':
			depth++
			continue
		case c == '(' && depth > 0:
			depth--
			continue
		}
		if depth == 0 && !isWord(c) {
			break
		}
	}
	return t.code[i:end]
}

func (t typed) after(at int) string {
	start := at + len(t.code[at:]) - len(strings.TrimLeft(t.code[at:], " \n\t"))
	i := start
	for depth := 0; i < len(t.code); i++ {
		c := t.code[i]
		switch {
		case c == '(':
			depth++
			continue
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 && !isWord(c) {
			break
		}
	}
	return t.code[start:i]
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (t typed) check(add func(at int, what, portable string, silent bool)) {
	for i := 0; i < len(t.code); i++ {
		switch {
		case t.code[i] == '/' && (i == 0 || t.code[i-1] != '/') && (i+1 == len(t.code) || t.code[i+1] != '/'):
			if t.of(t.before(i)) == "whole" && t.of(t.after(i+1)) == "whole" {
				add(i, "dividing whole numbers (a fraction in DuckDB, a whole number in Trino)", "cast(a as double) / b", true)
			}
		case strings.HasPrefix(t.code[i:], "||"):
			for _, side := range []string{t.before(i), t.after(i + 2)} {
				if k := t.of(side); k != "" && k != "text" {
					add(i, "|| with something other than a text", "cast(x as varchar)", false)
					break
				}
			}
			i++
		}
	}
	for _, w := range wrongKinds {
		for _, m := range t.each(w.pattern()) {
			a, b := t.of(t.code[m[2]:m[3]]), ""
			if w.second != nil {
				b = w.second(t, t.code[m[4]:m[5]])
			}
			if w.wrong(a, b) {
				add(m[0], w.what, w.portable, w.silent)
			}
		}
	}
}

// wrongKinds are what means something else, or nothing, with operands of some kinds.
var wrongKinds = []struct {
	pattern        func() *regexp.Regexp
	second         func(typed, string) string // kind of the second operand, where there is one
	wrong          func(a, b string) bool
	what, portable string
	silent         bool
}{
	{coalesce, nil, func(a, _ string) bool { return a != "" && a != "text" },
		"coalesce of different types", "coalesce(cast(a as varchar), 'x')", false},
	{sumOf, nil, func(a, _ string) bool { return a == "truth" },
		"the sum of a truth", "count(*) filter (where …)", false},
	{castOf, ofType, func(a, b string) bool { return a == "double" && b == "whole" },
		"a double as a whole number (halves differ)", "cast(floor(x + 0.5e0) as bigint)", true},
	{castOf, ofType, func(a, b string) bool { return a == "double" && b == "text" },
		"a double as text", "cast(cast(x as decimal(18, 2)) as varchar)", true},
	{plusWhole, nil, func(a, _ string) bool { return a == "date" },
		"date + number", "cast(d + interval '7' day as date)", false},
	{minusName, typed.of, func(a, b string) bool { return a == "date" && b == "date" },
		"date - date", "date_diff('day', d1, d2)", true},
}

func ofType(_ typed, name string) string { return kindOf(name) }

func (t typed) each(p *regexp.Regexp) [][]int { return p.FindAllStringSubmatchIndex(t.code, -1) }

var (
	named    = re(`\bas\s+([a-z_][a-z0-9_]*)\b`)
	listed   = re(`\bas\s+[a-z_][a-z0-9_]*\s*\(([^()]*)\)`)
	begins   = re(`\b(select|with)\b`)
	fromWord = re(`\bfrom\b`)
	ordered  = re(`\border\s+by\b`)
)

// aliases finds names that a SELECT gives and reads itself: DuckDB lets them be
// used beside and in where, Trino in order by alone. Only names that nothing
// else in the text may give are told.
func aliases(code string, add func(at int, what, portable string, silent bool)) {
	if len(begins().FindAllString(code, 2)) != 1 { // what another part of the text gives can't be told
		return
	}
	given := map[string]bool{}
	for _, m := range listed().FindAllStringSubmatch(code, -1) {
		for _, n := range strings.Split(m[1], ",") {
			given[strings.ToLower(strings.TrimSpace(n))] = true
		}
	}
	from := fromWord().FindStringIndex(code)
	if from == nil {
		return
	}
	end := len(code)
	if m := ordered().FindStringIndex(code[from[0]:]); m != nil {
		end = from[0] + m[0]
	}
	for _, m := range named().FindAllStringSubmatchIndex(code[:from[0]], -1) {
		n := code[m[2]:m[3]]
		if given[strings.ToLower(n)] || kindOf(n) != "" {
			continue
		}
		own := itemOf(code, m[0])
		if regexp.MustCompile(`(?i)\b` + n + `\b`).MatchString(code[own:m[0]]) {
			continue // a column of that name
		}
		if at := regexp.MustCompile(`(?i)(^|[^.\w])` + n + `\b`).FindStringIndex(code[m[3]:end]); at != nil {
			add(m[3]+at[1]-len(n), "a name that the same SELECT gives", "the expression again, or a subquery", false)
		}
	}
}

// itemOf is where the item of a list begins in which a place of the code lies.
func itemOf(code string, at int) int {
	depth := 0
	for i := at - 1; i >= 0; i-- {
		switch c := code[i]; {
		case c == ')':
			depth++
		case c == '(' && depth == 0:
			return i + 1
		case c == '(':
			depth--
		case c == ',' && depth == 0:
			return i + 1
		}
	}
	return 0
}
