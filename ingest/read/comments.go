package read

import (
	"slices"
	"strings"

	"taizhang/ingest/cell"
	"taizhang/ingest/finding"
	"taizhang/ingest/layout"
	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
)

// A comment (批注) is content that somebody wrote and no data: it is listed as unread, and asks about its row where it takes it back.

// remark is a comment of a sheet.
type remark struct {
	sheet string
	sheet.Comment
}

// comments gives the comments of a sheet to the first part that was found on it, without those that this program wrote.
func (r *reading) comments(g *sheet.Grid) {
	i := slices.IndexFunc(r.p.Parts, func(pt *Part) bool { return slices.Contains(pt.Ret.Sheets, g.Name) })
	if i < 0 {
		return
	}
	for _, c := range g.Comments {
		if c.Text = receipt.Theirs(c.Author, c.Text); c.Text != "" {
			r.p.Parts[i].remarks = append(r.p.Parts[i].remarks, remark{g.Name, c})
		}
	}
}

// commentsNamed is how many comments one finding names.
const commentsNamed = 5

// listComments names the comments of a return.
func (pt *Part) listComments(t *cell.Typer) {
	if len(pt.remarks) == 0 {
		return
	}
	var refs []string
	for _, c := range pt.remarks {
		said := t.Quote(c.Text, 60)
		pt.Ret.CommentsUnread++
		if len(pt.Ret.Unread) < finding.MaxListed {
			pt.Ret.Unread = append(pt.Ret.Unread, finding.UnreadCell{Sheet: secret.MaskText(c.sheet), Cell: c.Ref(), Row: c.Row, Value: finding.CommentLead + said, Comment: true})
		}
		if len(refs) < commentsNamed {
			refs = append(refs, c.Ref())
		}
		if layout.TakesBack(c.Text) && pt.hasLine(c.sheet, c.Row) {
			pt.Add(finding.RowVoid(t.Quote(c.Text, 20)).At(finding.Place{Sheet: c.sheet, Row: c.Row, Cell: c.Ref(), Value: t.Quote(c.Text, 30)}))
		}
	}
	which := strings.Join(refs, "、")
	if len(pt.remarks) > len(refs) {
		which += "等"
	}
	first := pt.remarks[0]
	pt.Add(finding.CommentsUnread(len(pt.remarks), which).At(finding.Place{Sheet: first.sheet, Cell: first.Ref(), Row: first.Row}))
}

// hasLine says whether a row of a sheet is one of data.
func (pt *Part) hasLine(sheetName string, row int) bool {
	for _, tb := range pt.Tables {
		if tb.Grid.Name != sheetName {
			continue
		}
		for i := range tb.Lines {
			if tb.Lines[i].N == row {
				return true
			}
		}
	}
	return false
}
