package xlsx

import (
	"bytes"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// What somebody writes into a text box or another shape (文本框) floats above the cells. It is kept as the comments are, at the cell
// under its upper left corner.

// boxesIn reads the texts of a drawing (ECMA-376-1 20.5): anchors with shapes. Pictures and charts have none here.
func (w *workbook) boxesIn(part string, list []sheet.Comment) ([]sheet.Comment, error) {
	row, col, corner := 1, 1, false
	var text []byte
	err := w.pack.starts(part, w.lim.InflatedBytes, w.lim, func(x *xmlscan.Scanner) (err error) {
		switch string(x.Name) {
		case "twoCellAnchor", "oneCellAnchor", "absoluteAnchor":
			row, col, corner = 1, 1, false
		case "from":
			corner = true
		case "to":
			corner = false
		case "row", "col":
			place := &row
			if string(x.Name) == "col" {
				place = &col
			}
			if text, err = wholeText(x, text[:0]); err == nil && corner {
				*place = decimalOf(text) + 1
			}
		case "txBody":
			if text, err = stored.BoxText(x, text[:0], "t"); err == nil {
				list = sheet.AddBox(list, row, col, text)
			}
		}
		return err
	})
	return list, err
}

// decimalOf reads a small number; 0 where it is none.
func decimalOf(text []byte) (n int) {
	for _, c := range bytes.TrimSpace(text) {
		if c < '0' || c > '9' || n > maxBoxAt {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// maxBoxAt is beyond any row.
const maxBoxAt = 1 << 21
