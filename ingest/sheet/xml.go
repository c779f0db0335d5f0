package sheet

import (
	"bytes"
	"io"
	"strconv"
	"sync"
	"unicode/utf8"
)

// xmlScan is a pull scanner over a window of an XML part. Names are compared
// without their prefix: the formats read here never use one local name in two
// meanings at one place. It knows no entities but XML's own five, and refuses
// documents that define any.
type xmlScan struct {
	src io.Reader
	buf []byte // the window; buf[p:] is still to be read
	p   int
	eof bool
	max int // the window never grows beyond
	lim Limits

	depth   int
	opened  bool // an element has been seen
	pending bool // an empty element's end is still to be told
	dtd     bool // a DOCTYPE without definitions is let pass

	name  []byte // of the current element, valid until the next token
	attrs []byte
	text  []byte // of the current text, raw
	cdata bool
}

type token uint8

const (
	tokEOF token = iota
	tokStart
	tokEnd
	tokText
)

const windowSize = 64 << 10

var windows = sync.Pool{New: func() any { b := make([]byte, 0, windowSize); return &b }}

// newScan starts on a part; release gives its window back.
func newScan(src io.Reader, lim Limits) (*xmlScan, error) {
	x := &xmlScan{src: src, buf: (*windows.Get().(*[]byte))[:0], lim: lim}
	x.max = 2*lim.CellBytes + 64<<20
	for len(x.buf) < 4 && !x.eof {
		if err := x.fill(); err != nil {
			return nil, err
		}
	}
	return x, x.decode()
}

func (x *xmlScan) release() {
	if cap(x.buf) <= 1<<20 {
		b := x.buf[:0]
		windows.Put(&b)
	}
	x.buf = nil
}

