package read

import (
	"fmt"
	"slices"

	"taizhang/ingest/finding"
)

// requiredEach is how many empty cells of one column are named each; the last of them says how many there are.
const requiredEach = 30

// gatherRequired makes one finding of a column that must be filled in and that no line fills; of one that many lines leave empty it
// names the first.
func (pt *Part) gatherRequired(lines int) {
	for k := range pt.Form.Columns {
		c := &pt.Form.Columns[k]
		if !c.Required {
			continue
		}
		empty := finding.Required(c.Title).Message
		n := 0
		for i := range pt.Ret.Findings {
			if f := &pt.Ret.Findings[i]; f.Field == c.Field && f.Message == empty {
				n++
			}
		}
		whole := n == lines && n > namedEach
		if !whole && n <= requiredEach {
			continue
		}
		kept := 0
		pt.Ret.Findings = slices.DeleteFunc(pt.Ret.Findings, func(f finding.Finding) bool {
			if f.Field != c.Field || f.Message != empty {
				return false
			}
			kept++
			return kept > requiredEach || whole && kept > 1
		})
		last := 0
		for i := range pt.Ret.Findings {
			if f := &pt.Ret.Findings[i]; f.Field == c.Field && f.Message == empty {
				last = i
			}
		}
		f := &pt.Ret.Findings[last]
		if whole {
			*f = finding.RequiredColumn(c.Title, n).At(finding.Place{Sheet: f.Sheet, Cell: f.Cell, Row: f.Row, Field: f.Field})
		} else {
			f.Message += fmt.Sprintf("；该列共有%d行没有填，其余不一一列出", n)
		}
	}
}
