package read

import (
	"fmt"
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/layout"
	"taizhang/ingest/written"
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
				if c.InKey && c.Required && c.Field != pt.Form.OwnDate && c.Type != forms.Money && slices.ContainsFunc(t.Heads, func(h *layout.Head) bool { return h.Lacks(c) && !t.Carries(c) }) {
					return c.Title
				}
			}
			return ""
		}
		full := slices.ContainsFunc(pt.Tables, func(t *layout.Table) bool { return lacking(t) == "" && len(t.Lines) > 0 })
		kept := pt.Tables[:0:0]
		for _, t := range pt.Tables {
			title := lacking(t)
			if !full || title == "" || !summarySheet().MatchString(written.Squash(t.Grid.Name)) {
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