// fill makes room by dropping what is read, and reads on.
func (x *xmlScan) fill() error {
	if x.eof {
		return damaged("XML ends in the middle")
	}
	if err := x.lim.expired(); err != nil {
		return err
	}
	if x.p > 0 {
		n := copy(x.buf, x.buf[x.p:])
		x.buf, x.p = x.buf[:n], 0
	}
	if len(x.buf) == cap(x.buf) {
		if cap(x.buf) >= x.max {
			return refuse(TooLarge, "XML piece of more than %d bytes", x.max)
		}
		grown := make([]byte, len(x.buf), 2*cap(x.buf))
		copy(grown, x.buf)
		x.buf = grown
	}
	for len(x.buf) < cap(x.buf) {
		n, err := x.src.Read(x.buf[len(x.buf):cap(x.buf)])
		x.buf = x.buf[:len(x.buf)+n]
		if err == io.EOF {
			x.eof = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// nextStart goes on to the next element that begins; false at the end of the document.
func (x *xmlScan) nextStart() (bool, error) {
	for {
		t, err := x.next()
		if err != nil || t == tokEOF {
			return false, err
		}
		if t == tokStart {
			return true, nil
		}
	}
}

// next returns the next token.
func (x *xmlScan) next() (token, error) {
	if x.pending {
		x.pending = false
		x.depth--
		return tokEnd, nil
	}
	for {
		if x.p == len(x.buf) {
			if x.eof {
				if x.depth != 0 || !x.opened {
					return tokEOF, damaged("XML ends in the middle")
				}
				return tokEOF, nil
			}
			if err := x.fill(); err != nil {
				return tokEOF, err
			}
			continue
		}
		if x.buf[x.p] != '<' {
			i := bytes.IndexByte(x.buf[x.p:], '<')
			if i < 0 {
				if !x.eof {
					if err := x.fill(); err != nil {
						return tokEOF, err
					}
					continue
				}
				i = len(x.buf) - x.p
			}
			x.text, x.cdata = x.buf[x.p:x.p+i], false
			x.p += i
			if x.depth == 0 && len(bytes.TrimSpace(x.text)) > 0 && !bytes.Equal(x.text, []byte("\xef\xbb\xbf")) {
				return tokEOF, damaged("text outside the XML document")
			}
			return tokText, nil
		}
		t, ok, err := x.markup()
		if err != nil {
			return tokEOF, err
		}
		if ok {
			return t, nil
		}
	}
}

// until finds end in the window from x.p+from on, reading on as needed.
func (x *xmlScan) until(from int, end string) (int, error) {
	for {
		if from < len(x.buf)-x.p {
			if i := bytes.Index(x.buf[x.p+from:], []byte(end)); i >= 0 {
				return from + i, nil
			}
		}
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

// markup reads what begins with '<'. ok is false for comments and the like.
func (x *xmlScan) markup() (t token, ok bool, err error) {
	for len(x.buf)-x.p < 9 && !x.eof {
		if err := x.fill(); err != nil {
			return 0, false, err
		}
	}
	d := x.buf[x.p:]
	if len(d) < 3 {
		return 0, false, damaged("XML ends in the middle")
	}
	switch d[1] {
	case '?':
		return 0, false, x.pass(2, "?>")
	case '!':
		switch {
		case bytes.HasPrefix(d, []byte("<!--")):
			return 0, false, x.pass(4, "-->")
		case bytes.HasPrefix(d, []byte("<![CDATA[")):
			i, err := x.until(9, "]]>")
			if err != nil {
				return 0, false, err
			}
			x.text, x.cdata = x.buf[x.p+9:x.p+i], true
			x.p += i + 3
			return tokText, true, nil
		}
		return 0, false, x.docType()
	case '/':
		return tokEnd, true, x.endTag()
	}
	return tokStart, true, x.startTag()
}

// pass passes over what ends with end, which is looked for from x.p+from on.
func (x *xmlScan) pass(from int, end string) error {
	i, err := x.until(from, end)
	x.p += i + len(end)
	return err
}

// docType passes over a document type that defines nothing, where there may be one.
func (x *xmlScan) docType() error {
	i, err := x.until(2, ">")
	if err != nil {
		return err
	}
	if !x.dtd || x.opened || bytes.IndexByte(x.buf[x.p:x.p+i], '[') >= 0 {
		return refuse(Bomb, "document type definition")
	}
	x.p += i + 1
	return nil
}

func (x *xmlScan) endTag() error {
	i, err := x.until(2, ">")
	if err != nil {
		return err
	}
	x.name = local(bytes.TrimRight(x.buf[x.p+2:x.p+i], " \t\r\n"))
	x.p += i + 1
	if x.depth--; x.depth < 0 {
		return damaged("XML end tag without a start")
	}
	return nil
}

func (x *xmlScan) startTag() error {
	end, err := x.tagEnd()
	if err != nil {
		return err
	}
	tag := x.buf[x.p+1 : x.p+end]
	x.p += end + 1
	x.opened = true
	if x.depth++; x.depth > x.lim.Depth {
		return refuse(Bomb, "XML nested more than %d deep", x.lim.Depth)
	}
	if n := len(tag); n > 0 && tag[n-1] == '/' {
		x.pending = true
		tag = tag[:n-1]
	}
	n := 0
	for n < len(tag) && tag[n] > ' ' {
		n++
	}
	if n == 0 {
		return damaged("XML tag without a name")
	}
	x.name, x.attrs = local(tag[:n]), tag[n:]
	return nil
}

// tagEnd finds the '>' of the start tag at x.p, outside quotes.
func (x *xmlScan) tagEnd() (int, error) {
	i := 1
	for {
		d := x.buf[x.p:]
		for i < len(d) {
			switch d[i] {
			case '>':
				return i, nil
			case '<':
				return 0, damaged("XML tag inside a tag")
			case '"', '\'':
				j := bytes.IndexByte(d[i+1:], d[i])
				if j < 0 {
					goto more // the quote is found again after reading on
				}
				i += j + 1
			}
			i++
		}
	more:
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

// skip reads to the end of the element whose start was just told.
func (x *xmlScan) skip() error {
	depth := x.depth - 1
	for x.depth > depth {
		t, err := x.next()
		if err != nil {
			return err
		}
		if t == tokEOF {
			return damaged("XML ends in the middle")
		}
	}
	return nil
}

// attr returns the raw value of an attribute of the current element.
func (x *xmlScan) attr(name string) ([]byte, bool) {
	rest := x.attrs
	for {
		var k, v []byte
		if k, v, rest = nextAttr(rest); k == nil {
			return nil, false
		}
		if string(k) == name {
			return v, true
		}
	}
}

// attrString is attr with its entities resolved, as a string of its own.
func (x *xmlScan) attrString(name string) string {
	v, _ := x.attr(name)
	if bytes.IndexByte(v, '&') < 0 {
		return string(v)
	}
	b, err := unescape(nil, v)
	if err != nil {
		return string(v)
	}
	return string(b)
}

// attrInt reads a whole number, def where there is none.
func (x *xmlScan) attrInt(name string, def int) int {
	v, ok := x.attr(name)
	if !ok {
		return def
	}
	n, err := strconv.Atoi(view(bytes.TrimSpace(v)))
	if err != nil {
		return def
	}
	return n
}

// attrBool reads xsd:boolean.
func (x *xmlScan) attrBool(name string) bool {
	v, _ := x.attr(name)
	return string(v) == "1" || string(v) == "true"
}

// nextAttr splits off the first attribute; key is nil at the end.
func nextAttr(b []byte) (key, val, rest []byte) {
	i := 0
	for i < len(b) && b[i] <= ' ' {
		i++
	}
	b = b[i:]
	eq := bytes.IndexByte(b, '=')
	if eq <= 0 {
		return nil, nil, nil
	}
	q := eq + 1
	for q < len(b) && b[q] <= ' ' {
		q++
	}
	if q >= len(b) || b[q] != '"' && b[q] != '\'' {
		return nil, nil, nil
	}
	end := bytes.IndexByte(b[q+1:], b[q])
	if end < 0 {
		return nil, nil, nil
	}
	return local(bytes.TrimRight(b[:eq], " \t\r\n")), b[q+1 : q+1+end], b[q+end+2:]
}

// local drops a name's prefix.
func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// unescape appends src with entities resolved.
func unescape(dst, src []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(src, '&')
		if i < 0 {
			return append(dst, src...), nil
		}
		dst = append(dst, src[:i]...)
		src = src[i+1:]
		e := bytes.IndexByte(src, ';')
		if e < 1 || e > 12 {
			return dst, damaged("XML entity without an end")
		}
		switch ent := src[:e]; string(ent) {
		case "amp":
			dst = append(dst, '&')
		case "lt":
			dst = append(dst, '<')
		case "gt":
			dst = append(dst, '>')
		case "quot":
			dst = append(dst, '"')
		case "apos":
			dst = append(dst, '\'')
		default:
			if ent[0] != '#' || e < 2 {
				return dst, refuse(Bomb, "XML entity %q", ent)
			}
			num, base := ent[1:], 10
			if num[0] == 'x' || num[0] == 'X' {
				num, base = num[1:], 16
			}
			n, err := strconv.ParseUint(view(num), base, 32)
			if err != nil || n > utf8.MaxRune {
				return dst, damaged("XML character %q", ent)
			}
			dst = utf8.AppendRune(dst, rune(n))
		}
		src = src[e+1:]
	}
}
