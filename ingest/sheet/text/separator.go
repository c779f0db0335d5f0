package text

import (
	"bytes"

	"taizhang/ingest/sheet"
	"taizhang/internal/charset"
)

// Open looks how the lines of a text are divided.
func Open(data []byte, cs charset.Charset, lim sheet.Limits) (*sheet.Book, error) {
	t := &file{data: data, cs: cs, lim: lim}
	t.sep, t.skipLine = separator(sampleLines(data, cs))
	b := sheet.New(sheet.CSV, lim, t)
	b.Charset = cs.Name
	b.Add(sheet.SheetInfo{Name: "Sheet1"})
	return b, nil
}

// Sample decodes the beginning of a text, about size bytes of it.
func Sample(data []byte, cs charset.Charset, size int) []byte {
	n := min(len(data), size+cs.Mark)
	if n < len(data) {
		n = n / 4 * 4 // whole characters of UTF-16 and UTF-32
	}
	text, _, err := cs.Decode(data[:n])
	if err != nil {
		return data[:n]
	}
	return text
}

// sampleLines is enough of a text to see how its lines are divided: a note of
// any length may stand before the table.
func sampleLines(data []byte, cs charset.Charset) []byte {
	for size := 16 << 10; ; size *= 4 {
		text := Sample(data, cs, size)
		if size >= len(data) || size >= maxSample || bytes.Count(text, []byte("\n"))+bytes.Count(text, []byte("\r")) >= sampleRows {
			return text
		}
	}
}

const (
	maxSample  = 4 << 20
	sampleRows = 40 // lines that show the habit of a file
)

// separators in the order in which they win a tie.
var separators = []byte{'\t', ',', ';', '|'}

// separator finds the one that gives the most lines of the sample the same
// number of fields.
func separator(head []byte) (sep byte, skipLine bool) {
	head = bytes.TrimLeft(head, " \r\n\f")
	if len(head) >= 5 && bytes.EqualFold(head[:4], []byte("sep=")) && (len(head) == 5 || head[5] == '\r' || head[5] == '\n') {
		return head[4], true
	}
	sep = ','
	best, bestCount := 0, 0
	for _, c := range separators {
		if c == '\t' && padding(head) {
			continue
		}
		count, lines := commonCount(head, c)
		if lines > best || lines == best && count > bestCount {
			sep, best, bestCount = c, lines, count
		}
	}
	return sep, false
}

// commonCount is how often a separator stands in most of the lines that have
// it, and in how many.
func commonCount(head []byte, sep byte) (count, lines int) {
	seen := map[int]int{}
	n, quoted, start := 0, false, true
	for i := 0; i <= len(head); i++ {
		if i == len(head) || (head[i] == '\n' || head[i] == '\r') && !quoted {
			if n > 0 && (i < len(head) || len(seen) == 0) { // the last line may be cut
				seen[n]++
			}
			n, start = 0, true
			continue
		}
		switch ch := head[i]; {
		case ch == '"' && (quoted || start):
			quoted = !quoted
			start = false
		case ch == sep && !quoted:
			n++
			start = true
		default:
			start = false
		}
	}
	for c, k := range seen {
		if k > lines || k == lines && c > count {
			count, lines = c, k
		}
	}
	return count, lines
}

// padding says whether tabs stand only beside other separators or the ends of
// lines: programs put one before or after each field, so that Excel leaves long
// numbers and leading zeros alone. Such tabs divide nothing.
func padding(head []byte) bool {
	if bytes.IndexByte(head, '\t') < 0 {
		return false
	}
	edge := func(i int) bool {
		return i < 0 || i >= len(head) || bytes.IndexByte([]byte(",;|\r\n"), head[i]) >= 0
	}
	others, quoted := false, false
	for i, c := range head {
		switch {
		case c == '"' && (quoted || edge(i-1) || head[i-1] == '\t'):
			quoted = !quoted
		case quoted:
		case c == '\t' && !edge(i-1) && !edge(i+1):
			return false
		case c == ',' || c == ';' || c == '|':
			others = true
		}
	}
	return others
}
