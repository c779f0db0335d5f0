package transform

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/lang"
)

// An assertion is a check across models: models/check/<name>.sql, one portable
// SELECT that lists what is wrong. Its first comment line says what ought to
// be, a line `-- severity: error` (which stops a publication) or `-- severity:
// warning` how bad it is. A line `-- note: …` is what each wrong row of a warning
// is told as to those who run the zone, with columns in braces: {form}, {submitter}
// give the names. A zone's models/check folder adds to the built-in ones or
// replaces them by name.

// LoadAssertions reads the built-in assertions and those of the given folders.
func LoadAssertions(extra ...fs.FS) ([]Model, error) {
	byName := map[string]Model{}
	var faults []error
	err := eachText([]string{"check"}, extra, func(_, name, file, text string) {
		m, err := parseAssertion(name, file, text)
		if err != nil {
			faults = append(faults, err)
		}
		byName[m.Name] = m
	})
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	var out []Model
	for _, m := range byName {
		out = append(out, m)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out, nil
}

func parseAssertion(name, file, text string) (Model, error) {
	text = strings.TrimRight(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")), ";")
	m := Model{Name: "check." + name, Layer: "check", File: file, SQL: text}
	if !nameShape().MatchString(name) {
		return m, &ModelError{File: file, Line: 1, Message: lang.Phrase("the name of a check is lowercase letters, digits and _: %q", "检查的名称只能用小写字母、数字和 _：%q", name)}
	}
	severity, note := "", ""
	for i, line := range strings.Split(text, "\n") {
		rest, isComment := strings.CutPrefix(strings.TrimSpace(line), "--")
		if !isComment {
			break
		}
		rest = strings.TrimSpace(rest)
		if s, ok := strings.CutPrefix(rest, "severity:"); ok {
			severity = strings.TrimSpace(s)
		} else if s, ok := strings.CutPrefix(rest, "note:"); ok {
			note = strings.TrimSpace(s)
		} else if m.Description == "" {
			m.Description = rest
		} else if meant := misspelt(rest, "severity", "note"); meant != "" {
			return m, &ModelError{File: file, Line: i + 1, Message: lang.Phrase("nothing reads `-- %s`; did you mean `-- %s:`?", "没有 -- %s 这一项；是不是“-- %s:”？", keyOf(rest)+":", meant)}
		}
	}
	if m.Description == "" {
		return m, &ModelError{File: file, Line: 1, Message: lang.Phrase("the first line of a check says what ought to be", "检查的第一行要写明应当怎样")}
	}
	if severity != "error" && severity != "warning" {
		return m, &ModelError{File: file, Line: 1, Message: lang.Phrase("a check says how bad it is: `-- severity: error` or `-- severity: warning`", "检查要写明轻重：-- severity: error 或 -- severity: warning")}
	}
	m.Checks = []Check{{Name: name, Predicate: m.Description, Warning: severity == "warning", Note: note}}
	return m, nil
}

// assertions evaluates those whose models or texts have changed, and keeps the
// results of the others.
func (b *builder) assertions(list []Model) ([]CheckResult, error) {
	var out []CheckResult
	for _, m := range list {
		hash := hashOf(m)
		stale := b.full || b.first || b.state[m.Name].hash != hash
		for _, r := range m.Reads {
			stale = stale || r == "ctl.run" || b.changes[r].any || b.inputs[r].any
			if _, isModel := b.byName[r]; !isModel {
				if _, watched := b.inputs[r]; !watched {
					stale = true
				}
			}
		}
		c := CheckResult{Model: m.Name, Check: m.Checks[0].Name, Predicate: m.Description, Warning: m.Checks[0].Warning, Query: m.SQL, note: m.Checks[0].Note}
		if stale {
			n, err := b.count("select count(*) from (" + m.SQL + "\n) as wrong")
			if err != nil {
				return nil, lang.Errorf("%s: can't be evaluated: %w", "%s：无法检查：%w", m.File, err)
			}
			c.Failing = n
		} else if i := slices.IndexFunc(b.failing, func(f CheckResult) bool { return f.Model == m.Name }); i >= 0 {
			c.Failing = b.failing[i].Failing
		}
		b.state[m.Name] = modelState{hash: hash, asOf: b.asOf, from: b.from}
		if c.Failing > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// planAssertions finds out what assertions read; unknown tables are errors.
func planAssertions(ctx context.Context, conn *sql.Conn, models []Model, folders []fs.FS) ([]Model, error) {
	list, err := LoadAssertions(folders...)
	if err != nil {
		return nil, err
	}
	if err := recall(ctx, conn, list); err != nil {
		return nil, err
	}
	tables, err := existing(ctx, conn)
	if err != nil {
		return nil, err
	}
	byName := map[string]int{}
	for i, m := range models {
		byName[m.Name] = i
	}
	var faults []error
	for i := range list {
		m := &list[i]
		refs, err := references(ctx, conn, m)
		var fault *ModelError
		if errors.As(err, &fault) {
			faults = append(faults, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, r := range refs {
			name, line := r.Schema+"."+r.Name, lineOf(m.SQL, r.Offset)
			if _, isModel := byName[name]; !isModel && !tables[name] {
				faults = append(faults, &ModelError{File: m.File, Line: line, Message: lang.Phrase("unknown table %s%s", "没有表 %s%s", name, nearest(name, byName, tables))})
				break
			}
			if !slices.Contains(m.Reads, name) {
				m.Reads = append(m.Reads, name)
			}
		}
	}
	return list, errors.Join(faults...)
}
