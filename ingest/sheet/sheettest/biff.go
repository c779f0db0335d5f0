package sheettest

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"

	"taizhang/internal/cfb/cfbtest"
)

// Writer writes BIFF8 records.
type Writer struct{ B []byte }

// Rec writes a record.
func (w *Writer) Rec(id int, data ...[]byte) {
	d := bytes.Join(data, nil)
	w.B = binary.LittleEndian.AppendUint16(w.B, uint16(id))
	w.B = binary.LittleEndian.AppendUint16(w.B, uint16(len(d)))
	w.B = append(w.B, d...)
}

// LE16, [LE32] and [LE64] write numbers as BIFF has them.
func LE16(v ...int) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}

// LE32 writes 32 bits.
func LE32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

// LE64 writes a float.
func LE64(f float64) []byte {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))
}

// Wide is a 16-bit string with a length of size bytes.
func Wide(s string, size int) []byte {
	u := utf16.Encode([]rune(s))
	b := []byte{byte(len(u))}
	if size == 2 {
		b = LE16(len(u))
	}
	b = append(b, 1)
	for _, c := range u {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// XLS builds a .xls with one sheet. The cell formats: 0 General, 1 date (14),
// 2 percent (9), 3 elapsed (46).
func XLS(shared []string, sheet func(w *Writer)) []byte {
	return cfbtest.Pack(map[string][]byte{"Workbook": BIFF(shared, sheet)})
}

// BIFF is [XLS] without a container.
func BIFF(shared []string, sheet func(w *Writer)) []byte {
	var g Writer
	g.Rec(0x809, LE16(0x600, 5, 0, 0), make([]byte, 8))
	g.Rec(RecCodePage, LE16(1200))
	for _, id := range []int{0, 14, 9, 46} {
		g.Rec(RecXF, LE16(0, id), make([]byte, 16))
	}
	at := len(g.B)
	g.Rec(RecBoundSheet, LE32(0), []byte{0, 0}, Wide("表一", 1))
	var segs [][]byte
	cur := append(LE32(len(shared)), LE32(len(shared))...)
	for _, s := range shared {
		w := Wide(s, 2)
		if len(cur)+len(w) > 8000 {
			segs, cur = append(segs, cur), nil
		}
		cur = append(cur, w...)
	}
	for i, s := range append(segs, cur) {
		g.Rec(map[bool]int{true: RecSST, false: RecContinue}[i == 0], s)
	}
	g.Rec(RecEOF)
	binary.LittleEndian.PutUint32(g.B[at+4:], uint32(len(g.B)))
	g.Rec(0x809, LE16(0x600, 0x10, 0, 0), make([]byte, 8))
	sheet(&g)
	g.Rec(RecEOF)
	return g.B
}
