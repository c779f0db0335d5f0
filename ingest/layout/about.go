package layout

import (
	"regexp"
	"strings"
	"sync"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// About is a note beside the lines that calls one of them by what it is known by, and says something else of it than the line
// does: 其中Q-2已于昨日办结, 甲公司的金额应为20万元.
type About struct {
	Cell sheet.Cell
	Line int // its row
}

// otherwise is what such a note says: that the line is done, or what should stand in it.
var otherwise = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`已.{0,8}(办结|解决|完成|销号|放款|返还)|(?:改为|更正为|更改为|应为|实为|请按)[:：“"]?([\d.,]*\d|[^\d\s,，。；;”"统计入]{1,8})`)
})

var mayBeOtherwise = written.NewWords("办结", "解决", "完成", "销号", "放款", "返还", "改为", "正为", "应为", "实为", "请按")

// about finds such a note in a row; nil where there is none.
func (r *tableReader) about(row *sheet.Row) *About {
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || len(c.Text) > 300 || !mayBeOtherwise.MayBeIn(c.Text) {
			continue
		}
		for _, clause := range noteClause().Split(spelling.Squash(c.Text), -1) {
			if !otherwise().MatchString(clause) || howToFill().MatchString(clause) {
				continue
			}
			for j := range r.table.Lines {
				l := &r.table.Lines[j]
				if key := r.calledBy(l); key != "" && names(clause, key) && r.saysOtherwise(l, clause, key) {
					return &About{*c, l.N}
				}
			}
		}
	}
	return nil
}

// saysOtherwise says whether what a clause says of a line stands nowhere in it. That something is done is said in the part of
// the clause that names the line: the rest may be of another.
func (r *tableReader) saysOtherwise(l *Line, clause, key string) bool {
	for _, part := range strings.FieldsFunc(clause, func(r rune) bool { return r == ',' || r == '，' }) {
		for _, m := range otherwise().FindAllStringSubmatch(part, -1) {
			if m[2] != "" && !r.says(l, strings.ReplaceAll(m[2], ",", "")) || m[1] != "" && names(part, key) && !r.says(l, m[1]) {
				return true
			}
		}
	}
	return false
}

// names says whether a clause holds a key, which is no part of a longer one: Q-1 of Q-12.
func names(clause, key string) bool {
	before, after, ok := strings.Cut(clause, key)
	return ok && !(inNumber(key[:1]) && inNumber(last(before)) || inNumber(last(key)) && after != "" && after[0] >= '0' && after[0] <= '9')
}

func last(s string) string { return s[max(0, len(s)-1):] }

func inNumber(c string) bool { return c != "" && strings.Contains("0123456789.-", c) }

// says says whether a cell of a line holds a word, or a number that is no part of a longer one or of a date.
func (r *tableReader) says(l *Line, word string) bool {
	row := r.page.Row(int(l.index))
	for i := range row.Cells {
		c := &row.Cells[i]
		if !sight.Filled(c) {
			continue
		}
		before, after, ok := strings.Cut(c.Text, word)
		if ok && !(inNumber(last(word)) && (inNumber(last(before)) || inNumber(after[:min(1, len(after))]))) {
			return true
		}
	}
	return false
}
