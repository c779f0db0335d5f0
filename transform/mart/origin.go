package mart

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// origin is what the weeks of a fact follow from, other than returns and decisions.
type origin struct {
	fingerprint string   // of its declarations, the models behind its table, and plain tables that nobody else watches
	forms       []string // whose typed rows it reads; nil: of any form
}

// watched are the plain tables whose news is followed row by row (see history and news).
var watched = []string{"raw.return", "raw.decision", "ctl.submitter", "ctl.form", "ctl.form_value", "ctl.obligation", "ctl.calendar", "ctl.run"}

// origins follows the models behind the table of each fact. An edited model
// moves the facts that depend on it and no others; a zone's own model may read
// any plain table, and then moves with that table's content.
func (b *builder) origins() (map[string]origin, error) {
	models, err := warehouse.Models(b.ctx, b.conn)
	if err != nil {
		return nil, err
	}
	byName := map[string]warehouse.Model{}
	for _, m := range models {
		byName[m.Name] = m
	}
	isForm := map[string]bool{}
	forms, err := warehouse.Strings(b.ctx, b.conn, "select form from ctl.form")
	if err != nil {
		return nil, err
	}
	for _, f := range forms {
		isForm["raw."+f] = true
	}
	contents := map[string]string{}
	out := map[string]origin{}
	for _, f := range b.c.Facts {
		ms := b.c.MetricsOf(f)
		if len(ms) == 0 {
			continue
		}
		h := sha256.New()
		for _, m := range ms {
			c := metric.NewCompiler(f, []*metric.Metric{m}, "week")
			fmt.Fprintln(h, m.ID, f.Table, f.Form, f.Mode, m.Dimensions, f.Dimensions, c.Columns(), c.From("t"))
		}
		o, all := origin{}, false
		for _, name := range behind(f.Table, byName) {
			if m, isModel := byName[name]; isModel {
				fmt.Fprintln(h, name, m.SQL)
				continue
			}
			all = all || name == "ctl.obligation" // what is owed depends on the returns of every form
			form := strings.TrimPrefix(name, "raw.")
			switch {
			case isForm[name]:
				o.forms = append(o.forms, form)
			case slices.Contains(watched, name):
			default:
				if _, known := contents[name]; !known {
					got, err := warehouse.Strings(b.ctx, b.conn, "select count(*) || ':' || coalesce(bit_xor(hash(t)), 0) from "+name+" as t")
					if err != nil {
						return nil, err
					}
					contents[name] = got[0]
				}
				fmt.Fprintln(h, name, contents[name])
			}
		}
		if f.Form != "" && !slices.Contains(o.forms, f.Form) && o.forms != nil {
			o.forms = append(o.forms, f.Form)
		}
		if all {
			o.forms = nil
		}
		o.fingerprint = hex.EncodeToString(h.Sum(nil))
		out[f.ID] = o
	}
	return out, nil
}

// behind are a table and all that it is made from, models and plain tables, in order of name.
func behind(table string, models map[string]warehouse.Model) []string {
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, r := range models[name].Reads {
			visit(r)
		}
	}
	visit(table)
	var out []string
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
