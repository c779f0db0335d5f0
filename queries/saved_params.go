package queries

import (
	"io/fs"
	"maps"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"

	"taizhang/internal/calendar"
	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/spelling"
)

// SavedQuery is a query kept as NAME.sql. Its first comment line says what it
// lists; lines such as `-- param: street: text: 所属街道` declare parameters
// (types text, int, number, date, unit and form, which people may name as the zone knows them, and name, of a firm or person in
// any spelling, compared with a column that ends in _folded; a fourth part is the default), which stand in
// the query as $street and are bound, never spliced. One that is not given is null.
type SavedQuery struct {
	Name, Description string
	Params            []Param
	Text              string
}

// Param of a saved query.
type Param struct{ Name, Type, Label, Default string }

var (
	paramShape = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^param:\s*([a-z][a-z0-9_]*)\s*:\s*([a-z]+)\s*:\s*([^:]*?)\s*(?::\s*(.*))?$`)
	})
	castOf = map[string]string{"text": "varchar", "int": "bigint", "number": "double", "date": "date", "unit": "varchar", "form": "varchar", "name": "varchar"}
)

// parseSaved reads a saved query.
func parseSaved(name, text string) (SavedQuery, error) {
	q := SavedQuery{Name: name, Text: strings.TrimRight(strings.TrimSpace(text), ";")}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		rest, isComment := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !isComment {
			break
		}
		rest = strings.TrimSpace(rest)
		fail := func(english, chinese string, args ...any) (SavedQuery, error) {
			return q, lang.Errorf("%s.sql:%d: %s", "%s.sql:%d：%s", name, i+1, lang.Say(english, chinese, args...))
		}
		if strings.HasPrefix(rest, "param:") {
			m := paramShape().FindStringSubmatch(rest)
			switch {
			case m == nil:
				return fail("a parameter reads `-- param: name: type: what it is[: default]`", "参数应写成 -- param: 名称: 类型: 说明[: 默认值]")
			case castOf[m[2]] == "":
				return fail("a parameter is text, int, number, date, unit, form or name, not %q", "参数类型为 text、int、number、date、unit、form 或 name，不能是 %q", m[2])
			case q.param(m[1]) != nil:
				return fail("parameter %s is declared twice", "参数 %s 声明了两次", m[1])
			}
			q.Params = append(q.Params, Param{m[1], m[2], m[3], strings.TrimSpace(m[4])})
		} else if q.Description == "" {
			q.Description = rest
		}
	}
	var used []string
	q.rewrite(func(p string) string {
		used = append(used, p)
		return ""
	})
	for _, u := range used {
		if q.param(u) == nil {
			var names []string
			for _, p := range q.Params {
				names = append(names, p.Name)
			}
			return q, lang.Errorf("%s.sql: $%s is not declared (-- param: %s: text: …)%s", "%s.sql：没有声明 $%s（-- param: %s: text: …）%s", name, u, u, decl.DidYouMean(u, names))
		}
	}
	return q, nil
}

func (q SavedQuery) param(name string) *Param {
	for i := range q.Params {
		if q.Params[i].Name == name {
			return &q.Params[i]
		}
	}
	return nil
}

var dollar = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$[a-z][a-z0-9_]*`) })

// rewrite replaces $names outside of strings, quoted names and comments.
func (q SavedQuery) rewrite(f func(name string) string) string {
	var b strings.Builder
	text := q.Text
	for text != "" {
		at := strings.IndexAny(text, "'\"$-")
		if at < 0 {
			break
		}
		b.WriteString(text[:at])
		text = text[at:]
		n := 1
		switch {
		case text[0] == '\'' || text[0] == '"':
			if end := strings.IndexByte(text[1:], text[0]); end >= 0 {
				n = end + 2
			} else {
				n = len(text)
			}
		case strings.HasPrefix(text, "--"):
			if n = strings.IndexByte(text, '\n'); n < 0 {
				n = len(text)
			}
		case text[0] == '$':
			if m := dollar().FindString(text); m != "" && strings.HasPrefix(text, m) {
				b.WriteString(f(m[1:]))
				text = text[len(m):]
				continue
			}
		}
		b.WriteString(text[:n])
		text = text[n:]
	}
	b.WriteString(text)
	return b.String()
}

// ErrParam is a parameter that a saved query lacks, or a value that it can't take.
var ErrParam = lang.Errorf("parameter", "参数")

// Bind gives the query with ? for its parameters, and their values in order. meant is the name or id that is stored for
// what somebody calls a unit or a form, or why there is none.
func (q SavedQuery) Bind(values map[string]string, meant func(kind, name string) (string, error)) (string, []string, error) {
	values = maps.Clone(values)
	var names []string
	for n := range values {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		p := q.param(n)
		v := values[n]
		switch {
		case p == nil:
			var known []string
			for _, p := range q.Params {
				known = append(known, p.Name)
			}
			return "", nil, lang.Errorf("%w: @%s has no parameter %q%s; it has %s", "%w：@%s 没有参数 %q%s；参数有：%s", ErrParam, q.Name, n, decl.DidYouMean(n, known), strings.Join(known, ", "))
		case v == "":
		case p.Type == "int":
			if _, err := strconv.ParseInt(v, 10, 64); err != nil {
				return "", nil, lang.Errorf("%w: --%s %q: a whole number is expected", "%w：--%s %q：应为整数", ErrParam, n, v)
			}
		case p.Type == "number":
			if _, err := strconv.ParseFloat(v, 64); err != nil {
				return "", nil, lang.Errorf("%w: --%s %q: a number is expected", "%w：--%s %q：应为数字", ErrParam, n, v)
			}
		case p.Type == "unit" || p.Type == "form":
			stored, err := meant(p.Type, v)
			if err != nil {
				return "", nil, lang.Errorf("%w: --%s: %w", "%w：--%s：%w", ErrParam, n, err)
			}
			values[n] = stored
		case p.Type == "name":
			values[n] = spelling.Fold(v)
		case p.Type == "date":
			if _, err := calendar.ParseDate(v); err != nil {
				return "", nil, lang.Errorf("%w: --%s %q: a date such as 2022-08-15 is expected", "%w：--%s %q：应为日期，如 2022-08-15", ErrParam, n, v)
			}
		}
	}
	var args []string
	text := q.rewrite(func(name string) string {
		p := q.param(name)
		v, given := values[name]
		if !given {
			v = p.Default
		}
		args = append(args, v)
		return "cast(nullif(?, '') as " + castOf[p.Type] + ")"
	})
	return text, args, nil
}

// SavedQueries lists the saved queries that come with the program and those of
// a zone's folder (nil: none), which replace them by name.
func SavedQueries(zone fs.FS) ([]SavedQuery, error) {
	byName := map[string]SavedQuery{}
	for _, fsys := range []fs.FS{Saved(), zone} {
		if fsys == nil {
			continue
		}
		files, err := fs.Glob(fsys, "*.sql")
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			text, err := fs.ReadFile(fsys, f)
			if err != nil {
				return nil, err
			}
			q, err := parseSaved(strings.TrimSuffix(f, ".sql"), string(text))
			if err != nil {
				return nil, err
			}
			byName[q.Name] = q
		}
	}
	var out []SavedQuery
	for _, q := range byName {
		out = append(out, q)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}
