package ods

import (
	"bytes"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/xmlscan"
)

// textScan collects the text of a cell.
type textScan struct {
	*scan
	row, col   int
	inP        int // depth of the paragraph, 0 outside
	paragraphs int
	span       int // depth of the struck span, 0 outside
}

// cellText collects the paragraphs of a cell in s.text, one line each, with
// white space as ODF 6.1.2 has it. Comments, drawings and ruby are not its text.
func (s *scan) cellText(row, col int) error {
	s.text, s.runs = s.text[:0], stored.Runs{}
	c := textScan{scan: s, row: row, col: col}
	return s.x.Within(func(t xmlscan.Token) (err error) {
		switch t {
		case xmlscan.End:
			c.ends()
		case xmlscan.Start:
			err = c.begins()
		case xmlscan.CharData:
			err = c.says()
		}
		if err == nil && len(s.text) > s.lim.CellBytes {
			return sheet.Refuse(sheet.TooLarge, "cell in row %d of more than %d bytes", s.n+1, s.lim.CellBytes)
		}
		return err
	})
}

// ends leaves the paragraph or span whose element has ended.
func (c *textScan) ends() {
	if c.x.Depth < c.inP {
		c.inP = 0
	}
	if c.x.Depth < c.span {
		c.span = 0
	}
}

// begins takes an element within a cell: a paragraph, white space, a span, a comment; others with all that is in them are none
// of its text.
func (c *textScan) begins() error {
	switch x := c.x; string(x.Name) {
	case "p", "h":
		if c.inP == 0 {
			if c.inP = x.Depth; c.paragraphs > 0 {
				c.text = append(c.text, '\n')
			}
			c.paragraphs++
		}
	case "s":
		for n := min(max(1, x.AttrInt("c", 1)), 1024); n > 0; n-- {
			c.text = append(c.text, ' ')
		}
	case "tab":
		c.text = append(c.text, '\t')
	case "line-break":
		c.text = append(c.text, '\n')
	case "span":
		if v, _ := x.Attr("style-name"); c.span == 0 && c.struck[string(v)] {
			c.span = x.Depth
		}
	case "annotation":
		return c.annotation(c.row, c.col)
	case "custom-shape", "frame", "rect", "ellipse", "caption", "g":
		text, err := stored.BoxText(x, nil, "p")
		if err == nil {
			c.said = sheet.AddBox(c.said, c.row, c.col, text)
		}
		return err
	case "a", "ruby", "ruby-base", "list", "list-item", "meta", "meta-field":
	case "sheet-name", "date", "time", "title", "page-number", "page-count", "file-name":
	default:
		return x.Skip()
	}
	return nil
}

// says takes the text of a paragraph.
func (c *textScan) says() (err error) {
	if c.inP == 0 {
		return nil
	}
	at := len(c.text)
	if c.x.CDATA {
		c.text = append(c.text, c.x.Text...)
	} else if c.text, err = xmlscan.Unescape(c.text, c.x.Text); err != nil {
		return err
	}
	if c.text = collapse(c.text, at); len(bytes.TrimSpace(c.text[at:])) > 0 {
		c.runs.Some, c.runs.Own = c.runs.Some || c.span > 0, c.runs.Own || c.span == 0
	}
	return nil
}

// collapse makes one blank of each run of white space in b[at:].
func collapse(b []byte, at int) []byte {
	w := at
	for _, c := range b[at:] {
		if c == '\n' || c == '\t' || c == '\r' {
			c = ' '
		}
		if c == ' ' && w > at && b[w-1] == ' ' {
			continue
		}
		b[w] = c
		w++
	}
	return b[:w]
}
