package metric

import (
	"taizhang/internal/decl"
	"taizhang/internal/portable"
)

// NotPortable names what DuckDB and Trino read differently in the expressions
// of metrics: a zone's own, or all.
func (c *Catalogue) NotPortable(all bool, types map[string]string) (out []*decl.Fault) {
	for _, m := range c.Metrics {
		if !all && !m.isOwn() {
			continue
		}
		for _, x := range m.Measures() {
			for _, e := range []struct {
				text string
				at   decl.Pos
			}{{x.Expr, x.exprPos}, {x.Where, x.wherePos}} {
				for _, f := range portable.Check(e.text, portable.Options{Types: types}) {
					at := e.at
					if at.Line += f.Line - 1; f.Line == 1 {
						at.Column += f.Column - 1
					}
					out = append(out, at.Fault("metric %s: %s", "指标 %s：%s", m.ID, f.Message()))
				}
			}
		}
	}
	return out
}
