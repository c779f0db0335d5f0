package read

import (
	"math/big"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
)

// voided asks about a row that a remark, or its section's heading, takes back, whole or in part.
func (r *lineReader) voided() {
	l, void := r.line, r.line.Void()
	if void == nil {
		return
	}
	at := finding.Place{Sheet: l.Sheet, Row: l.N, Cell: void.Ref(), Value: r.typer.Quote(void.Text, 30)}
	if void.Row != l.N { // a section's heading
		at.Cell = KeyCell(r.pt.Form, l)
		r.pt.Add(finding.RowUnderVoid(r.typer.Quote(void.Text, 20)).At(at))
		return
	}
	real, part := layout.TakesPartBack(void.Text, r.pt.Form)
	switch {
	case !part || layout.TakesBack(void.Text, r.pt.Form):
		r.pt.Add(finding.RowVoid(r.typer.Quote(void.Text, 20)).At(at))
	case real == "" || !r.says(real):
		r.pt.Add(finding.PartTakenBack(r.typer.Quote(void.Text, 30)).At(at))
	}
}

// says says whether one of the row's amounts is what a text says.
func (r *lineReader) says(amount string) bool {
	for k := range r.pt.Form.Columns {
		c := &r.pt.Form.Columns[k]
		if c.Type != forms.Money || r.line.At[k].Col == 0 {
			continue
		}
		said, _, ok := cell.Amount(&sheet.Cell{Kind: sheet.Text, Text: amount}, c, cell.Facts{})
		has, _, read := cell.Amount(&r.cells[k], c, r.facts[k])
		if ok && read && new(big.Int).Sub(said, has).Sign() == 0 {
			return true
		}
	}
	return false
}
