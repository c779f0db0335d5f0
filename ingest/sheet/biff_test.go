package sheet

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"taizhang/internal/cfb/cfbtest"

	"github.com/xuri/excelize/v2"
)

func firstOf(data []byte) (*Grid, error) {
	b, err := Open(context.Background(), "x", data, Limits{})
	if err != nil {
		return nil, err
	}
	return b.Grid(0)
}

func TestXLSCells(t *testing.T) {
	bstr := func(s string) []byte { return append(le16(len(s)), append([]byte{0}, s...)...) }
	tests := []struct {
		name  string
		sheet func(w *biffWriter)
		want  string
	}{
		{"numbers", func(w *biffWriter) {
			w.rec(recNumber, le16(0, 0, 0), le64(0.1))
			w.rec(recRK, le16(0, 1, 0), le32(-1<<2|2))
			w.rec(recRK, le16(0, 2, 0), le32(-708061<<2|3))
			w.rec(recMulRK, le16(1, 0), le16(2), le32(50<<2|3), le16(0), le32(7<<2|2), le16(1))
		}, "A1 number \"0.1\"\nB1 number \"-1\"\nC1 number \"-7080.61\"\nA2 number \"0.5\" percent\nB2 number \"7\"\n"},
		{"dates", func(w *biffWriter) {
			w.rec(recNumber, le16(0, 0, 1), le64(44564))
			w.rec(recNumber, le16(0, 1, 3), le64(1.5))
		}, "A1 date \"2022-01-03\"\nB1 time \"36:00:00\"\n"},
		{"texts", func(w *biffWriter) {
			w.rec(recLabelSST, le16(0, 0, 0), le32(1))
			w.rec(recLabel, le16(0, 1, 0), wstr("标签", 2))
			w.rec(recLabel, le16(0, 2, 0), bstr("caf\xe9"))
			w.rec(recLabelSST, le16(0, 3, 0), le32(2))
		}, "A1 text \"乙𠀀\"\nB1 text \"标签\"\nC1 text \"café\"\n"},
		{"booleans and errors", func(w *biffWriter) {
			w.rec(recBoolErr, le16(0, 0, 0), []byte{1, 0})
			w.rec(recBoolErr, le16(0, 1, 0), []byte{7, 1})
		}, "A1 bool \"TRUE\"\nB1 error \"#DIV/0!\"\n"},
		{"formulas", func(w *biffWriter) {
			f := func(v ...byte) []byte { return append(append(v, make([]byte, 6-len(v))...), 0xff, 0xff) }
			w.rec(0x06, le16(0, 0, 0), le64(3), make([]byte, 8))
			w.rec(0x06, le16(0, 1, 0), f(0), make([]byte, 8))
			w.rec(0x4bc, make([]byte, 10))               // a shared formula stands between
			w.rec(recString, wstr("结", 2)[:5], []byte{}) // one of one character
			w.rec(0x06, le16(0, 2, 0), f(1, 0, 1), make([]byte, 8))
			w.rec(0x06, le16(0, 3, 0), f(2, 0, 0x2a), make([]byte, 8))
			w.rec(0x06, le16(0, 4, 0), f(3), make([]byte, 8))
		}, "A1 number \"3\" formula\nB1 text \"结\" formula\nC1 bool \"TRUE\" formula\nD1 error \"#N/A\" formula\n"},
		{"text of a formula over two records", func(w *biffWriter) {
			w.rec(0x06, le16(0, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))
			w.rec(recString, le16(4), []byte{0}, []byte("ab"))
			w.rec(recContinue, []byte{1, 0x32, 0x4e, 0x59, 0x4e})
		}, "A1 text \"ab串\" formula\n"},
		{"disorder, hidden rows, merged cells, a chart inside", func(w *biffWriter) {
			w.rec(recRow, le16(2, 0, 3, 0, 0, 0), le32(0x20))
			w.rec(recNumber, le16(2, 1, 0), le64(3))
			w.rec(recNumber, le16(0, 0, 0), le64(1))
			w.rec(0x809, le16(0x600, 0x20, 0, 0), make([]byte, 8))
			w.rec(recNumber, le16(0, 0, 0), le64(99))
			w.rec(recEOF)
			w.rec(recNumber, le16(2, 0, 0), le64(2))
			w.rec(recMerged, le16(1, 0, 1, 0, 2))
		}, "A1 number \"1\"\nA3 number \"2\" hidden\nB3 number \"3\" hidden\nmerged A1:C2\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := strings.Replace(tt.want, "ab串", "ab"+"\u4e32\u4e59", 1)
			for name, data := range map[string][]byte{"ole2": xlsOf([]string{"甲", "乙𠀀", ""}, tt.sheet), "bare": biffOf([]string{"甲", "乙𠀀", ""}, tt.sheet)} {
				b, err := Open(context.Background(), "x.xls", data, Limits{})
				if err != nil {
					t.Fatal(name, err)
				}
				g, err := b.Grid(0)
				if err != nil {
					t.Fatal(name, err)
				}
				if got := dump(g); got != want || b.Format != XLS || g.Name != "表一" {
					t.Errorf("%s: got\n%swant\n%s", name, got, want)
				}
			}
		})
	}
}

