package xls_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/xls"
	"taizhang/internal/cfb/cfbtest"
)

func TestXLSCells(t *testing.T) {
	bstr := func(s string) []byte { return append(sheettest.LE16(len(s)), append([]byte{0}, s...)...) }
	tests := []struct {
		name  string
		sheet func(w *sheettest.Writer)
		want  string
	}{
		{"numbers", func(w *sheettest.Writer) {
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(0.1))
			w.Rec(sheettest.RecRK, sheettest.LE16(0, 1, 0), sheettest.LE32(-1<<2|2))
			w.Rec(sheettest.RecRK, sheettest.LE16(0, 2, 0), sheettest.LE32(-708061<<2|3))
			w.Rec(sheettest.RecMulRK, sheettest.LE16(1, 0), sheettest.LE16(2), sheettest.LE32(50<<2|3), sheettest.LE16(0), sheettest.LE32(7<<2|2), sheettest.LE16(1))
		}, "A1 number \"0.1\"\nB1 number \"-1\"\nC1 number \"-7080.61\"\nA2 number \"0.5\" percent\nB2 number \"7\"\n"},
		{"dates", func(w *sheettest.Writer) {
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 1), sheettest.LE64(44564))
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 1, 3), sheettest.LE64(1.5))
		}, "A1 date \"2022-01-03\"\nB1 time \"36:00:00\"\n"},
		{"texts", func(w *sheettest.Writer) {
			w.Rec(sheettest.RecLabelSST, sheettest.LE16(0, 0, 0), sheettest.LE32(1))
			w.Rec(sheettest.RecLabel, sheettest.LE16(0, 1, 0), sheettest.Wide("标签", 2))
			w.Rec(sheettest.RecLabel, sheettest.LE16(0, 2, 0), bstr("caf\xe9"))
			w.Rec(sheettest.RecLabelSST, sheettest.LE16(0, 3, 0), sheettest.LE32(2))
		}, "A1 text \"乙𠀀\"\nB1 text \"标签\"\nC1 text \"café\"\n"},
		{"booleans and errors", func(w *sheettest.Writer) {
			w.Rec(sheettest.RecBoolErr, sheettest.LE16(0, 0, 0), []byte{1, 0})
			w.Rec(sheettest.RecBoolErr, sheettest.LE16(0, 1, 0), []byte{7, 1})
		}, "A1 bool \"TRUE\"\nB1 error \"#DIV/0!\"\n"},
		{"formulas", func(w *sheettest.Writer) {
			f := func(v ...byte) []byte { return append(append(v, make([]byte, 6-len(v))...), 0xff, 0xff) }
			w.Rec(0x06, sheettest.LE16(0, 0, 0), sheettest.LE64(3), make([]byte, 8))
			w.Rec(0x06, sheettest.LE16(0, 1, 0), f(0), make([]byte, 8))
			w.Rec(0x4bc, make([]byte, 10))                                   // a shared formula stands between
			w.Rec(sheettest.RecString, sheettest.Wide("结", 2)[:5], []byte{}) // one of one character
			w.Rec(0x06, sheettest.LE16(0, 2, 0), f(1, 0, 1), make([]byte, 8))
			w.Rec(0x06, sheettest.LE16(0, 3, 0), f(2, 0, 0x2a), make([]byte, 8))
			w.Rec(0x06, sheettest.LE16(0, 4, 0), f(3), make([]byte, 8))
		}, "A1 number \"3\" formula\nB1 text \"结\" formula\nC1 bool \"TRUE\" formula\nD1 error \"#N/A\" formula\n"},
		{"text of a formula over two records", func(w *sheettest.Writer) {
			w.Rec(0x06, sheettest.LE16(0, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))
			w.Rec(sheettest.RecString, sheettest.LE16(4), []byte{0}, []byte("ab"))
			w.Rec(sheettest.RecContinue, []byte{1, 0x32, 0x4e, 0x59, 0x4e})
		}, "A1 text \"ab串\" formula\n"},
		{"disorder, hidden rows, merged cells, a chart inside", func(w *sheettest.Writer) {
			w.Rec(sheettest.RecRow, sheettest.LE16(2, 0, 3, 0, 0, 0), sheettest.LE32(0x20))
			w.Rec(sheettest.RecNumber, sheettest.LE16(2, 1, 0), sheettest.LE64(3))
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(1))
			w.Rec(0x809, sheettest.LE16(0x600, 0x20, 0, 0), make([]byte, 8))
			w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(99))
			w.Rec(sheettest.RecEOF)
			w.Rec(sheettest.RecNumber, sheettest.LE16(2, 0, 0), sheettest.LE64(2))
			w.Rec(sheettest.RecMerged, sheettest.LE16(1, 0, 1, 0, 2))
		}, "A1 number \"1\"\nA3 number \"2\" hidden\nB3 number \"3\" hidden\nmerged A1:C2\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := strings.Replace(tt.want, "ab串", "ab"+"\u4e32\u4e59", 1)
			for name, data := range map[string][]byte{"ole2": sheettest.XLS([]string{"甲", "乙𠀀", ""}, tt.sheet), "bare": sheettest.BIFF([]string{"甲", "乙𠀀", ""}, tt.sheet)} {
				b, err := anyfile.Open(context.Background(), "x.xls", data, sheet.Limits{})
				if err != nil {
					t.Fatal(name, err)
				}
				g, err := b.Grid(0)
				if err != nil {
					t.Fatal(name, err)
				}
				if got := sheettest.Dump(g); got != want || b.Format != sheet.XLS || g.Name != "表一" {
					t.Errorf("%s: got\n%swant\n%s", name, got, want)
				}
			}
		})
	}
}

