package sheet

import (
	"bytes"

	"taizhang/internal/xmlscan"
)

// What somebody writes into a text box or another shape (文本框) floats above the cells. It is kept as the comments are, at the cell
// under its upper left corner.

// boxesIn reads the texts of a drawing (ECMA-376-1 20.5): anchors with shapes. Pictures and charts have none here.
func (w *workbook) boxesIn(part string, list []Comment) ([]Comment, error) {
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
			if text, err = boxText(x, text[:0], "t"); err == nil {
				list = addBox(list, row, col, text)
			}
		}
		return err
	})
	return list, err
}

// boxText joins the paragraphs of the shape whose body was just told.
// text is the element that holds what is said: a:t, text:p.
func boxText(x *xmlscan.Scanner, dst []byte, text string) ([]byte, error) {
	inText := 0
	for base := x.Depth; x.Depth >= base; {
		t, err := x.Next()
		if err != nil {
			return dst, err
		}
		switch t {
		case xmlscan.EOF:
			return dst, damaged("XML ends in the middle")
		case xmlscan.Start:
			name := string(x.Name)
			if (name == "p" || name == "br" || name == "line-break") && len(dst) > 0 {
				dst = append(dst, '\n')
			}
			if inText == 0 && name == text {
				inText = x.Depth
			}
		case xmlscan.End:
			if x.Depth < inText {
				inText = 0
			}
		case xmlscan.CharData:
			if inText > 0 && len(dst) < commentBytes {
				if dst, err = appendText(dst, x.Text, x.CDATA); err != nil {
					return dst, err
				}
			}
		}
	}
	return dst, nil
}

// addBox keeps the text of a shape as a comment that says what it is.
func addBox(list []Comment, row, col int, text []byte) []Comment {
	n := len(list)
	if n > 0 && list[n-1].Box && list[n-1].Row == row && list[n-1].Col == col && list[n-1].Text == string(bytes.TrimSpace(text)) {
		return list // written twice, for older programs
	}
	if list = addComment(list, row, col, "", text); len(list) > n {
		list[n].Box = true
	}
	return list
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

// clientAnchor is the head of the record that says where a shape of an .xls stands ([MS-ODRAW] 2.5.193): columns and rows follow.
var clientAnchor = []byte{0x10, 0xf0, 0x12, 0, 0, 0}

// anchorIn gives the cell under the upper left corner of the last shape of a drawing record; 1, 1 where it says none.
func anchorIn(d []byte) (row, col int) {
	i := bytes.LastIndex(d, clientAnchor)
	if i < 0 || len(d) < i+len(clientAnchor)+10 {
		return 1, 1
	}
	at := d[i+len(clientAnchor):]
	return int(u16(at[6:])) + 1, int(u16(at[2:])) + 1
}
