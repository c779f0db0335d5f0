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

// A comment (批注) or a text box (文本框) is content that somebody wrote and no data: it is listed as unread, and asks about its row where it takes it back.

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
	for _, c := range pt.remarks {
		said, lead := t.Quote(c.Text, 60), finding.CommentLead
		if c.Box {
			lead = finding.BoxLead
		}
		pt.Ret.CommentsUnread++
		if len(pt.Ret.Unread) < finding.MaxListed {
			pt.Ret.Unread = append(pt.Ret.Unread, finding.UnreadCell{Sheet: secret.MaskText(c.sheet), Cell: c.Ref(), Row: c.Row, Value: lead + said, Comment: true})
		}
		if !c.Box && layout.TakesBack(c.Text, pt.Form) && pt.hasLine(c.sheet, c.Row) {
			pt.Add(finding.RowVoid(t.Quote(c.Text, 20)).At(finding.Place{Sheet: c.sheet, Row: c.Row, Cell: c.Ref(), Value: t.Quote(c.Text, 30)}))
		}
	}
	for _, boxes := range []bool{false, true} {
		pt.nameComments(boxes)
	}
}

// nameComments makes one finding of the comments of a return, or of its text boxes.
func (pt *Part) nameComments(boxes bool) {
	var some []remark
	var refs []string
	for _, c := range pt.remarks {
		if c.Box != boxes {
			continue
		}
		if some = append(some, c); len(refs) < commentsNamed {
			refs = append(refs, c.Ref())
		}
	}
	if len(some) == 0 {
		return
	}
	which := strings.Join(refs, "、")
	if len(some) > len(refs) {
		which += "等"
	}
	said := finding.CommentsUnread(len(some), which)
	if boxes {
		said = finding.BoxesUnread(len(some), which)
	}
	pt.Add(said.At(finding.Place{Sheet: some[0].sheet, Cell: some[0].Ref(), Row: some[0].Row}))
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
