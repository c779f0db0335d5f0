package xmlscan

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"sync"
	"unicode/utf8"
)

// Scanner is a pull scanner over a window of a part.
type Scanner struct {
	src io.Reader
	buf []byte // the window; buf[p:] is still to be read
	p   int
	eof bool
	lim Limits

	Depth   int  // of the elements that are open, the one just begun included
	DocType bool // a DOCTYPE without definitions is let pass
	opened  bool // an element has been seen
	pending bool // an empty element's end is still to be told

	Name  []byte // of the current element, without its prefix, valid until the next token
	Attrs []byte // of the element just begun, raw: for NextAttr
	Text  []byte // of the current text, raw
	CDATA bool   // of the current text: nothing in it is an entity
}

// Limits of a scanner.
type Limits struct {
	Piece int          // bytes that one tag or text may take
	Depth int          // elements within one another
	Alive func() error // asked before reading on, such as whether there is time left; its error ends the scan
}

// Reason says what kind of fault stops a scanner.
type Reason string

const (
	Damaged  Reason = "damaged"   // no XML, or cut
	Bomb     Reason = "bomb"      // made to exhaust memory: definitions of entities, depth
	TooLarge Reason = "too large" // beyond what the caller takes
)

// Error says why a part can't be read.
type Error struct {
	Reason Reason
	Err    error
}

