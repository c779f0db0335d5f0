package stored

import (
	"bytes"
	"strconv"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/internal/xmlscan"
)

// BoxText joins the paragraphs of the shape whose body was just told.
// text is the element that holds what is said: a:t, text:p.
func BoxText(x *xmlscan.Scanner, dst []byte, text string) ([]byte, error) {
	inText := 0
	err := x.Within(func(t xmlscan.Token) (err error) {
		switch t {
		case xmlscan.Start:
			name := string(x.Name)
			if (name == "p" || name == "br" || name == "line-break") && len(dst) > 0 {
				dst = append(dst, '\n')
			}
			if inText == 0 && name == text {
				inText = x.Depth
			}
		case xmlscan.End:
			if x.Depth < inText {
				inText = 0
			}
		case xmlscan.CharData:
			if inText > 0 && len(dst) < sheet.CommentBytes {
				dst, err = AppendText(dst, x.Text, x.CDATA)
			}
		}
		return err
	})
	return dst, err
}

// AppendText appends the text of an ST_Xstring (ECMA-376 22.9.2.19): line ends
// as XML has them, entities, _xHHHH_ escapes, and then line ends once more, for
// those that were written as entities or escapes.
func AppendText(dst, src []byte, cdata bool) ([]byte, error) {
	at := len(dst)
	if bytes.IndexByte(src, '\r') >= 0 {
		src = LineEnds(bytes.Clone(src))
	}
	var err error
	if cdata || bytes.IndexByte(src, '&') < 0 {
		dst = append(dst, src...)
	} else if dst, err = xmlscan.Unescape(dst, src); err != nil {
		return dst, err
	}
	t := dst[at:]
	if bytes.IndexByte(t, '_') >= 0 && bytes.Contains(t, []byte("_x")) {
		t = unescapeX(t)
	}
	if bytes.IndexByte(t, '\r') >= 0 {
		t = LineEnds(t)
	}
	return dst[:at+len(t)], nil
}

// unescapeX resolves _xHHHH_ in place where it stands for a character that XML
// cannot hold, or for the underscore that protects such a sequence: these are
// what writers escape. Anything else of that look is somebody's text.
func unescapeX(t []byte) []byte {
	w := 0
	for p := 0; p < len(t); p++ {
		n, ok := hexEscape(t[p:])
		if ok && (n < ' ' || n == '_' || n >= 0xfffe) {
			w += utf8.EncodeRune(t[w:w+4], rune(n))
			p += 6
			continue
		}
		t[w] = t[p]
		w++
	}
	return t[:w]
}

func hexEscape(t []byte) (uint64, bool) {
	if len(t) < 7 || t[0] != '_' || t[1] != 'x' || t[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(View(t[2:6]), 16, 32)
	return n, err == nil
}

// LineEnds turns \r\n and \r into \n in place.
func LineEnds(t []byte) []byte {
	w := 0
	for p := 0; p < len(t); p++ {
		c := t[p]
		if c == '\r' {
			c = '\n'
			if p+1 < len(t) && t[p+1] == '\n' {
				p++
			}
		}
		t[w] = c
		w++
	}
	return t[:w]
}
