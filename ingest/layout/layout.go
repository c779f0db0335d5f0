// Package layout finds tables on sheets: the head, the columns it gives to a
// form's fields, the rows below it, and what is said around it. It returns
// what it finds wrong; it knows nothing of returns.
//
// Words: a page is a sheet, or the part of it that one table takes; a head is
// the rows of headings; a column of it is placed where a field of the form is
// found; a line is a row of data as written, a total claims to sum lines, a
// stray fits nowhere; what is stated stands outside the table, in titles and
// labelled cells.
//
// A new footer, total or prompt word goes into words.go, a new kind of row into
// classify.go, a new mark under listed values into ticks.go, a new label into meta.go,
// another way of writing heads into page.go and heading.go.
package layout

import (
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
)

// Reader finds heads, columns and rows on sheets.
type Reader struct {
	Vocab *Vocabulary
	Units *units.Register
	Alive func() // panics when the time for the file is up; every loop that a file's shape can make long asks
}

// Notes are findings on their way to a return.
type Notes []finding.Finding

func (n *Notes) add(f finding.Finding) { *n = append(*n, f) }

// looksLikeData says whether a row above a head looks like one of data: several cells, numbers or dates, no labels.
func looksLikeData(row *sheet.Row) bool {
	if len(row.Cells) < 4 {
		return false
	}
	values := 0
	for k := range row.Cells {
		switch c := &row.Cells[k]; {
		case c.Kind == sheet.Number || c.Kind == sheet.Date:
			values++
		case strings.ContainsAny(c.Text, ":：") || labels().MatchString(c.Text):
			return false
		}
	}
	return values > 0
}

// HoldsData says whether some row of a page looks like one of data: such a page is no cover.
func HoldsData(pg *Page) bool {
	for i := range pg.Rows {
		if looksLikeData(pg.Row(i)) {
			return true
		}
	}
	return false
}

// AboveHead warns of rows over the head that look like data: they are not read.
func AboveHead(pg *Page, h *Head) *finding.Finding {
	for i := 0; i < h.row; i++ {
		row := pg.Row(i)
		if !looksLikeData(row) {
			continue
		}
		f := finding.RowAboveHead(row.N).At(finding.Place{Sheet: pg.Name, Cell: FirstText(row).Ref(), Row: row.N})
		return &f
	}
	return nil
}

// TitleDiffers tells of a title that names another form than the head is of: it was left from another return, or the head
// was. The head decides.
func (l *Reader) TitleDiffers(pg *Page, h *Head) *finding.Finding {
	named := l.Vocab.Titled(pg.Above(h.row))
	if named == nil || named == h.Form || h.row == 0 {
		return nil
	}
	at := FirstText(pg.Row(0))
	for i := 0; i < h.row; i++ {
		if c := FirstText(pg.Row(i)); l.Vocab.Titled(c.Text) == named {
			at = c
			break
		}
	}
	f := finding.TitleDiffers(named.Title, h.Form.Title).At(finding.Place{Sheet: pg.Name, Cell: at.Ref(), Value: written.Short(at.Text, 30)})
	return &f
}

// NothingSheet recognises a sheet without a table that says 本期无 under a form's title.
func (l *Reader) NothingSheet(pg *Page) *forms.Form {
	if len(pg.Rows) > 15 {
		return nil
	}
	var s Stated
	for i := range pg.Rows {
		s.Labelled(pg.Name, pg.Row(i), true)
	}
	if !s.Nothing {
		return nil
	}
	return l.Vocab.Titled(pg.Above(len(pg.Rows)) + " " + pg.Name)
}