// TestSSTSplit cuts the table of shared strings at every byte: the text is the
// same wherever a Continue record begins.
func TestSSTSplit(t *testing.T) {
	rich := append(le16(3), 1|8|4)
	rich = append(rich, le16(1)...)
	rich = append(rich, le32(5)...)
	rich = append(rich, 0x32, 0x4e, 0x40, 0xd8, 0x00, 0xdc) // 串, 𠀀 as a pair
	rich = append(rich, make([]byte, 4+5)...)
	var body []byte
	body = append(body, wstr("甲", 2)...)
	at := len(body)
	body = append(body, rich...)
	body = append(body, append(le16(2), 0, 'a', 0xe9)...)
	for cut := 1; cut < len(body); cut++ {
		first := append(append(le32(3), le32(3)...), body[:cut]...)
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
		b := &biffBook{sst: [][]byte{first, rest}, lim: DefaultLimits()}
		if err := b.loadShared(); err != nil {
			t.Fatal(err)
		}
		if s := b.shared; s.len() != 3 || s.at(0) != "甲" || s.at(1) != "串𠀀" || s.at(2) != "aé" {
			t.Errorf("cut at %d: %d %q", cut, s.len(), s.blocks)
		}
	}
}

func TestXLSRefusals(t *testing.T) {
	one := func(w *biffWriter) { w.rec(recNumber, le16(0, 0, 0), le64(1)) }
	whole := biffOf([]string{"甲"}, one)
	pad := func(s []byte) []byte { return cfbtest.Pack(map[string][]byte{"Workbook": s}) }
	tests := []struct {
		name   string
		data   []byte
		reason string
	}{
		{"shared string out of range", xlsOf(nil, func(w *biffWriter) { w.rec(recLabelSST, le16(0, 0, 0), le32(7)) }), Damaged},
		{"short cell", xlsOf(nil, func(w *biffWriter) { w.rec(recNumber, le16(0, 0)) }), Damaged},
		{"password", pad(append(bytes.Clone(whole[:20]), append([]byte{0x2f, 0, 6, 0, 0, 0, 1, 2, 3, 4}, whole[20:]...)...)), Password},
		{"encrypted package", cfbtest.Pack(map[string][]byte{"EncryptionInfo": {4, 0, 4, 0}, "EncryptedPackage": {1}}), Password},
		{"endless key derivation", cfbtest.Pack(map[string][]byte{"EncryptionInfo": []byte("\x04\x00\x04\x00\x40\x00\x00\x00<keyEncryptor spinCount=\"4000000000\"/>"), "EncryptedPackage": {1}}), Password},
		{"word", cfbtest.Pack(map[string][]byte{"WordDocument": {1}}), NotASheet},
		{"other", cfbtest.Pack(map[string][]byte{"Contents": {1}}), NotASheet},
		{"cut off", xlsOf([]string{"甲"}, one)[:2000], Damaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := firstOf(tt.data)
			checkRefusal(t, err, tt.reason)
		})
	}
	for n := range len(whole) - 1 {
		if _, err := firstOf(whole[:n]); err == nil {
			t.Errorf("read although cut at %d of %d", n, len(whole))
		}
	}
}

// TestBIFF2 reads a bare BIFF2 sheet, whose cells carry their attributes themselves.
func TestBIFF2(t *testing.T) {
	var w biffWriter
	w.rec(0x009, le16(2, 0x10))
	w.rec(0x1e, []byte("\x07General"))
	w.rec(0x1e, []byte("\x08yyyy-m-d"))
	w.rec(0x03, le16(0, 0), []byte{0, 1, 0}, le64(44564))
	w.rec(0x02, le16(0, 1), []byte{0, 0, 0}, le16(7))
	w.rec(0x04, le16(1, 0), []byte{0, 0, 0, 2}, []byte("Hi"))
	w.rec(recEOF)
	g, err := firstOf(w.b)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := dump(g), "A1 date \"2022-01-03\"\nB1 number \"7\"\nA2 text \"Hi\"\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestComplete(t *testing.T) {
	zip := zipOf(xlsxParts(`<sheetData/>`)...)
	xls := xlsOf([]string{"甲"}, func(w *biffWriter) {
		for r := range 2000 {
			w.rec(recNumber, le16(r, 0, 0), le64(1))
		}
	})
	for name, data := range map[string][]byte{"zip": zip, "xls": xls} {
		if !Complete(data) {
			t.Errorf("%s: whole file called incomplete", name)
		}
		for _, n := range []int{0, 1, 4, 100, len(data) / 2, len(data) - 600} {
			if n < len(data) && n >= 0 && Complete(data[:n]) {
				t.Errorf("%s: first %d of %d bytes called complete", name, n, len(data))
			}
		}
		zeros := append(bytes.Clone(data[:len(data)/2]), make([]byte, len(data)-len(data)/2)...)
		if name == "zip" && Complete(zeros) {
			t.Errorf("%s: half filled with zeros called complete", name)
		}
	}
	// A container whose table of sectors speaks of more than there are, as
	// excelize writes it, is complete as long as everything in it can be read.
	if !Complete(must(excelize.Encrypt(zipOf(part{"x", string(md5Chain(make([]byte, 8<<10)))}), &excelize.Options{Password: "x"}))) {
		t.Error("encrypted package")
	}
	if !Complete([]byte("a,b\n")) || Complete([]byte("PK")) || Complete(nil) {
		t.Error("short files")
	}
}

// TestOLEFlipped: damage of a container never panics and never hangs.
func TestOLEFlipped(t *testing.T) {
	data := xlsOf([]string{"甲"}, func(w *biffWriter) { w.rec(recNumber, le16(0, 0, 0), le64(1)) })
	for i := range data {
		for _, x := range []byte{0x01, 0x80, 0xff} {
			bad := bytes.Clone(data)
			bad[i] ^= x
			if _, err := firstOf(bad); err != nil && strings.Contains(err.Error(), "panic:") {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
	}
}
