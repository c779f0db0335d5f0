package sheet

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// charset is how a text file is written. A nil decoder means UTF-8.
type charset struct {
	name string
	skip int // bytes of the byte order mark
	enc  encoding.Encoding
}

var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)

// detectCharset follows one rule: byte order mark, then UTF-16 by its NULs,
// then strict UTF-8, then GB18030 (which holds GBK and GB2312). Characters that
// GB18030 doesn't have come out as U+FFFD, which the readers refuse. ok is false
// for what is no text.
func detectCharset(data []byte) (cs charset, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return charset{"utf-8", 3, nil}, textual(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return charset{"utf-16le", 2, utf16LE}, true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return charset{"utf-16be", 2, utf16BE}, true
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return detectUTF16(data)
	}
	if !textual(data) {
		return cs, false
	}
	if utf8.Valid(data) && !ratherGB(data) {
		return charset{"utf-8", 0, nil}, true
	}
	return charset{"gb18030", 0, simplifiedchinese.GB18030}, true
}

// detectUTF16 tells UTF-16 without a byte order mark: blanks, digits, commas
// and line ends have a zero byte, always on the same side.
func detectUTF16(data []byte) (charset, bool) {
	var zero [2]int
	head := data[:min(len(data), 64<<10)]
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	cs := charset{"utf-16le", 0, utf16LE}
	if zero[0] > zero[1] {
		zero[0], zero[1] = zero[1], zero[0]
		cs = charset{"utf-16be", 0, utf16BE}
	}
	if len(data)%2 != 0 || zero[0]*20 > zero[1] || zero[1]*50 < len(head) {
		return charset{}, false
	}
	out, err := cs.enc.NewDecoder().Bytes(head[:len(head)/2*2])
	return cs, err == nil && textual(out) && bytes.IndexByte(out, 0) < 0
}

// textual reports that the beginning holds no more control characters that text
// has no use for than get into a cell by accident.
func textual(data []byte) bool {
	data = data[:min(len(data), 64<<10)]
	odd := 0
	for _, c := range data {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1a && c != 0x1b && c != '\v' {
			if c == 0 {
				return false
			}
			odd++
		}
	}
	return odd <= 1+len(data)/500 && odd*20 <= len(data)
}

// ratherGB settles files of a few words that are valid both as UTF-8 and as
// GB2312: 930 common characters are, read as UTF-8, Latin, Greek or Arabic
// letters. Words of such letters next to ASCII letters stay UTF-8.
func ratherGB(data []byte) bool {
	high := 0
	for i := 0; i < len(data); i++ {
		c := data[i]
		if c < 0x80 {
			continue
		}
		if high++; high > 40 {
			return false
		}
		// One pair of GB2312's first level, 啊 to 座.
		if i+1 >= len(data) || c < 0xb0 || c > 0xd7 || data[i+1] < 0xa1 {
			return false
		}
		if i > 0 && letter(data[i-1]) || i+2 < len(data) && letter(data[i+2]) {
			return false
		}
		i++
	}
	return high > 0
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// decodeAll gives the whole text as UTF-8. Line bad is where a character could
// not be read, 0 where all could.
func (cs charset) decodeAll(data []byte) (text []byte, bad int, err error) {
	data = data[min(cs.skip, len(data)):]
	if cs.enc == nil {
		return data, badLine(data, true), nil
	}
	text, err = cs.enc.NewDecoder().Bytes(data)
	return text, badLine(text, false), err
}

// badLine is the first line with a character that could not be read.
func badLine(text []byte, strict bool) int {
	if strict && !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	} else if strict {
		return 0 // a U+FFFD in valid UTF-8 was put there by somebody else
	}
	i := bytes.Index(text, []byte("\uFFFD"))
	if i < 0 {
		return 0
	}
	return 1 + bytes.Count(text[:i], []byte("\n"))
}
