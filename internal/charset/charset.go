// Package charset tells how the text of a file is encoded, and decodes it.
//
// Words: a charset is how characters are written as bytes (GB 18030-2022, the
// Unicode encodings); a byte order mark is what a file in one of the latter may
// begin with.
package charset

import (
	"bytes"
	stdunicode "unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Charset is how a text file is written.
type Charset struct {
	Name string            // in lower case, as `peek` prints it
	Mark int               // bytes of the byte order mark
	Enc  encoding.Encoding // nil: UTF-8
}

var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	utf32LE = utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)
	utf32BE = utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)
)

// Detect follows one rule: byte order mark, then UTF-32 and UTF-16 by
// their NULs, then strict UTF-8, then GB18030 (which holds GBK and GB2312). Characters that
// GB18030 doesn't have come out as U+FFFD, which the readers refuse. ok is false
// for what is no text.
func Detect(data []byte) (cs Charset, ok bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return Charset{"utf-8", 3, nil}, textual(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe\x00\x00")): // before UTF-16, whose mark it begins with
		return Charset{"utf-32le", 4, utf32LE}, true
	case bytes.HasPrefix(data, []byte("\x00\x00\xfe\xff")):
		return Charset{"utf-32be", 4, utf32BE}, true
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return Charset{"utf-16le", 2, utf16LE}, true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return Charset{"utf-16be", 2, utf16BE}, true
	}
	if bytes.IndexByte(data, 0) >= 0 {
		if cs, ok := detectUTF32(data); ok {
			return cs, true
		}
		return detectUTF16(data)
	}
	if !textual(data) {
		return cs, false
	}
	if utf8.Valid(data) && !ratherGB(data) {
		return Charset{"utf-8", 0, nil}, true
	}
	return Charset{"gb18030", 0, simplifiedchinese.GB18030}, true
}

// detectUTF32 tells UTF-32 without a byte order mark: every character has a
// zero byte at one end, and beside it the number of its plane, which is 0 to 3
// for all that is assigned.
func detectUTF32(data []byte) (Charset, bool) {
	if len(data)%4 != 0 {
		return Charset{}, false
	}
	le, be := true, true
	head := data[:min(len(data), 64<<10)]
	for i := 0; i < len(head); i += 4 {
		le = le && head[i+3] == 0 && head[i+2] <= 3
		be = be && head[i] == 0 && head[i+1] <= 3
	}
	cs := Charset{"utf-32le", 0, utf32LE}
	if be {
		cs = Charset{"utf-32be", 0, utf32BE}
	}
	return cs, le != be && written(cs, head)
}

// written says whether the bytes are text in a charset: nothing undecodable, and
// nearly all of it letters, digits and marks that offices here use.
func written(cs Charset, head []byte) bool {
	out, err := cs.Enc.NewDecoder().Bytes(head)
	out = bytes.TrimSuffix(out, []byte("\uFFFD")) // a pair cut by the end of the sample
	if err != nil || !textual(out) || bytes.IndexByte(out, 0) >= 0 || bytes.Contains(out, []byte("\uFFFD")) {
		return false
	}
	usual, n := 0, 0
	for _, r := range string(out) {
		n++
		if r < 0x250 || stdunicode.In(r, stdunicode.Han) || r >= 0x2000 && r < 0x2700 || r >= 0x3000 && r < 0x3400 || r >= 0xff00 && r < 0xfff0 {
			usual++
		}
	}
	return n > 0 && usual*10 >= n*9
}

// detectUTF16 tells UTF-16 without a byte order mark: blanks, digits, commas
// and line ends have a zero byte, always on the same side.
func detectUTF16(data []byte) (Charset, bool) {
	var zero [2]int
	head := data[:min(len(data), 64<<10)]
	for i, c := range head {
		if c == 0 {
			zero[i&1]++
		}
	}
	cs := Charset{"utf-16le", 0, utf16LE}
	if zero[0] > zero[1] {
		zero[0], zero[1] = zero[1], zero[0]
		cs = Charset{"utf-16be", 0, utf16BE}
	}
	if len(data)%2 != 0 || zero[0]*20 > zero[1] {
		return Charset{}, false
	}
	return cs, written(cs, head)
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
// letters. Words of such letters next to ASCII letters stay UTF-8, and so does a
// file whose only such letters are Greek ones or signs (Σ, Ω, ±, ²) that stand
// alone or among many ASCII letters: 危, 为, 卤, 虏 by themselves are no Chinese
// table. One exception: · alone is as likely 路.
func ratherGB(data []byte) bool {
	high, runs, foreign, ascii := 0, 0, 0, 0
	for i := 0; i < len(data); i++ {
		c := data[i]
		if c < 0x80 {
			if letter(c) {
				ascii++
			}
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
		if i == 0 || data[i-1] < 0x80 {
			runs++
		}
		greek := c == 0xce || c == 0xcf
		sign := c == 0xc2 && bytes.IndexByte([]byte("\xb0\xb1\xb2\xb3\xb5"), data[i+1]) >= 0 // °±²³µ
		if !greek && !sign {
			foreign++
		}
		i++
	}
	symbols := foreign == 0 && (runs == high || ascii >= 4*high)
	return high > 0 && !symbols
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// Decode gives the whole text as UTF-8. Line bad is where a character could
// not be read, 0 where all could.
func (cs Charset) Decode(data []byte) (text []byte, bad int, err error) {
	data = data[min(cs.Mark, len(data)):]
	if cs.Enc == nil {
		return data, badLine(data, true), nil
	}
	text, err = cs.Enc.NewDecoder().Bytes(data)
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
