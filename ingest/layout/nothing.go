package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// nilLines takes out the lines that say nothing but that there is nothing: a running number, 无, slashes, zeros.
func (r *tableReader) nilLines() {
	found := map[int]bool{}
	for i := range r.table.Lines {
		l := &r.table.Lines[i]
		if l.plain {
			continue
		}
		if merged := slices.ContainsFunc(l.At, func(p heading.Placed) bool { _, ok := r.down[[2]int{l.N, p.Col}]; return ok && p.Col > 0 }); !merged && r.saysNothing(r.page.Row(int(l.index))) {
			found[i] = true
			r.kinds[l.index] = rowkind.Nothing
		}
	}
	r.table.without(found)
}

// saysNothing says whether a row holds nothing but a running number, nil words, slashes and zeros; a word or a slash at
// least: zeros alone may be what was to be reported.
func (r *tableReader) saysNothing(row *sheet.Row) bool {
	said, first := false, true
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Present(c) {
			continue
		}
		word := spelling.Squash(c.Text)
		switch {
		case c.Kind == sheet.Number && first && !slices.ContainsFunc(r.at, func(p heading.Placed) bool { return p.Col == c.Col && heading.IsNumber(p.Field) && !p.Field.InKey }): // a running number
		case c.Kind == sheet.Number && c.Num == 0, zeroBegins.Begin(word) && zeroText().MatchString(word):
		case c.Kind != sheet.Text || len(word) > 200:
			return false
		case written.IsNothing(word), written.IsNothingLine(word), strings.Trim(word, "-—–_/\\／－") == "":
			said = true
		default:
			return false
		}
		first = false
	}
	return said
}

var zeroBegins = written.NewLetters("0¥￥")

// zeroText is nothing, counted: 0.00, 0元, 0件.
var zeroText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[¥￥]?0+(\.0+)?(元|万元|亿元|人|户|件|个|项|次|场|家|笔|%)?$`)
})
