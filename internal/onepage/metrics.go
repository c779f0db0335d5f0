package onepage

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/go-analyze/charts"
)

// The chart library measures text with a font. None of those it brings holds
// Chinese, and shipping one would weigh ten megabytes, so it is given a font of
// widths only: an em for every character, the usual widths of a sans serif for
// ASCII. The reader's program draws the text in its own font. The font has no
// name, which the library writes as plain sans-serif.

// asciiWidths are the widths of ' ' to '~' in Arial and its likes, in
// thousandths of an em.
var asciiWidths = [95]uint16{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

const widthsName = "onepage-widths"

// face returns a style that measures with the font of widths.
var face = sync.OnceValues(func() (charts.FontStyle, error) {
	if err := charts.InstallFont(widthsName, widthFont()); err != nil {
		return charts.FontStyle{}, fmt.Errorf("font of widths: %w", err)
	}
	return charts.FontStyle{Font: charts.GetFont(widthsName)}, nil
})

// widthFont makes a TrueType file of empty glyphs: glyph 0 stands for all
// characters the font does not know and is an em wide.
func widthFont() []byte {
	const glyphs = uint16(1 + len(asciiWidths))
	be := binary.BigEndian
	u16 := func(v ...uint16) (b []byte) {
		for _, x := range v {
			b = be.AppendUint16(b, x)
		}
		return b
	}
	head := make([]byte, 54)
	be.PutUint32(head, 0x00010000)
	be.PutUint32(head[12:], 0x5F0F3CF5)
	be.PutUint16(head[18:], 1000) // units per em
	be.PutUint16(head[40:], 1000) // bounds: xMax
	be.PutUint16(head[42:], 880)  // yMax
	hhea := make([]byte, 36)
	be.PutUint32(hhea, 0x00010000)
	be.PutUint16(hhea[4:], 880)
	be.PutUint16(hhea[6:], 0xFF88) // -120
	be.PutUint16(hhea[34:], glyphs)
	maxp := make([]byte, 32)
	be.PutUint32(maxp, 0x00010000)
	be.PutUint16(maxp[4:], glyphs)
	hmtx := u16(1000, 0)
	for _, w := range asciiWidths {
		hmtx = append(hmtx, u16(w, 0)...)
	}
	// One subtable of format 4: ' ' to '~' are glyphs 1 to 95.
	cmap := u16(0, 1, 3, 1, 0, 12)
	cmap = append(cmap, u16(4, 32, 0, 4, 4, 1, 0, '~', 0xFFFF, 0, ' ', 0xFFFF, 0xFFE1, 1, 0, 0)...)
	tables := []struct {
		tag  string
		data []byte
	}{
		{"cmap", cmap}, {"glyf", make([]byte, 4)}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx},
		{"loca", make([]byte, 2*int(glyphs+1))}, {"maxp", maxp},
	}
	font := append([]byte{0, 1, 0, 0}, u16(uint16(len(tables)), 64, 2, 48)...)
	at := len(font) + 16*len(tables)
	var body []byte
	for _, t := range tables {
		font = append(font, t.tag...)
		font = be.AppendUint32(font, 0)
		font = be.AppendUint32(font, uint32(at+len(body)))
		font = be.AppendUint32(font, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(font, body...)
}

// textWidth is how many ems wide a text is.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		if r >= ' ' && r <= '~' {
			w += float64(asciiWidths[r-' ']) / 1000
		} else {
			w++
		}
	}
	return w
}

// shorten cuts a text that is wider than so many ems.
func shorten(s string, ems float64) string {
	if textWidth(s) <= ems {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && textWidth(string(r))+1 > ems {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
