package sheet

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"taizhang/internal/xmlscan"
)

// Comment is a remark that hangs on a cell (批注). It is no part of the cell's value.
type Comment struct {
	Row, Col     int // from 1
	Author, Text string
	Box          bool // a text box or another shape: see boxes.go
}

// Ref gives the address of its cell in A1 form.
func (c Comment) Ref() string { return Ref(c.Row, c.Col) }

// maxComments and commentBytes bound what is kept of a sheet's comments: they are told of, and nothing is read from them.
const (
	maxComments  = 10_000
	commentBytes = 4 << 10
)

// Commented is a [Source] that knows the comments of a sheet: of the one whose rows it gave last.
type Commented interface {
	Comments(i int) ([]Comment, error)
}

// addComment keeps a comment unless nobody sees anything in it.
func addComment(list []Comment, row, col int, author string, text []byte) []Comment {
	text = bytes.ToValidUTF8(bytes.TrimSpace(text), nil)
	if len(list) >= maxComments || len(text) == 0 {
		return list
	}
	if len(text) > commentBytes {
		for text = text[:commentBytes]; !utf8.Valid(text); text = text[:len(text)-1] {
		}
	}
	return append(list, Comment{Row: row, Col: col, Author: author, Text: string(text)})
}

// Comments implements [Commented] (ECMA-376 18.7). What is said in threads stands there too, for programs that know none.
func (w *workbook) Comments(i int) (list []Comment, err error) {
	rels, err := w.pack.relations(w.parts[i], w.lim)
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		switch {
		case !w.pack.Has(r.target):
		case r.typ == "comments":
			list, err = w.commentsIn(r.target, list)
		case r.typ == "drawing":
			list, err = w.boxesIn(r.target, list)
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (w *workbook) commentsIn(part string, list []Comment) ([]Comment, error) {
	var authors []string
	var text []byte
	err := w.pack.starts(part, w.lim.InflatedBytes, w.lim, func(x *xmlscan.Scanner) (err error) {
		switch string(x.Name) {
		case "author":
			text, err = wholeText(x, text[:0])
			authors = append(authors, strings.TrimSpace(string(text)))
		case "comment":
			row, col, ok := parseRef([]byte(x.AttrString("ref")))
			by := x.AttrInt("authorId", -1)
			if text, _, err = richText(x, text[:0]); err == nil && ok {
				author := ""
				if by >= 0 && by < len(authors) {
					author = authors[by]
				}
				list = addComment(list, row, col, author, spoken(text))
			}
		}
		return err
	})
	return list, err
}

// wholeText joins all text of the element whose start was just told.
func wholeText(x *xmlscan.Scanner, dst []byte) ([]byte, error) {
	for base := x.Depth; x.Depth >= base; {
		t, err := x.Next()
		switch {
		case err != nil:
			return dst, err
		case t == xmlscan.EOF:
			return dst, damaged("XML ends in the middle")
		case t == xmlscan.CharData:
			if dst, err = appendText(dst, x.Text, x.CDATA); err != nil {
				return dst, err
			}
		}
	}
	return dst, nil
}

// spoken leaves out what a program says around a comment that is the first of a thread: [Threaded comment] … Comment: …
func spoken(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("[")) {
		return text
	}
	head, rest, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok || bytes.IndexByte(head, ']') < 0 || !bytes.Contains(text, []byte("LinkId=870924")) {
		return text
	}
	if i := bytes.LastIndex(rest, []byte("\n\n")); i >= 0 {
		rest = rest[i+2:]
	}
	if _, said, ok := bytes.Cut(rest, []byte("\n")); ok {
		return said
	}
	return rest
}

// Comments implements [Commented]: they stand among the cells (ODF 14.1).
func (o *odsBook) Comments(int) ([]Comment, error) { return o.said, nil }

// annotation reads an office:annotation whose start was just told, of the cell at hand.
func (s *odsScan) annotation(row, col int) error {
	x := s.x
	var text, author []byte
	inP, inAuthor := 0, 0
	for base := x.Depth; x.Depth >= base; {
		t, err := x.Next()
		if err != nil {
			return err
		}
		switch t {
		case xmlscan.EOF:
			return damaged("XML ends in the middle")
		case xmlscan.Start:
			switch string(x.Name) {
			case "p", "h":
				if inP = x.Depth; len(text) > 0 {
					text = append(text, '\n')
				}
			case "creator":
				inAuthor = x.Depth
			case "line-break":
				text = append(text, '\n')
			}
		case xmlscan.End:
			if x.Depth < inP {
				inP = 0
			}
			if x.Depth < inAuthor {
				inAuthor = 0
			}
		case xmlscan.CharData:
			switch {
			case inAuthor > 0:
				author, err = appendText(author, x.Text, x.CDATA)
			case inP > 0 && len(text) < commentBytes:
				text, err = appendText(text, x.Text, x.CDATA)
			}
			if err != nil {
				return err
			}
		}
	}
	s.said = addComment(s.said, row, col, strings.TrimSpace(string(author)), text)
	return nil
}

// Comments implements [Commented]: they stand among the cells of SpreadsheetML.
func (w *xml2003) Comments(int) ([]Comment, error) { return w.said, nil }

// comment reads a Comment whose start was just told; the text of the cell stays as it is.
func (s *xml2003Scan) comment(c *Cell) error {
	x := s.x
	author, kept := x.AttrString("Author"), s.text
	s.text = nil
	for base := x.Depth; x.Depth >= base; {
		t, err := x.Next()
		if err == nil && t == xmlscan.EOF {
			err = damaged("XML ends in the middle")
		}
		if err == nil && t == xmlscan.Start && string(x.Name) == "Data" {
			err = s.dataText()
		}
		if err != nil {
			return err
		}
	}
	s.w.said = addComment(s.w.said, c.Row, c.Col, author, s.text)
	s.text = kept
	return nil
}

// Records of comments ([MS-XLS] 2.4.179 Note, 2.4.181 Obj, 2.4.329 TxO).
const (
	recNote = 0x1c
	recObj  = 0x5d
	recTxO  = 0x1b6
	recDraw = 0xec
	objNote = 0x19 // the kind of an object that is a comment
)

// Comments implements [Commented]. A Note names the object whose text it is.
func (b *biffBook) Comments(i int) (list []Comment, err error) {
	if !b.noted {
		return nil, nil
	}
	type note struct {
		row, col int
		author   string
	}
	notes := map[int]note{} // by object
	texts := map[int][]byte{}
	var order []int
	object, left := -1, 0
	boxes := map[int]Comment{} // by object
	row, col := 1, 1
	var run textRun
	s := &biffScan{b: b, at: b.sheets[i].at}
	err = s.walk(func(r record) error {
		d := r.data
		switch {
		case r.id == recNote && b.ver < 8 && len(d) >= 6:
			list = addComment(list, int(u16(d))+1, int(u16(d[2:]))+1, "", []byte(b.text8(d[6:], int(u16(d[4:])))))
		case r.id == recNote && len(d) >= 8:
			n := note{int(u16(d)) + 1, int(u16(d[2:])) + 1, unicodeString(d[8:], 2)}
			id := int(u16(d[6:]))
			if _, twice := notes[id]; !twice && len(order) < maxComments {
				notes[id], order = n, append(order, id)
			}
		case r.id == recDraw:
			row, col = anchorIn(d)
		case r.id == recObj:
			if object = -1; len(d) >= 8 && u16(d) == 0x15 {
				object = int(u16(d[6:]))
				if _, twice := boxes[object]; !twice && u16(d[4:]) != objNote && len(order) < maxComments {
					boxes[object], order = Comment{Row: row, Col: col}, append(order, object)
				}
			}
			left = 0
		case r.id == recTxO && len(d) >= 12 && object >= 0:
			run, left = textRun{}, int(u16(d[10:]))
		case r.id == recContinue && left > 0 && len(d) > 1:
			if left -= run.add(d[1:], left, d[0]&1 != 0); left <= 0 && len(texts) < maxComments {
				texts[object] = run.end()
			}
		}
		return nil
	})
	for _, id := range order {
		if box, is := boxes[id]; is {
			list = addBox(list, box.Row, box.Col, lineEnds(texts[id]))
			continue
		}
		list = addComment(list, notes[id].row, notes[id].col, notes[id].author, lineEnds(texts[id]))
	}
	return list, err
}
