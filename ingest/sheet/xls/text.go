package xls

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/charset"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// codePages are the encodings of a CodePage record ([MS-XLS] 2.4.52) beside 1252.
var codePages = map[uint16]encoding.Encoding{
	936: simplifiedchinese.GB18030, 54936: simplifiedchinese.GB18030, 10008: simplifiedchinese.GB18030,
	950: traditionalchinese.Big5, 10002: traditionalchinese.Big5,
	932: japanese.ShiftJIS, 10001: japanese.ShiftJIS,
	949: korean.EUCKR, 10003: korean.EUCKR,
	874: charmap.Windows874, 1250: charmap.Windows1250, 1251: charmap.Windows1251, 1253: charmap.Windows1253, 1254: charmap.Windows1254,
	1255: charmap.Windows1255, 1256: charmap.Windows1256, 1257: charmap.Windows1257, 1258: charmap.Windows1258,
	10000: charmap.Macintosh, 0x8000: charmap.Macintosh, 10007: charmap.MacintoshCyrillic, 10029: macCentralEurope,
	437: charmap.CodePage437, 850: charmap.CodePage850, 852: charmap.CodePage852, 855: charmap.CodePage855, 862: charmap.CodePage862, 866: charmap.CodePage866,
}

// codePage gives the encoding of a CodePage record; Western European where it is none that is known.
func codePage(cp uint16) encoding.Encoding {
	if enc := codePages[cp]; enc != nil {
		return enc
	}
	return charmap.Windows1252
}

// text8 reads n bytes of text in the book's code page.
func (b *biffBook) text8(d []byte, n int) string {
	d = d[:min(n, len(d))]
	if len(d) == 0 {
		return ""
	}
	if t, err := b.dec.Bytes(d); err == nil {
		d = t
	}
	return string(stored.LineEnds(bytes.ToValidUTF8(bytes.Clone(d), []byte("\uFFFD"))))
}

// unicodeString reads an XLUnicodeString (2.5.294) with a length of size bytes.
func unicodeString(d []byte, size int) string {
	if len(d) < size+1 {
		return ""
	}
	n := int(d[0])
	if size == 2 {
		n = int(u16(d))
	}
	t := textRun{}
	d = d[size:]
	t.add(skipRich(d), n, d[0]&1 != 0)
	return string(stored.LineEnds(t.end()))
}

// skipRich passes over the flags of a string and the counts they announce.
func skipRich(d []byte) []byte {
	at := 1
	if d[0]&8 != 0 {
		at += 2
	}
	if d[0]&4 != 0 {
		at += 4
	}
	return d[min(at, len(d)):]
}

// continued reads an XLUnicodeString that may go on in Continue records from p on.
func (b *biffBook) continued(d []byte, p int) (string, int) {
	if len(d) < 3 {
		return "", p
	}
	n := int(u16(d))
	t := textRun{}
	left := n - t.add(skipRich(d[2:]), n, d[2]&1 != 0)
	for left > 0 {
		r, err := b.rec(p)
		if err != nil || r.id != recContinue {
			break
		}
		p = r.next
		if len(r.data) > 1 {
			left -= t.add(r.data[1:], left, r.data[0]&1 != 0)
		}
	}
	return string(stored.LineEnds(t.end())), p
}

// textRun turns pieces of 8- and 16-bit characters into UTF-8. A surrogate pair
// may be cut in two by the end of a record.
type textRun struct {
	b    []byte
	high rune
}

// add appends at most n characters of d and returns how many it took.
func (t *textRun) add(d []byte, n int, wide bool) int {
	if !wide {
		n = min(n, len(d))
		for _, c := range d[:n] {
			if c < 0x80 {
				t.b = append(t.b, c)
			} else {
				t.b = append(t.b, 0xc0|c>>6, 0x80|c&0x3f)
			}
		}
		return n
	}
	n = min(n, len(d)/2)
	for i := 0; i < n; i++ {
		c := rune(d[2*i]) | rune(d[2*i+1])<<8
		switch {
		case c < 0x80 && t.high == 0:
			t.b = append(t.b, byte(c))
		case c >= 0x800 && c < 0xd800 && t.high == 0:
			t.b = append(t.b, 0xe0|byte(c>>12), 0x80|byte(c>>6)&0x3f, 0x80|byte(c)&0x3f)
		default:
			t.slow(c)
		}
	}
	return n
}

func (t *textRun) slow(c rune) {
	if t.high != 0 {
		if r := utf16.DecodeRune(t.high, c); r != utf8.RuneError {
			t.b, t.high = utf8.AppendRune(t.b, r), 0
			return
		}
		t.b, t.high = utf8.AppendRune(t.b, utf8.RuneError), 0
	}
	if c >= 0xd800 && c < 0xdc00 {
		t.high = c
		return
	}
	t.b = utf8.AppendRune(t.b, c)
}

// end closes a half pair.
func (t *textRun) end() []byte {
	if t.high != 0 {
		t.b, t.high = utf8.AppendRune(t.b, utf8.RuneError), 0
	}
	return t.b
}

