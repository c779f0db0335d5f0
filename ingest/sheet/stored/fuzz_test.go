package stored

import (
	"bytes"
	"math"
	"strconv"
	"testing"

	"taizhang/ingest/numfmt"
	"taizhang/ingest/sheet"
)

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1.50", "-0", "4.4999999999999998E-2", "007", "1e400", "."} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a Arena
		before := bytes.Clone(raw)
		num, text, ok := a.Number(raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("input changed")
		}
		if want, err := strconv.ParseFloat(string(raw), 64); ok && (err != nil || want != num) {
			t.Fatalf("%q: %v, want %v %v", raw, num, want, err)
		}
		if back, err := strconv.ParseFloat(text, 64); ok && (err != nil || back != num) {
			t.Fatalf("%q: text %q", raw, text)
		}
	})
}

func FuzzFormat(f *testing.F) {
	for _, s := range []string{`yyyy"年"`, "[h]:mm", `0"days`, "G/通用格式", `\`, "[", "am/p"} {
		f.Add(s, 44564.5)
	}
	f.Fuzz(func(t *testing.T, code string, v float64) {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return
		}
		var a Arena
		c := sheet.Cell{Text: "x"}
		st := numfmt.Of(code)
		for _, d1904 := range []bool{false, true} {
			a.SetNumber(&c, v, &st, d1904)
			if c.Kind != sheet.Number && c.Kind != sheet.Date && c.Kind != sheet.Time || c.Text == "" {
				t.Fatalf("%+v", c)
			}
		}
	})
}
