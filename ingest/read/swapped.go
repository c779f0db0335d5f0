package read

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/internal/spelling"
)

// codeLike is what the code of a firm or person looks like, however badly typed; they are called otherwise.
var codeLike = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Za-z]{15,20}$`) })

// tellSwapped makes one finding of a table in which names stand under codes and codes under names, of the several that its rows
// have: the headings were changed round, or the columns.
func (pt *Part) tellSwapped() {
	code := slices.IndexFunc(pt.Form.Columns, func(c forms.Column) bool { return c.Type == forms.USCC || c.Type == forms.ID || c.Type == forms.TaxNo })
	name := slices.IndexFunc(pt.Form.Columns, func(c forms.Column) bool { return c.Names || c.Type == forms.Person || c.Type == forms.Firm })
	if code < 0 || name < 0 || len(pt.Refused) < 2 {
		return
	}
	for _, tb := range pt.Tables {
		if n := len(tb.Lines); n < 2 || slices.ContainsFunc(tb.Lines, func(l layout.Line) bool { return !swapped(&l, name, code) }) {
			continue
		}
		sheetName, c := tb.Grid.Name, &pt.Form.Columns[code]
		pt.Ret.Findings = slices.DeleteFunc(pt.Ret.Findings, func(f finding.Finding) bool {
			return f.Rule == "pattern" && f.Sheet == sheetName && f.Field == c.Field
		})
		first := &tb.Lines[0]
		cell := first.Cell(code)
		pt.Add(finding.ColumnsSwapped(pt.Form.Columns[name].Title, c.Title, len(tb.Lines)).At(finding.Place{Sheet: sheetName, Row: first.N, Cell: cell.Ref(), Field: c.Field}))
	}
}

func swapped(l *layout.Line, name, code int) bool {
	inName, inCode := l.Cell(name), l.Cell(code)
	return codeLike().MatchString(spelling.Squash(inName.Text)) && inCode.Text != "" && !codeLike().MatchString(spelling.Squash(inCode.Text)) && !spelling.IsASCII(inCode.Text)
}
