package weekly

import (
	"taizhang/internal/decl"
	"taizhang/internal/portable"
)

// NotPortable names what DuckDB and Trino read differently in the SELECTs of a
// weekly: those that a zone declares itself, or all.
func (d *Declaration) NotPortable(all bool, types map[string]string) (out []*decl.Fault) {
	look := func(sql string, at *decl.Node) {
		if sql == "" || !all && at.Pos().File == builtinName {
			return
		}
		for _, f := range portable.Check(sql, portable.Options{Query: true, Types: types}) {
			out = append(out, at.Inside(f.Offset).Fault("%s", "%s", f.Message()))
		}
	}
	for _, s := range d.sheets {
		for _, b := range s.blocks {
			if b.table != nil {
				look(b.table.sql, b.table.sqlAt)
			}
		}
	}
	for _, w := range d.words {
		look(w.sql, w.at)
	}
	return out
}
