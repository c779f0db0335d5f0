package read

import (
	"taizhang/ingest/layout"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// wrote reads the dates of a column, those that it repeats once.
type wrote struct {
	shelf *sheet.Shelf
	k     int
	known []wroteOnce // by the number of the text
}

type wroteOnce struct {
	w         written.Wrote
	ok, known bool
}

// in is wroteIn.
func (x *wrote) in(l *layout.Line, k int) (written.Wrote, bool) {
	again := int(l.Cell(k).Again)
	if again == 0 {
		return wroteIn(l, k)
	}
	if x.shelf != l.Shelf() || x.k != k {
		*x = wrote{shelf: l.Shelf(), k: k}
	}
	for len(x.known) <= again {
		x.known = append(x.known, wroteOnce{})
	}
	one := &x.known[again]
	if !one.known {
		one.w, one.ok = wroteIn(l, k)
		one.known = true
	}
	return one.w, one.ok
}