// loadShared reads the SST (2.4.265), once. Its strings run on over Continue
// records, which repeat the flag byte only inside the characters of a string.
func (b *biffBook) loadShared() error {
	if b.sst == nil || b.shared != nil {
		return nil
	}
	g := &sstRun{b: b, seg: b.sst}
	head := g.take(8)
	if len(head) < 8 {
		return sheet.Damage("biff: short SST")
	}
	count := int(u32(head[4:]))
	if count > b.lim.SharedStrings {
		return sheet.Refuse(sheet.TooLarge, "more than %d shared strings", b.lim.SharedStrings)
	}
	size := 0
	for _, s := range b.sst {
		size += len(s)
	}
	count = min(count, size/3+1) // each takes three bytes at least
	t := textRun{b: make([]byte, 0, size+size/4)}
	off := append(make([]uint32, 0, count+1), 0)
	table := stored.NewStrings(count)
	struck := map[int]stored.Runs{}
	for range count {
		if !g.str(&t) {
			break // a cell that asks for a missing one is damage, a wrong count is not
		}
		at := int(off[len(off)-1])
		if bytes.IndexByte(t.b[at:], '\r') >= 0 {
			t.b = t.b[:at+len(stored.LineEnds(t.b[at:]))]
		}
		if g.runs.Some || g.runs.Rest {
			struck[len(off)-1] = g.runs
		}
		off = append(off, uint32(len(t.b)))
	}
	from := 0 // where the block at hand begins
	for i, end := range off[1:] {
		if r, ok := struck[i]; ok {
			table.Mark(r)
		}
		if full := table.End(end - off[from]); full || i == len(off)-2 {
			if err := table.Seal(t.b[off[from]:end]); err != nil {
				return err
			}
			from = i + 1
		}
	}
	b.shared, b.sst = table, nil
	return nil
}

// sstRun walks the SST over its records.
type sstRun struct {
	b    *biffBook
	runs stored.Runs // of the last string
	seg  [][]byte
	i    int // record
	o    int // offset in it
	tmp  [8]byte
}

// more makes o point at a byte.
func (g *sstRun) more() bool {
	for g.i < len(g.seg) && g.o >= len(g.seg[g.i]) {
		g.i, g.o = g.i+1, 0
	}
	return g.i < len(g.seg)
}

// take reads at most 8 bytes; fewer mean the end.
func (g *sstRun) take(n int) []byte {
	if g.i < len(g.seg) && len(g.seg[g.i])-g.o >= n {
		g.o += n
		return g.seg[g.i][g.o-n : g.o]
	}
	out := g.tmp[:0]
	for len(out) < n && g.more() {
		out = append(out, g.seg[g.i][g.o])
		g.o++
	}
	return out
}

func (g *sstRun) skip(n int) {
	for n > 0 && g.more() {
		k := min(n, len(g.seg[g.i])-g.o)
		g.o += k
		n -= k
	}
}

// str reads one XLUnicodeRichExtendedString (2.5.293).
func (g *sstRun) str(t *textRun) bool {
	h := g.take(3)
	if len(h) < 3 {
		return false
	}
	length, flags := int(u16(h)), h[2]
	left := length
	formats, ext := 0, 0
	if flags&8 != 0 {
		if h = g.take(2); len(h) < 2 {
			return false
		}
		formats = int(u16(h))
	}
	if flags&4 != 0 {
		if h = g.take(4); len(h) < 4 {
			return false
		}
		ext = max(0, int(int32(u32(h))))
	}
	wide := flags&1 != 0
	for left > 0 {
		if g.i < len(g.seg) && g.o >= len(g.seg[g.i]) {
			if !g.more() {
				return false
			}
			wide = g.seg[g.i][g.o]&1 != 0
			g.o++
			continue
		}
		if g.i >= len(g.seg) {
			return false
		}
		rest := g.seg[g.i][g.o:]
		n := t.add(rest, left, wide)
		left -= n
		if wide {
			n *= 2
		}
		if n == 0 {
			n = len(rest) // half a character before the end of a record
		}
		g.o += n
	}
	t.end()
	g.runs = g.fonts(formats, length)
	g.skip(ext)
	return true
}

// fonts reads the FormatRuns (2.5.132) of a string of so many characters: what stands before the first has the cell's font.
func (g *sstRun) fonts(n, length int) (seen stored.Runs) {
	from, own, through := 0, true, false
	to := func(end int) {
		if end > from {
			seen.Some, seen.Rest, seen.Own = seen.Some || !own && through, seen.Rest || !own && !through, seen.Own || own
		}
		from = end
	}
	for range n {
		h := g.take(4)
		if len(h) < 4 {
			return stored.Runs{}
		}
		to(min(int(u16(h)), length))
		own, through = false, g.b.fontStruck(int(u16(h[2:])))
	}
	to(length)
	return seen
}

// macCentralEurope (code page 10029), the upper half of which x/text lacks.
var macCentralEurope encoding.Encoding = charset.UpperHalf([]rune(
	"ÄĀāÉĄÖÜáąČäčĆćéŹ" + "źĎíďĒēĖóėôöõúĚěü" + "†°Ę£§•¶ß®©™ę¨≠ģĮ" + "įĪ≤≥īĶ∂∑łĻļĽľĹĺŅ" +
		"ņŃ¬√ńŇ∆«»…\u00a0ňŐÕőŌ" + "–—“”‘’÷◊ōŔŕŘ‹›řŖ" + "ŗŠ‚„šŚśÁŤťÍŽžŪÓÔ" + "ūŮÚůŰűŲųÝýķŻŁżĢˇ"))
