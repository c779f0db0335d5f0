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

// Comments implements [Commented]. A Note names the object whose text it is.
func (b *biffBook) Comments(i int) (list []sheet.Comment, err error) {
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
	boxes := map[int]sheet.Comment{} // by object
	row, col := 1, 1
	var run textRun
	s := &biffScan{b: b, at: b.sheets[i].at}
	err = s.walk(func(r record) error {
		d := r.data
		switch {
		case r.id == recNote && b.ver < 8 && len(d) >= 6:
			list = sheet.AddComment(list, int(u16(d))+1, int(u16(d[2:]))+1, "", []byte(b.text8(d[6:], int(u16(d[4:])))))
		case r.id == recNote && len(d) >= 8:
			n := note{int(u16(d)) + 1, int(u16(d[2:])) + 1, unicodeString(d[8:], 2)}
			id := int(u16(d[6:]))
			if _, twice := notes[id]; !twice && len(order) < sheet.MaxComments {
				notes[id], order = n, append(order, id)
			}
		case r.id == recDraw:
			row, col = anchorIn(d)
		case r.id == recObj:
			if object = -1; len(d) >= 8 && u16(d) == 0x15 {
				object = int(u16(d[6:]))
				if _, twice := boxes[object]; !twice && u16(d[4:]) != objNote && len(order) < sheet.MaxComments {
					boxes[object], order = sheet.Comment{Row: row, Col: col}, append(order, object)
				}
			}
			left = 0
		case r.id == recTxO && len(d) >= 12 && object >= 0:
			run, left = textRun{}, int(u16(d[10:]))
		case r.id == recContinue && left > 0 && len(d) > 1:
			if left -= run.add(d[1:], left, d[0]&1 != 0); left <= 0 && len(texts) < sheet.MaxComments {
				texts[object] = run.end()
			}
		}
		return nil
	})
	for _, id := range order {
		if box, is := boxes[id]; is {
			list = sheet.AddBox(list, box.Row, box.Col, stored.LineEnds(texts[id]))
			continue
		}
		list = sheet.AddComment(list, notes[id].row, notes[id].col, notes[id].author, stored.LineEnds(texts[id]))
	}
	return list, err
}
