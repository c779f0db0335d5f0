package workbook

import (
	"fmt"
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
// first rows.
func (c *canvas) paginate() {
	if c.sheet.OnePage {
		return
	}
	wide, high := 595.0, 842.0
	if c.sheet.Orientation == Landscape {
		wide, high = high, wide
	}
	scale := min((wide-2*72*marginSide)/(c.width(1, len(c.widths))*6.1), 1) // a little over 8 pixels a character
	room := (high - 72*(marginTop+marginBottom)) / scale * 0.97
	used, top := 0.0, 0
	starts := append(c.starts[:len(c.starts):len(c.starts)], len(c.rows)+1)
	for i := 0; i+1 < len(starts); i++ {
		block := c.height(starts[i], starts[i+1]-1)
		keep := block
		if block > room*0.6 {
			keep = min(block, 140)
		}
		if used+keep > room && used > room*0.35 && starts[i] > top+1 {
			c.breaks = append(c.breaks, starts[i])
			used, top = 0, starts[i]
		}
		whole := used + block
		for used = whole; used > room; {
			used -= room
		}
		if whole > room && used < room*0.08 { // ends about where a page does: programs differ by a few per cent
			used = room
		}
	}
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
	if err := w.f.SetSheetProps(c.name, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	lastCol := max(c.lastCol, len(c.widths))
	whole := area{1, 1, lastCol, len(c.rows)}
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
	if c.sheet.OnePage {
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
		Name: "_xlnm.Print_Area", RefersTo: at(c.name, whole), Scope: c.name,
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
