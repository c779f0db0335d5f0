package read

import (
	"fmt"
	"strings"
	"unicode"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/sheet/anyfile"
)

// unplaced says why no sheet matches a form, with the nearest one.
func (p *Parsed) unplaced(rd *Reader, r *reading) *Parsed {
	if len(r.ambiguous) > 0 {
		return p.Fail(rd, finding.FormAmbiguous(r.ambiguous[0]))
	}
	for _, pg := range r.leftovers {
		if garbled(pg) {
			return p.Fail(rd, finding.LettersLost(pg.Name))
		}
		if rd.Vocab.Carded(pg) {
			return p.Fail(rd, finding.Carded(pg.Name))
		}
		if col, ok := rd.Vocab.Transposed(pg); ok {
			return p.Fail(rd, finding.Transposed(pg.Name, col))
		}
		if near := rd.near(p.File, pg); near != nil {
			return p.Fail(rd, finding.NearForm(pg.Name, near.Form.Title, near.Understood, near.Missing, near.Named))
		}
		if f := rd.Vocab.Titled(pg.Above(min(6, len(pg.Rows))) + " " + pg.Name); f != nil {
			var need []string
			for _, c := range f.Columns {
				if c.Required {
					need = append(need, c.Title)
				}
			}
			if c, values := rd.Vocab.HeadedByValues(pg, f); c != nil {
				return p.Fail(rd, finding.HeadedByValues(pg.Name, f.Title, c.Title, values, need))
			}
			if a := rd.Vocab.ForeignHead(pg, f); a != nil {
				return p.Fail(rd, finding.HeadedAbroad(pg.Name, f.Title, a.Row, a.Headings, a.Likely, need))
			}
			return p.Fail(rd, finding.NoHeader(pg.Name, f.Title, need))
		}
	}
	switch {
	case len(r.unknown) > 0:
		return p.Fail(rd, finding.UnknownForm(r.unknown, rd.owed(p.File)))
	case len(r.empty) > 0 && anyfile.HasPictures(p.File.Content, rd.limits):
		return p.Fail(rd, finding.OnlyPictures())
	case len(r.empty) > 0:
		return p.Fail(rd, finding.Empty())
	case len(p.Skipped) > 0:
		return p.Fail(rd, finding.NoSheetRead(p.Skipped, rd.owed(p.File)))
	}
	return p.Fail(rd, finding.NoSheetVisible())
}

// garbled says whether a page's Chinese was lost when the file was written: question marks stand for its letters, and none is left.
func garbled(pg *heading.Page) bool {
	marks := 0
	for i := range pg.Rows {
		for _, c := range pg.Row(i).Cells {
			if strings.ContainsFunc(c.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				return false
			}
			if strings.Contains(c.Text, "??") {
				marks++
			}
		}
	}
	return marks >= marksLeast
}

// marksLeast is how many cells with question marks prove that letters were lost: a head has as many.
const marksLeast = 5

// near gives the form whose head a page comes closest to; of two alike that which its sender owes.
func (rd *Reader) near(f File, pg *heading.Page) *heading.Near {
	s, _ := rd.sender(f)
	return rd.Vocab.Nearest(pg, func(form *forms.Form) bool { return rd.Zone.Owes(s.Code, form.ID) })
}

// unmatched says of a sheet beside others that were read why it was not.
func (r *reading) unmatched(sheetName string) string {
	for _, pg := range r.leftovers {
		if pg.Name != sheetName {
			continue
		}
		if r.rd.Vocab.Carded(pg) {
			return "一条占几行，栏目名和内容相间，无法读取；请改成一行填一条后报送"
		}
		if _, ok := r.rd.Vocab.Transposed(pg); ok {
			return "表头竖着排在左边，无法读取；请行列互换后报送"
		}
		if near := r.rd.near(r.p.File, pg); near != nil && len(near.Missing) > 0 {
			return fmt.Sprintf("未匹配任何表样；最接近%s，表头缺少「%s」", near.Form.PlainTitle(), strings.Join(near.Missing, "」「"))
		}
	}
	return "未匹配任何表样"
}
