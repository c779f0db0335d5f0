package read

import (
	"fmt"
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/around"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// summarySheet is what a sheet is called that sums up the others of its workbook.
var summarySheet = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`汇总|总表|合计|总计|统计表$|^总$`)
})

// summaries leaves out the sheets that sum up the others of a return: they are called so and lack a part of the key that all the
// others have. To add that column, as a head without it would be told, would count everything twice.
func (r *reading) summaries() {
	for _, pt := range r.p.Parts {
		if len(pt.Tables) < 2 {
			continue
		}
		lacking := func(t *layout.Table) string {
			for k := range pt.Form.Columns {
				c := &pt.Form.Columns[k]
				if c.InKey && c.Required && c.Field != pt.Form.OwnDate && c.Type != forms.Money && slices.ContainsFunc(t.Heads, func(h *heading.Head) bool { return h.Lacks(c) && !t.Carries(c) }) {
					return c.Title
				}
			}
			return ""
		}
		full := slices.ContainsFunc(pt.Tables, func(t *layout.Table) bool { return lacking(t) == "" && len(t.Lines) > 0 })
		kept := pt.Tables[:0:0]
		for _, t := range pt.Tables {
			title := lacking(t)
			if !full || title == "" || !summed(t) || !covered(pt, t) {
				kept = append(kept, t)
				continue
			}
			r.p.skip(t.Grid.Name, fmt.Sprintf("像是其他工作表的汇总，没有「%s」一列，未读取", title))
			pt.Ret.Sheets = slices.DeleteFunc(pt.Ret.Sheets, func(s string) bool { return s == t.Grid.Name })
			pt.sheetSaid = slices.DeleteFunc(pt.sheetSaid, func(s sheetSaid) bool { return s.sheet == t.Grid.Name })
		}
		pt.Tables = kept
	}
}

// summed says whether a sheet, or the table on it, is called a sum of others.
func summed(t *layout.Table) bool {
	return summarySheet().MatchString(spelling.Squash(t.Grid.Name)) ||
		slices.ContainsFunc(t.Said.Titles, func(s around.Said) bool { return summaryTitle().MatchString(spelling.Squash(s.Text)) })
}

// summaryTitle is a title that says so: 帮扶救助发放汇总表, …（全区汇总）.
var summaryTitle = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^.{0,40}(汇总(表|情况|台账)?|总表|合计表)\)?(\(.{0,30}\))*$`)
})

// covered says whether the other sheets have rows of every listed value that a sheet has: what only a sum tells of must not be left out.
func covered(pt *Part, sum *layout.Table) bool {
	for k := range pt.Form.Columns {
		if c := &pt.Form.Columns[k]; c.Type != forms.List || !c.InKey {
			continue
		}
		held := map[string]bool{}
		for _, t := range pt.Tables {
			for i := range t.Lines {
				if t != sum && !summed(t) {
					held[written.Heading(t.Lines[i].Cell(k).Text)] = true
				}
			}
		}
		for i := range sum.Lines {
			if word := written.Heading(sum.Lines[i].Cell(k).Text); word != "" && !held[word] {
				return false
			}
		}
	}
	return true
}

// draftsLast reads the sheets that are called drafts or copies (备份, 旧表) after the others: of two rows with one number the first
// counts.
func (pt *Part) draftsLast() {
	slices.SortStableFunc(pt.Tables, func(a, b *layout.Table) int {
		switch da, db := written.IsDraft(a.Grid.Name), written.IsDraft(b.Grid.Name); {
		case da == db:
			return 0
		case da:
			return 1
		}
		return -1
	})
}
