package workbook

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// chartRowPixels is what excelize takes a default row to be high.
const chartRowPixels = 18

const paperA4 = 9

// Margins in inches.
const (
	marginSide   = 0.55
	marginTop    = 0.5
	marginBottom = 0.6
)

// paginate begins a new page where a block that fits on one page would be cut
// in two by the end of this one. Long tables are cut, but not within their
// first rows. It gives the rows at which pages begin after the first, as far as
// can be told: programs differ by a few per cent.
func (c *canvas) paginate() (pages []int) {
	if c.onePage() {
		return nil
	}
	room := c.room()
	used, top := 0.0, 0
	starts := append(c.starts[:len(c.starts):len(c.starts)], len(c.rows)+1)
	for i := 0; i+1 < len(starts); i++ {
		block := c.height(starts[i], starts[i+1]-1)
		keep := block
		if block > room*0.6 {
			keep = min(block, 140)
		}
		if used+keep > room && used > room*0.35 && starts[i] > top+1 {
			c.breaks, pages = append(c.breaks, starts[i]), append(pages, starts[i])
			used, top = 0, starts[i]
		}
		cut := false
		for r := starts[i]; r < starts[i+1]; r++ {
			h := c.height(r, r)
			forced := slices.Contains(c.forced, r)
			if forced {
				c.breaks = append(c.breaks, r)
			}
			if forced || used+h > room {
				from := r
				if few := starts[i+1] - widows; !forced && r > few && few > starts[i]+2*widows {
					// the last rows go over together: alone they look forgotten
					from = few
				}
				if !forced && !c.dense() { // the page ends there in every program, whatever room it finds
					c.breaks = append(c.breaks, from)
				}
				pages, used, cut = append(pages, from), c.height(from, r)-h, true
			}
			used += h
		}
		if cut && used < room*0.08 { // ends about where a page does
			used = room
		}
	}
	return pages
}

// leastScale is how far a sheet is shrunk to stand on one page: print of 10
// points is then 7 points high. What is longer runs over several pages.
const leastScale = 0.7

// onePage says whether the sheet is printed on one page.
func (c *canvas) onePage() bool {
	return c.sheet.OnePage && c.height(1, len(c.rows))*leastScale <= c.room()*c.fit()
}

// fit is by how much the sheet is shrunk for its width.
func (c *canvas) fit() float64 {
	wide := 595.0
	if c.sheet.Orientation == Landscape {
		wide = 842
	}
	return min((wide-2*72*marginSide)/(c.width(1, c.paper)*6.1), 1) // a little over 8 pixels a character
}

// room is the height of a page in points of the sheet, before it is shrunk to
// fit the page's width.
func (c *canvas) room() float64 {
	high := 842.0
	if c.sheet.Orientation == Landscape {
		high = 595
	}
	return (high - 72*(marginTop+marginBottom)) / c.fit() * 0.97
}

// widows is how many of a block's last rows stay together.
const widows = 5

// mostRepeats bounds the tables whose header is written again and again.
const mostRepeats = 3000

// titles sees to it that the header of a table that runs over several pages
// stands on each of them. Excel repeats one row of a sheet, on every page after
// it: that serves the last such table where no other follows on a page of its
// own. For the others it gives the table's place and the data rows before which
// the header must be written again; a table that is calculated with (fixed)
// can't have such rows.
func (c *canvas) titles(pages []int, fixed map[string]bool) (place int, rows []int) {
	within := func(p placedTable) (out []int) {
		for _, r := range pages {
			if r > p.first && r <= max(p.last, p.total) {
				out = append(out, r)
			}
		}
		return out
	}
	last := -1
	for i, p := range c.placed {
		if len(within(p)) > 0 {
			last = i
		}
	}
	if last < 0 {
		return -1, nil
	}
	if p := c.placed[last]; pages[len(pages)-1] <= max(p.last, p.total) {
		c.repeat = p.head
	}
	for i, p := range c.placed {
		cuts := within(p)
		if len(cuts) == 0 || p.head == c.repeat || c.repeats[i] != nil || fixed[p.id] || p.last-p.first > mostRepeats {
			continue
		}
		room, head := c.room(), c.height(p.head, p.head)
		used := head
		rows = []int{cuts[0] - p.first}
		for r := cuts[0]; r <= p.last; r++ {
			h := c.height(r, r)
			if used+h > room {
				rows, used = append(rows, r-p.first), head
			}
			used += h
		}
		return i, rows
	}
	return -1, nil
}

// height of rows in points.
func (c *canvas) height(from, to int) float64 {
	h := 0.0
	for _, r := range c.rows[from-1 : to] {
		if r.height > 0 {
			h += r.height
		} else {
			h += chartRow
		}
	}
	return h
}

// page sets up screen and paper before the rows are written.
func (w *writer) page(c *canvas) error {
	yes, no, one, zero := true, false, 1, 0
	whole := area{1, 1, max(c.lastCol, len(c.widths)), len(c.rows)}
	if err := w.f.SetSheetDimension(c.name, whole.String()); err != nil {
		return err
	}
	if err := w.f.SetSheetView(c.name, 0, &excelize.ViewOptions{ShowGridLines: &no}); err != nil {
		return err
	}
	orientation, paper, high := "portrait", paperA4, &zero
	if c.sheet.Orientation == Landscape {
		orientation = "landscape"
	}
	if c.onePage() {
		high = &one
	}
	if err := w.f.SetPageLayout(c.name, &excelize.PageLayoutOptions{
		Size: &paper, Orientation: &orientation, FitToWidth: &one, FitToHeight: high,
	}); err != nil {
		return err
	}
	side, top, bottom, edge := marginSide, marginTop, marginBottom, 0.28
	if err := w.f.SetPageMargins(c.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &bottom, Header: &edge, Footer: &edge, Horizontally: &yes,
	}); err != nil {
		return err
	}
	font := `&"` + fontSong + `,Regular"&9`
	left := strings.ReplaceAll(cellText(w.book.Footer), "&", "&&")
	for utf8.RuneCountInString(left) > 90 {
		left = cut(left, 90)
	}
	footer := "&L" + font + left + "&C" + font + "— &P —&R" + font + "&A"
	if err := w.f.SetHeaderFooter(c.name, &excelize.HeaderFooterOptions{OddFooter: footer}); err != nil {
		return err
	}
	if err := w.f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Area", RefersTo: at(c.name, area{1, 1, c.paper, len(c.rows)}), Scope: c.name,
	}); err != nil {
		return err
	}
	if c.repeat > 0 {
		return w.f.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!$%d:$%d", quoteSheet(c.name), c.repeat, c.repeat), Scope: c.name,
		})
	}
	return nil
}

// definedNames gives each named cell a name that is safe and unique.
func (w *writer) definedNames(c *canvas) error {
	for _, n := range c.names {
		base := DefinedName(n.name)
		name := base
		for i := 2; w.names[strings.ToLower(name)]; i++ {
			name = fmt.Sprintf("%s_%d", base, i)
		}
		w.names[strings.ToLower(name)] = true
		if err := w.f.SetDefinedName(&excelize.DefinedName{Name: name, RefersTo: at(c.name, n.area)}); err != nil {
			return fmt.Errorf("defined name %q: %w", name, err)
		}
	}
	return nil
}
