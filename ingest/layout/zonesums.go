package layout

import (
	"maps"
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// zoneSums takes out the lines that stand for the whole zone among those of its streets, and are their sum: 低保救助 | 全区
// over 低保救助 | 双马街道 and 低保救助 | 板塘街道. Where the numbers don't say so, the line stays, and is asked about when its
// street is read.
func (r *tableReader) zoneSums() {
	t := r.t
	k := r.h.Form.Index("street")
	if k < 0 || r.h.Form.Columns[k].Type != forms.Unit || r.l.Units == nil {
		return
	}
	whole := map[string]int{} // the first such line of those that are alike but for the street
	for i := range t.Lines {
		if own := t.Lines[i].Cell(k); t.Lines[i].At[k].Col > 0 && own.Kind == sheet.Text && r.l.Units.Whole(own.Text) {
			if key := t.Lines[i].keyBut(k); whole[key] == 0 {
				whole[key] = i + 1
			}
		}
	}
	if len(whole) == 0 {
		return
	}
	parts := map[string][]Line{}
	for i := range t.Lines {
		if own := t.Lines[i].Cell(k); present(&own) && !r.l.Units.Whole(own.Text) {
			key := t.Lines[i].keyBut(k)
			parts[key] = append(parts[key], t.Lines[i])
		}
	}
	found := map[int]bool{}
	for _, key := range slices.SortedFunc(maps.Keys(whole), func(a, b string) int { return whole[a] - whole[b] }) {
		i := whole[key]
		l := &t.Lines[i-1]
		if len(parts[key]) == 0 || !l.isSumOf(parts[key]) {
			continue
		}
		found[i-1] = true
		r.kinds[l.index] = rowTotal
		t.bareTotals = append(t.bareTotals, bareTotal{l.N, sheet.Ref(l.N, l.At[k].Col), written.Short(written.Tidy(textsOf(&r.p.Rows[l.index])), 20)})
	}
	r.without(found)
}

// keyBut joins what tells a line from others, but for the column k.
func (l *Line) keyBut(k int) string {
	var b strings.Builder
	for q := range l.At {
		if f := l.At[q].Field; q != k && f.InKey && !isNumber(f) {
			c := l.Cell(q)
			b.WriteString(written.Heading(TextOf(&c)))
			b.WriteByte(0)
		}
	}
	return b.String()
}
