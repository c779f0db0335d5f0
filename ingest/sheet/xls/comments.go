package xls

import (
	"bytes"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
)

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

// Records of comments ([MS-XLS] 2.4.179 Note, 2.4.181 Obj, 2.4.329 TxO).
const (
	recNote = 0x1c
	recObj  = 0x5d
	recTxO  = 0x1b6
	recDraw = 0xec
	objNote = 0x19 // the kind of an object that is a comment
)

// Comments implements [sheet.Commented].
func (b *biffBook) Comments(i int) ([]sheet.Comment, error) {
	if !b.noted {
		return nil, nil
	}
	c := &commentScan{b: b, notes: map[int]sheet.Comment{}, boxes: map[int]sheet.Comment{}, texts: map[int][]byte{}, object: -1, row: 1, col: 1}
	s := &biffScan{b: b, at: b.sheets[i].at}
	err := s.walk(func(r record) error {
		c.record(r)
		return nil
	})
	return c.joined(), err
}

// commentScan gathers what is said on a sheet. A Note names the object whose text it is; an object that no Note names is a shape.
type commentScan struct {
	b            *biffBook
	list         []sheet.Comment       // of BIFF5, whose Notes hold their text
	notes, boxes map[int]sheet.Comment // by object, without their texts
	texts        map[int][]byte        // by object
	order        []int                 // objects, as they come
	object       int                   // the one at hand; -1: none
	row, col     int                   // where the drawing at hand stands
	run          textRun               // the text at hand
	left         int                   // characters of it to come
}

func (c *commentScan) record(r record) {
	d := r.data
	switch {
	case r.id == recNote && c.b.ver < 8 && len(d) >= 6:
		c.list = sheet.AddComment(c.list, int(u16(d))+1, int(u16(d[2:]))+1, "", []byte(c.b.text8(d[6:], int(u16(d[4:])))))
	case r.id == recNote && len(d) >= 8:
		c.add(c.notes, int(u16(d[6:])), sheet.Comment{Row: int(u16(d)) + 1, Col: int(u16(d[2:])) + 1, Author: unicodeString(d[8:], 2)})
	case r.id == recDraw:
		c.row, c.col = anchorIn(d)
	case r.id == recObj:
		c.begin(d)
	case r.id == recTxO && len(d) >= 12 && c.object >= 0:
		c.run, c.left = textRun{}, int(u16(d[10:]))
	case r.id == recContinue && c.left > 0 && len(d) > 1:
		if c.left -= c.run.add(d[1:], c.left, d[0]&1 != 0); c.left <= 0 && len(c.texts) < sheet.MaxComments {
			c.texts[c.object] = c.run.end()
		}
	}
}

// begin takes an Obj: the text that follows is its own.
func (c *commentScan) begin(d []byte) {
	c.object, c.left = -1, 0
	if len(d) < 8 || u16(d) != 0x15 {
		return
	}
	if c.object = int(u16(d[6:])); u16(d[4:]) != objNote {
		c.add(c.boxes, c.object, sheet.Comment{Row: c.row, Col: c.col})
	}
}

// add keeps what is known of an object, once.
func (c *commentScan) add(to map[int]sheet.Comment, object int, what sheet.Comment) {
	if _, twice := to[object]; !twice && len(c.order) < sheet.MaxComments {
		to[object], c.order = what, append(c.order, object)
	}
}

// joined gives notes and shapes their texts.
func (c *commentScan) joined() []sheet.Comment {
	for _, id := range c.order {
		text := stored.LineEnds(c.texts[id])
		if box, is := c.boxes[id]; is {
			c.list = sheet.AddBox(c.list, box.Row, box.Col, text)
			continue
		}
		note := c.notes[id]
		c.list = sheet.AddComment(c.list, note.Row, note.Col, note.Author, text)
	}
	return c.list
}
