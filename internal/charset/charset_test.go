package charset

import (
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestDetect: each way that offices' programs write text is told by its bytes, and comes out as it was typed.
func TestDetect(t *testing.T) {
	in := func(e encoding.Encoding, s string) string {
		b, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const table = "街道,件数\n双马街道,12\n"
	for _, tt := range []struct{ data, name, text string }{
		{table, "utf-8", table},
		{"\xef\xbb\xbf" + table, "utf-8", table},
		{in(simplifiedchinese.GB18030, table), "gb18030", table},
		{in(simplifiedchinese.GB18030, "𠀀,路·\n"), "gb18030", "𠀀,路·\n"},
		{"\xff\xfe" + in(utf16LE, table), "utf-16le", table},
		{in(utf16LE, table), "utf-16le", table},
		{in(utf16BE, table), "utf-16be", table},
		{"\x00\x00\xfe\xff" + in(utf32BE, table), "utf-32be", table},
		{in(utf32LE, table), "utf-32le", table},
		{"Σ,±5\n", "utf-8", "Σ,±5\n"},
		{"\xce\xa3\xb5\xc0\n", "gb18030", "危道\n"},
	} {
		cs, ok := Detect([]byte(tt.data))
		text, bad, err := cs.Decode([]byte(tt.data))
		if !ok || cs.Name != tt.name || string(text) != tt.text || bad != 0 || err != nil {
			t.Errorf("%q: %v %q %q, line %d, %v; want %q %q", tt.data, ok, cs.Name, text, bad, err, tt.name, tt.text)
		}
	}
	for _, data := range []string{"a\x00b\x01\x02", "PK\x03\x04\x00\x00"} {
		if cs, ok := Detect([]byte(data)); ok {
			t.Errorf("%q is held to be text in %s", data, cs.Name)
		}
	}
	if cs, _ := Detect([]byte("好,\n坏\xff,1\n")); true {
		if _, bad, _ := cs.Decode([]byte("好,\n坏\xff,1\n")); bad == 0 {
			t.Errorf("a byte of no charset is read as %s", cs.Name)
		}
	}
}