// TestSSTSplit cuts the table of shared strings at every byte: the text is the
// same wherever a Continue record begins.
func TestSSTSplit(t *testing.T) {
	rich := append(sheettest.LE16(3), 1|8|4)
	rich = append(rich, sheettest.LE16(1)...)
	rich = append(rich, sheettest.LE32(5)...)
	rich = append(rich, 0x32, 0x4e, 0x40, 0xd8, 0x00, 0xdc) // 串, 𠀀 as a pair
	rich = append(rich, make([]byte, 4+5)...)
	var body []byte
	body = append(body, sheettest.Wide("甲", 2)...)
	at := len(body)
	body = append(body, rich...)
	body = append(body, append(sheettest.LE16(2), 0, 'a', 0xe9)...)
	for cut := 1; cut < len(body); cut++ {
		first := append(append(sheettest.LE32(3), sheettest.LE32(3)...), body[:cut]...)
		rest := body[cut:]
		inChars := cut >= 3 && cut < 5 || cut > at+9 && cut < at+15
		if inChars {
			if cut == 4 || (cut-at-9)%2 == 1 && cut > 5 {
				continue // writers don't cut a character
			}
			rest = append([]byte{1}, rest...)
		} else if end := len(body); cut > end-2 {
			rest = append([]byte{0}, rest...)
		} else if cut == 3 || cut == at+9 || cut == end-2 {
			rest = append([]byte{map[bool]byte{true: 0, false: 1}[cut == end-2]}, rest...)
		}
		s, err := xls.SharedStrings(first, rest)
		if err != nil {
			t.Fatal(err)
		}
		if s.Len() != 3 || s.At(0) != "甲" || s.At(1) != "串𠀀" || s.At(2) != "aé" {
			t.Errorf("cut at %d: %d texts", cut, s.Len())
		}
	}
}

func TestXLSRefusals(t *testing.T) {
	one := func(w *sheettest.Writer) { w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(1)) }
	whole := sheettest.BIFF([]string{"甲"}, one)
	pad := func(s []byte) []byte { return cfbtest.Pack(map[string][]byte{"Workbook": s}) }
	tests := []struct {
		name   string
		data   []byte
		reason string
	}{
		{"shared string out of range", sheettest.XLS(nil, func(w *sheettest.Writer) { w.Rec(sheettest.RecLabelSST, sheettest.LE16(0, 0, 0), sheettest.LE32(7)) }), sheet.Damaged},
		{"short cell", sheettest.XLS(nil, func(w *sheettest.Writer) { w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0)) }), sheet.Damaged},
		{"password", pad(append(bytes.Clone(whole[:20]), append([]byte{0x2f, 0, 6, 0, 0, 0, 1, 2, 3, 4}, whole[20:]...)...)), sheet.Password},
		{"encrypted package", cfbtest.Pack(map[string][]byte{"EncryptionInfo": {4, 0, 4, 0}, "EncryptedPackage": {1}}), sheet.Password},
		{"endless key derivation", cfbtest.Pack(map[string][]byte{"EncryptionInfo": []byte("\x04\x00\x04\x00\x40\x00\x00\x00<keyEncryptor spinCount=\"4000000000\"/>"), "EncryptedPackage": {1}}), sheet.Password},
		{"word", cfbtest.Pack(map[string][]byte{"WordDocument": {1}}), sheet.NotASheet},
		{"other", cfbtest.Pack(map[string][]byte{"Contents": {1}}), sheet.NotASheet},
		{"cut off", sheettest.XLS([]string{"甲"}, one)[:2000], sheet.Damaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := sheettest.First(tt.data)
			sheettest.CheckRefusal(t, err, tt.reason)
		})
	}
	for n := range len(whole) - 1 {
		if _, err := sheettest.First(whole[:n]); err == nil {
			t.Errorf("read although cut at %d of %d", n, len(whole))
		}
	}
}

