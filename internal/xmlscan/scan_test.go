package xmlscan

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/unicode"
)

var roomy = Limits{Piece: 1 << 20, Depth: 8, Alive: func() error { return nil }}

// told is what a scanner tells of a document, a word for each token.
func told(src io.Reader, lim Limits) (out string, err error) {
	x, err := New(src, lim)
	if err != nil {
		return "", err
	}
	defer x.Release()
	for {
		t, err := x.Next()
		switch {
		case err != nil || t == EOF:
			return strings.TrimSpace(out), err
		case t == Start:
			out += " <" + string(x.Name)
			for rest := x.Attrs; ; {
				var k, v []byte
				if k, v, rest = NextAttr(rest); k == nil {
					break
				}
				out += fmt.Sprintf(" %s=%s", k, v)
			}
		case t == End:
			out += " >" + string(x.Name)
		case t == CharData && x.CDATA:
			out += " [" + string(x.Text) + "]"
		default:
			text, err := Unescape(nil, x.Text)
			if err != nil {
				return out, err
			}
			out += " " + string(text)
		}
	}
}

// TestTokens: what parts of office files are made of, whatever the window holds of them at a time.
func TestTokens(t *testing.T) {
	utf16 := func(s string) string {
		b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for doc, want := range map[string]string{
		`<?xml version="1.0"?><a><b/>x&amp;y</a>`:                      "<a <b >b x&y >a",
		"\xef\xbb\xbf<x:a r:id='1' s = \"2&lt;\"><![CDATA[<&]]></x:a>": "<a id=1 s=2&lt; [<&] >a",
		`<a><!-- <b> --><c>&#x4e2d;&#25991;</c></a>`:                   "<a <c 中文 >c >a",
		`<a q=">"/>`: "<a q=> >a",
		utf16(`<?xml version="1.0" encoding="UTF-16"?><a>湘</a>`):             "<a 湘 >a",
		"<?xml version=\"1.0\" encoding=\"gb2312\"?><a>\xcf\xe6\xcc\xb6</a>": "<a 湘潭 >a",
	} {
		for _, src := range []io.Reader{strings.NewReader(doc), iotest.OneByteReader(strings.NewReader(doc))} {
			if got, err := told(src, roomy); err != nil || got != want {
				t.Errorf("%q: %q, %v; want %q", doc, got, err, want)
			}
		}
	}
}

// TestRefusals: what is no XML, or made to exhaust memory, ends with its reason.
func TestRefusals(t *testing.T) {
	for doc, want := range map[string]Reason{
		"":                                   Damaged,
		"text":                               Damaged,
		"<a>":                                Damaged,
		"<a></a></a>":                        Damaged,
		"<a <b></a>":                         Damaged,
		"<a>&lt</a>":                         Damaged,
		"<a>&#x110000;</a>":                  Damaged,
		"<a>&laugh;</a>":                     Bomb,
		`<!DOCTYPE a [<!ENTITY b "c">]><a/>`: Bomb,
		strings.Repeat("<a>", 9):             Bomb,
		"<a>" + strings.Repeat("x", 1<<17):   TooLarge,
	} {
		lim := roomy
		lim.Piece = 1 << 10
		_, err := told(strings.NewReader(doc), lim)
		var e *Error
		if !errors.As(err, &e) || e.Reason != want {
			t.Errorf("%.40q: %v, want %s", doc, err, want)
		}
	}
	late := errors.New("no time left")
	lim := roomy
	lim.Alive = func() error { return late }
	if _, err := told(strings.NewReader("<a/>"), lim); !errors.Is(err, late) {
		t.Errorf("out of time: %v", err)
	}
}

// FuzzScanner: no bytes make it panic or go on for ever, and it tells the same from windows cut anywhere.
func FuzzScanner(f *testing.F) {
	for _, s := range []string{`<a b="c"><d>e</d></a>`, "<a><![CDATA[x]]></a>", "\xff\xfe<\x00a\x00>\x00", `<!DOCTYPE a><a>&#65;</a>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, err := told(strings.NewReader(string(data)), roomy)
		piece, err2 := told(iotest.HalfReader(strings.NewReader(string(data))), roomy)
		if (err == nil) != (err2 == nil) || err == nil && whole != piece {
			t.Errorf("%q, %v; by pieces %q, %v", whole, err, piece, err2)
		}
	})
}
