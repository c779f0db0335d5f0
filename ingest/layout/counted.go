package layout

import (
	"regexp"
	"slices"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// A section that says how many items it holds (一、企业难题（5件）) and holds others has lost rows, or was not brought up to date.

// itemsSaid is how many items a section's heading says it holds.
var itemsSaid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[(（【]共?计?:?(\d{1,4})[件条项笔][)）】]|(?:共计?|合计):?(\d{1,4})[件条项笔]|^(\d{1,4})[件条项笔]$`)
})

// counted is a section whose rows are others than it says.
type counted struct {
	text       string
	said, rows int
	at         finding.Place
}

// countSections holds the numbers that sections say against their rows: those up to any later section, as sections may lie within
// others.
func (r *tableReader) countSections(start, end int) {
	var sections []int // row indices
	for i := start; i < end; i++ {
		if r.kinds[i] == rowkind.Section {
			sections = append(sections, i)
		}
	}
	if len(sections) == 0 {
		return
	}
	before := make([]int, len(sections)+1) // lines above each of them, and all
	for k, i := range append(slices.Clone(sections), end) {
		before[k], _ = slices.BinarySearchFunc(r.table.Lines, i, func(l Line, i int) int { return int(l.index) - i })
	}
	for k, i := range sections {
		row := r.page.Row(i)
		said := -1
		for c := range row.Cells {
			for _, m := range itemsSaid().FindAllStringSubmatch(spelling.Squash(written.Plain(row.Cells[c].Text)), 2) {
				if said >= 0 { // of several things
					said = -2
					break
				}
				said = written.Atoi(m[1] + m[2] + m[3])
			}
			if said == -2 {
				break
			}
		}
		if said < 0 {
			continue
		}
		if _, ok := slices.BinarySearch(before[k+1:], before[k]+said); ok { // up to the next one, or to one that doesn't lie within it
			continue
		}
		rows := before[k+1] - before[k]
		first := sight.FirstText(row)
		text := written.Short(written.Tidy(sight.Joined(row)), 30)
		r.table.counted = append(r.table.counted, counted{text, said, rows, finding.Place{Sheet: r.page.Name, Cell: first.Ref(), Row: row.N, Value: text}})
	}
}

// TellCounts says which sections hold others than they say.
func (t *Table) TellCounts() (said heading.Notes) {
	for _, c := range t.counted {
		said.Add(finding.CountDiffers(c.text, c.said, c.rows).At(c.at))
	}
	return said
}