// TestBIFF2 reads a bare BIFF2 sheet, whose cells carry their attributes themselves.
func TestBIFF2(t *testing.T) {
	var w sheettest.Writer
	w.Rec(0x009, sheettest.LE16(2, 0x10))
	w.Rec(0x1e, []byte("\x07General"))
	w.Rec(0x1e, []byte("\x08yyyy-m-d"))
	w.Rec(0x03, sheettest.LE16(0, 0), []byte{0, 1, 0}, sheettest.LE64(44564))
	w.Rec(0x02, sheettest.LE16(0, 1), []byte{0, 0, 0}, sheettest.LE16(7))
	w.Rec(0x04, sheettest.LE16(1, 0), []byte{0, 0, 0, 2}, []byte("Hi"))
	w.Rec(sheettest.RecEOF)
	g, err := sheettest.First(w.B)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := sheettest.Dump(g), "A1 date \"2022-01-03\"\nB1 number \"7\"\nA2 text \"Hi\"\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestSheetPositions: the positions of the sheets in a .xls may all be wrong.
func TestSheetPositions(t *testing.T) {
	type listed struct {
		name string
		typ  byte
	}
	sheets := []listed{{"甲", 0}, {"图", 2}, {"乙", 0}}
	book := func(place func(right []int) []int) []byte {
		var w sheettest.Writer
		w.Rec(0x809, sheettest.LE16(0x600, 5, 0, 0), make([]byte, 8))
		var at []int
		for _, s := range sheets {
			at = append(at, len(w.B)+4)
			w.Rec(sheettest.RecBoundSheet, sheettest.LE32(0), []byte{0, s.typ}, sheettest.Wide(s.name, 1))
		}
		w.Rec(sheettest.RecEOF)
		var right []int
		for i, s := range sheets {
			right = append(right, len(w.B))
			w.Rec(0x809, sheettest.LE16(0x600, map[byte]int{0: 0x10, 2: 0x20}[s.typ], 0, 0), make([]byte, 8))
			if s.typ == 0 {
				w.Rec(0x809, sheettest.LE16(0x600, 0x20, 0, 0), make([]byte, 8)) // a chart inside
				w.Rec(sheettest.RecEOF)
				w.Rec(sheettest.RecNumber, sheettest.LE16(0, 0, 0), sheettest.LE64(float64(i+1)))
			}
			w.Rec(sheettest.RecEOF)
		}
		for i, p := range place(bytesOf(right)) {
			binary.LittleEndian.PutUint32(w.B[at[i]:], uint32(p))
		}
		return cfbtest.Pack(map[string][]byte{"Workbook": w.B})
	}
	for name, place := range map[string]func([]int) []int{
		"right":           func(p []int) []int { return p },
		"all shifted":     func(p []int) []int { return []int{p[0] + 8, p[1] + 8, p[2] + 8} },
		"none":            func(p []int) []int { return []int{0, 0, 0} },
		"past the end":    func(p []int) []int { return []int{1 << 30, 1 << 30, 0xffffffff} },
		"twice the first": func(p []int) []int { return []int{p[0], p[1], p[0]} },
		"at the chart":    func(p []int) []int { return []int{p[1], p[1], p[2]} },
	} {
		b, err := anyfile.Open(context.Background(), "x", book(place), sheet.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if first, second := sheettest.Dump(sheettest.Must(b.Grid(0))), sheettest.Dump(sheettest.Must(b.Grid(1))); first != "A1 number \"1\"\n" || second != "A1 number \"3\"\n" {
			t.Errorf("%s: %s %s", name, first, second)
		}
	}
}

func bytesOf(p []int) []int { return append([]int(nil), p...) }
