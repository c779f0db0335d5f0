package xlsx

import (
	"strings"

	"taizhang/internal/xmlscan"
)

// inks are the colours of fonts and of what stands behind them, as styles.xml lists them: white on white nobody sees
// (ECMA-376 18.8.22, 18.8.20, 18.8.3).
type inks struct {
	fonts, fills []string // "" of a font without a colour, white of no fill, "?" of a pattern
	solid        bool     // the fill at hand
	font, fill   []int    // by style
}

const white = "FFFFFF"

// take takes in an element of styles.xml.
func (k *inks) take(x *xmlscan.Scanner, section string) {
	name := string(x.Name)
	switch section {
	case "cellXfs":
		if x.Depth == 3 && name == "xf" {
			k.font, k.fill = append(k.font, x.AttrInt("fontId", -1)), append(k.fill, x.AttrInt("fillId", -1))
		}
	case "fonts":
		switch {
		case x.Depth == 3 && name == "font":
			k.fonts = append(k.fonts, "")
		case x.Depth == 4 && name == "color" && len(k.fonts) > 0:
			k.fonts[len(k.fonts)-1] = ink(x)
		}
	case "fills":
		k.takeFill(x, name)
	}
}

func (k *inks) takeFill(x *xmlscan.Scanner, name string) {
	if x.Depth == 3 && name == "fill" {
		k.fills, k.solid = append(k.fills, white), false
		return
	}
	if len(k.fills) == 0 {
		return
	}
	fill := &k.fills[len(k.fills)-1]
	switch name {
	case "patternFill":
		if pattern := x.AttrString("patternType"); pattern != "" && pattern != "none" {
			*fill, k.solid = "?", pattern == "solid"
		}
	case "gradientFill":
		*fill = "?"
	case "fgColor":
		if k.solid {
			if *fill = ink(x); *fill == "" {
				*fill = "?"
			}
		}
	}
}

// ink is a colour as a text that is the same for the same one; "" where it is automatic.
func ink(x *xmlscan.Scanner) string {
	if rgb := strings.ToUpper(x.AttrString("rgb")); len(rgb) >= 6 {
		return rgb[len(rgb)-6:]
	}
	tint := x.AttrString("tint")
	if tint == "0" {
		tint = ""
	}
	theme, indexed := x.AttrString("theme"), x.AttrString("indexed")
	switch {
	case theme == "0" && tint == "", indexed == "1", indexed == "9":
		return white
	case theme != "":
		return "theme " + theme + " " + tint
	case indexed != "" && indexed != "64":
		return "indexed " + indexed
	}
	return ""
}

// faint says of each style whether what is written is of the colour behind it; nil where none is so.
func (k *inks) faint() (out []bool) {
	for i, f := range k.font {
		if f < 0 || f >= len(k.fonts) || k.fonts[f] == "" {
			continue
		}
		behind := white
		if n := k.fill[i]; n >= 0 && n < len(k.fills) {
			behind = k.fills[n]
		}
		if k.fonts[f] == behind {
			if out == nil {
				out = make([]bool, len(k.font))
			}
			out[i] = true
		}
	}
	return out
}

// nobodySees says whether nobody can see what a cell holds.
func (w *workbook) nobodySees(style int, text bool, value float64) bool {
	if style < 0 {
		style = 0
	}
	return style < len(w.faint) && w.faint[style] || style < len(w.styles) && w.styles[style].Hides.Hides(text, value)
}