func (e *Error) Error() string { return e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

func fail(reason Reason, format string, args ...any) *Error {
	return &Error{reason, fmt.Errorf(format, args...)}
}

func damaged(format string, args ...any) *Error { return fail(Damaged, format, args...) }

// Token is what Next has come upon.
type Token uint8

const (
	EOF Token = iota
	Start
	End
	CharData
)

const windowSize = 64 << 10

var windows = sync.Pool{New: func() any { b := make([]byte, 0, windowSize); return &b }}

// New starts on a part; Release gives its window back.
func New(src io.Reader, lim Limits) (*Scanner, error) {
	x := &Scanner{src: src, buf: (*windows.Get().(*[]byte))[:0], lim: lim}
	for len(x.buf) < 4 && !x.eof {
		if err := x.Fill(); err != nil {
			return nil, err
		}
	}
	return x, x.decode()
}

// Release gives the window back; nothing that the scanner told may be looked at any more.
func (x *Scanner) Release() {
	if cap(x.buf) <= 1<<20 {
		b := x.buf[:0]
		windows.Put(&b)
	}
	x.buf = nil
}

// Fill makes room by dropping what is read, and reads on.
func (x *Scanner) Fill() error {
	if x.eof {
		return damaged("XML ends in the middle")
	}
	if err := x.lim.Alive(); err != nil {
		return err
	}
	if x.p > 0 {
		n := copy(x.buf, x.buf[x.p:])
		x.buf, x.p = x.buf[:n], 0
	}
	if len(x.buf) == cap(x.buf) {
		if cap(x.buf) >= x.lim.Piece {
			return fail(TooLarge, "XML piece of more than %d bytes", x.lim.Piece)
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

// Window is what of the part lies ahead in memory, for readers that know what to expect: Fill makes it longer, Advance passes over
// some of it.
func (x *Scanner) Window() []byte { return x.buf[x.p:] }

// Last says whether the window reaches to the end of the part.
func (x *Scanner) Last() bool { return x.eof }

// Empty says whether the element just begun ends with its tag: End is told next.
func (x *Scanner) Empty() bool { return x.pending }

// Advance passes over n bytes of the window: whole tokens, whose elements have ended.
func (x *Scanner) Advance(n int) { x.p += n }

// NextStart goes on to the next element that begins; false at the end of the document.
func (x *Scanner) NextStart() (bool, error) {
	for {
		t, err := x.Next()
		if err != nil || t == EOF {
			return false, err
		}
		if t == Start {
			return true, nil
		}
	}
}

// Next returns the Next token.
func (x *Scanner) Next() (Token, error) {
	if x.pending {
		x.pending = false
		x.Depth--
		return End, nil
	}
	for {
		if x.p == len(x.buf) {
			if x.eof {
				if x.Depth != 0 || !x.opened {
					return EOF, damaged("XML ends in the middle")
				}
				return EOF, nil
			}
			if err := x.Fill(); err != nil {
				return EOF, err
			}
			continue
		}
		if x.buf[x.p] != '<' {
			i := bytes.IndexByte(x.buf[x.p:], '<')
			if i < 0 {
				if !x.eof {
					if err := x.Fill(); err != nil {
						return EOF, err
					}
					continue
				}
				i = len(x.buf) - x.p
			}
			x.Text, x.CDATA = x.buf[x.p:x.p+i], false
			x.p += i
			if x.Depth == 0 && len(bytes.TrimSpace(x.Text)) > 0 && !bytes.Equal(x.Text, []byte("\xef\xbb\xbf")) {
				return EOF, damaged("text outside the XML document")
			}
			return CharData, nil
		}
		t, ok, err := x.markup()
		if err != nil {
			return EOF, err
		}
		if ok {
			return t, nil
		}
	}
}

// until finds end in the window from x.p+from on, reading on as needed.
func (x *Scanner) until(from int, end string) (int, error) {
	for {
		if from < len(x.buf)-x.p {
			if i := bytes.Index(x.buf[x.p+from:], []byte(end)); i >= 0 {
				return from + i, nil
			}
		}
		if err := x.Fill(); err != nil {
			return 0, err
		}
	}
}

// markup reads what begins with '<'. ok is false for comments and the like.
func (x *Scanner) markup() (t Token, ok bool, err error) {
	for len(x.buf)-x.p < 9 && !x.eof {
		if err := x.Fill(); err != nil {
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
			x.Text, x.CDATA = x.buf[x.p+9:x.p+i], true
			x.p += i + 3
			return CharData, true, nil
		}
		return 0, false, x.docType()
	case '/':
		return End, true, x.endTag()
	}
	return Start, true, x.startTag()
}

// pass passes over what ends with end, which is looked for from x.p+from on.
func (x *Scanner) pass(from int, end string) error {
	i, err := x.until(from, end)
	x.p += i + len(end)
	return err
}

// docType passes over a document type that defines nothing, where there may be one.
func (x *Scanner) docType() error {
	i, err := x.until(2, ">")
	if err != nil {
		return err
	}
	if !x.DocType || x.opened || bytes.IndexByte(x.buf[x.p:x.p+i], '[') >= 0 {
		return fail(Bomb, "document type definition")
	}
	x.p += i + 1
	return nil
}

func (x *Scanner) endTag() error {
	i, err := x.until(2, ">")
	if err != nil {
		return err
	}
	x.Name = Local(bytes.TrimRight(x.buf[x.p+2:x.p+i], " \t\r\n"))
	x.p += i + 1
	if x.Depth--; x.Depth < 0 {
		return damaged("XML end tag without a start")
	}
	return nil
}

func (x *Scanner) startTag() error {
	end, err := x.tagEnd()
	if err != nil {
		return err
	}
	tag := x.buf[x.p+1 : x.p+end]
	x.p += end + 1
	x.opened = true
	if x.Depth++; x.Depth > x.lim.Depth {
		return fail(Bomb, "XML nested more than %d deep", x.lim.Depth)
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
	x.Name, x.Attrs = Local(tag[:n]), tag[n:]
	return nil
}

// tagEnd finds the '>' of the start tag at x.p, outside quotes.
func (x *Scanner) tagEnd() (int, error) {
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
		if err := x.Fill(); err != nil {
			return 0, err
		}
	}
}

// Skip reads to the end of the element whose start was just told.
func (x *Scanner) Skip() error { return x.Within(func(Token) error { return nil }) }

// Within calls do with each token of the element whose start was just told, the end of that element the last. No EOF is among
// them: a document that ends there is damaged.
func (x *Scanner) Within(do func(Token) error) error {
	for base := x.Depth; x.Depth >= base; {
		t, err := x.Next()
		if err == nil {
			err = do(t)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Elements calls do at each start within the element whose start was just told; what do passes over isn't told.
func (x *Scanner) Elements(do func() error) error {
	return x.Within(func(t Token) error {
		if t != Start {
			return nil
		}
		return do()
	})
}

// Attr returns the raw value of an attribute of the current element.
func (x *Scanner) Attr(name string) ([]byte, bool) {
	rest := x.Attrs
	for {
		var k, v []byte
		if k, v, rest = NextAttr(rest); k == nil {
			return nil, false
		}
		if string(k) == name {
			return v, true
		}
	}
}

// AttrString is attr with its entities resolved, as a string of its own.
func (x *Scanner) AttrString(name string) string {
	v, _ := x.Attr(name)
	if bytes.IndexByte(v, '&') < 0 {
		return string(v)
	}
	b, err := Unescape(nil, v)
	if err != nil {
		return string(v)
	}
	return string(b)
}

// AttrInt reads a whole number, def where there is none.
func (x *Scanner) AttrInt(name string, def int) int {
	v, ok := x.Attr(name)
	if !ok {
		return def
	}
	n, err := strconv.Atoi(string(bytes.TrimSpace(v)))
	if err != nil {
		return def
	}
	return n
}

// AttrBool reads xsd:boolean.
func (x *Scanner) AttrBool(name string) bool {
	v, _ := x.Attr(name)
	return string(v) == "1" || string(v) == "true"
}

// NextAttr splits off the first attribute; key is nil at the end.
func NextAttr(b []byte) (key, val, rest []byte) {
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
	return Local(bytes.TrimRight(b[:eq], " \t\r\n")), b[q+1 : q+1+end], b[q+end+2:]
}

// Local drops a name's prefix.
func Local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// Unescape appends src with entities resolved.
func Unescape(dst, src []byte) ([]byte, error) {
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
				return dst, fail(Bomb, "XML entity %q", ent)
			}
			num, base := ent[1:], 10
			if num[0] == 'x' || num[0] == 'X' {
				num, base = num[1:], 16
			}
			n, err := strconv.ParseUint(string(num), base, 32)
			if err != nil || n > utf8.MaxRune {
				return dst, damaged("XML character %q", ent)
			}
			dst = utf8.AppendRune(dst, rune(n))
		}
		src = src[e+1:]
	}
}
