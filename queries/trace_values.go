package queries

import (
	"context"
	"slices"
	"strings"

	"taizhang/internal/lineage"
	"taizhang/internal/metric"
	"taizhang/internal/warehouse"
)

// shownFields are the columns of a form that make up the key of a row, and
// those that what a metric counts and adds up follows from, in their order.
type shownFields struct{ key, read []Cell }

func (s shownFields) names() []string {
	var out []string
	for _, f := range append(slices.Clone(s.key), s.read...) {
		out = append(out, f.Field)
	}
	return out
}

// of reads key and values of a row.
func (s shownFields) of(texts []any) (string, []CellValue) {
	var key []string
	for i := range s.key {
		if t, ok := texts[i].(string); ok {
			key = append(key, t)
		}
	}
	values := make([]CellValue, len(s.read))
	for i, f := range s.read {
		values[i] = CellValue{f.Title, texts[len(s.key)+i]}
	}
	return strings.Join(key, " / "), values
}

// formFields are those of each form that a fact's rows come from.
type formFields map[string]shownFields

func (s formFields) names() map[string][]string {
	out := map[string][]string{}
	for form, f := range s {
		out[form] = f.names()
	}
	return out
}

// of reads key and values of a row of a form; texts are those of all forms.
func (s formFields) of(forms []string, form any, texts []any) (string, []CellValue) {
	at := 0
	for _, f := range forms {
		if f == form {
			return s[f].of(texts[at:])
		}
		at += len(s[f].key) + len(s[f].read)
	}
	return "", nil
}

func (r *Reader) fieldsShown(ctx context.Context, m *metric.Metric) (formFields, error) {
	out := formFields{}
	if m.Fact.Mode == metric.Obligation {
		return out, nil
	}
	g, err := r.lineageOf(ctx, m.Fact.Table)
	if err != nil || g.Model(m.Fact.Table) == nil {
		return out, err
	}
	var columns []string
	for _, x := range m.Measures() {
		for _, e := range []string{x.Expr, x.Where} {
			if e == "" {
				continue
			}
			names, err := metric.ColumnsRead(ctx, r.engine.Parser(), e)
			if err != nil {
				return out, err
			}
			columns = append(columns, names...)
		}
	}
	if m.Newest != nil {
		columns = append(append(columns, m.Newest.Of), m.Newest.Per...)
	}
	if m.Fact.Mode == metric.Period {
		columns = append(columns, "own_on")
	}
	var roots []lineage.Column
	for _, c := range columns {
		roots = append(roots, g.Roots(lineage.Column{Table: m.Fact.Table, Name: c})...)
	}
	have, err := r.engine.Columns(ctx)
	if err != nil {
		return nil, err
	}
	for _, form := range m.Fact.Forms {
		var f shownFields
		t, err := r.table(ctx, "select field, title, coalesce(is_key, false) from ctl.form_column where form = "+warehouse.Quote(form)+" order by seq")
		if err != nil {
			return nil, err
		}
		for _, v := range t.Rows {
			field, title := text0(v[0]), text0(v[1])
			if !slices.Contains(have["raw."+form], field) {
				continue
			}
			if v[2] == true {
				f.key = append(f.key, Cell{Title: title, Field: field})
			}
			if slices.Contains(roots, lineage.Column{Table: "raw." + form, Name: field}) {
				f.read = append(f.read, Cell{Title: title, Field: field})
			}
		}
		out[form] = f
	}
	return out, nil
}
