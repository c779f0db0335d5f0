// Package layout reads what stands below the head of a table: which rows are
// lines, which are totals, sections, notes, and what rows say of one another. It
// returns what it finds wrong; it knows nothing of returns.
//
// Words: a line is a row of data as written, a total claims to sum lines, a
// stray fits nowhere, what is passed over is no data; a block is what stands
// below one head, a stretch the lines of it, an aside a table below.
//
// A new footer or total word goes into rowkind/words.go, a new kind of row into
// rowkind/classify.go, another way of totals into sums.go (by what they sum) or groups.go
// (by name), what a section says into section.go, where a lacking column's value
// comes from into given.go.
package layout

import (
	"strings"

	"taizhang/ingest/around"
	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// Reader finds heads, columns and rows on sheets.
type Reader struct {
	heading.Reader
	Alive func() // panics when the time for the file is up; every loop that a file's shape can make long asks
}

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
		case strings.ContainsAny(c.Text, ":：") || around.Labels().MatchString(c.Text):
			return false
		}
	}
	return values > 0
}

// HoldsData says whether some row of a page looks like one of data: such a page is no cover.
func HoldsData(pg *heading.Page) bool {
	for i := range pg.Rows {
		if looksLikeData(pg.Row(i)) {
			return true
		}
	}
	return false
}

// AboveHead warns of rows over the head that look like data: they are not read.
func AboveHead(pg *heading.Page, h *heading.Head) *finding.Finding {
	for i := 0; i < h.Row; i++ {
		row := pg.Row(i)
		if !looksLikeData(row) {
			continue
		}
		f := finding.RowAboveHead(row.N).At(finding.Place{Sheet: pg.Name, Cell: sight.FirstText(row).Ref(), Row: row.N})
		return &f
	}
	return nil
}

// TitleDiffers tells of a title that names another form than the head is of: it was left from another return, or the head
// was. The head decides.
func (l *Reader) TitleDiffers(pg *heading.Page, h *heading.Head) *finding.Finding {
	named := l.Vocab.Titled(pg.Above(h.Row))
	if named == nil || named == h.Form || h.Row == 0 {
		return nil
	}
	at := sight.FirstText(pg.Row(0))
	for i := 0; i < h.Row; i++ {
		if c := sight.FirstText(pg.Row(i)); l.Vocab.Titled(c.Text) == named {
			at = c
			break
		}
	}
	f := finding.TitleDiffers(named.Title, h.Form.Title).At(finding.Place{Sheet: pg.Name, Cell: at.Ref(), Value: written.Short(at.Text, 30)})
	return &f
}

// NothingSheet recognises a sheet without a table that says 本期无 under a form's title.
func (l *Reader) NothingSheet(pg *heading.Page) *forms.Form {
	if len(pg.Rows) > 15 {
		return nil
	}
	var s around.Stated
	for i := range pg.Rows {
		s.Labelled(pg.Name, pg.Row(i), true)
	}
	if !s.Nothing {
		return nil
	}
	return l.Vocab.Titled(pg.Above(len(pg.Rows)) + " " + pg.Name)
}
