package xmlscan

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decode makes the scanner read UTF-8, whatever the part is written in: XML
// 1.0 appendix F (byte order mark, UTF-16 without one, then the declaration).
func (x *Scanner) decode() error {
	d := x.buf
	var enc encoding.Encoding
	switch {
	case bytes.HasPrefix(d, []byte("\xef\xbb\xbf")):
		x.p = 3
		return nil
	case bytes.HasPrefix(d, []byte("\xff\xfe")), bytes.HasPrefix(d, []byte("<\x00")):
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		if d[0] == '<' {
			enc = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
		}
	case bytes.HasPrefix(d, []byte("\xfe\xff")), bytes.HasPrefix(d, []byte("\x00<")):
		enc = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		name := DeclaredEncoding(d)
		switch name {
		case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be", "unicode":
			return nil // a declaration of UTF-16 that can be read in bytes is wrong (.NET writes it), and UTF-32 was decoded before
		}
		var err error
		if enc, err = htmlindex.Get(name); err != nil {
			return damaged("XML in encoding %q", name)
		}
	}
	src := io.Reader(bytes.NewReader(bytes.Clone(d)))
	if !x.eof {
		src = io.MultiReader(src, x.src)
	}
	x.src = transform.NewReader(src, enc.NewDecoder())
	x.buf, x.eof = x.buf[:0], false
	return x.Fill()
}

// DeclaredEncoding reads the encoding that an XML declaration names, in small letters; empty where there is none.
func DeclaredEncoding(d []byte) string {
	if !bytes.HasPrefix(d, []byte("<?xml")) {
		return ""
	}
	end := bytes.Index(d, []byte("?>"))
	if end < 0 {
		return ""
	}
	rest := d[5:end]
	for {
		var k, v []byte
		if k, v, rest = NextAttr(rest); k == nil {
			return ""
		}
		if string(k) == "encoding" {
			return strings.ToLower(string(v))
		}
	}
}
