package layout

import (
	"slices"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
)

// An item may take several rows, its cells merged over them all but for one or two texts, of which each row holds a part: how it went
// on, week by week. It is one line, with all of the text.

// joinedRows are the rows that went into the line above them.
type joinedRows struct {
	first  int // row of the line
	rows   []int
	titles []string // columns whose texts were put together
	at     finding.Place
}

// joinSubrows puts such rows together.
func (r *tableReader) joinSubrows() {
	if len(r.spans) == 0 {
		return
	}
	t := r.table
	found := map[int]bool{}
	for i := 0; i < len(t.Lines); i++ {
		first := &t.Lines[i]
		j := i + 1
		for j < len(t.Lines) && r.isSubrow(first, &t.Lines[j]) {
			j++
		}
		if j == i+1 {
			continue
		}
		said := joinedRows{first: first.N, at: finding.Place{Sheet: first.Sheet, Row: first.N}}
		for k := range first.At {
			if !joinable(first.At[k].Field) || first.At[k].Col == 0 {
				continue
			}
			whole := first.Cell(k)
			parts := []string{}
			if sight.Present(&whole) {
				parts = append(parts, written.Tidy(whole.Text))
			}
			n := len(parts)
			for m := i + 1; m < j; m++ {
				if c := sight.CellIn(r.page.Row(int(t.Lines[m].index)), first.At[k].Col); sight.Present(c) {
					parts = append(parts, written.Tidy(sight.TextOf(c)))
				}
			}
			if len(parts) == n {
				continue
			}
			first.setCell(k, sheet.Cell{Row: first.N, Col: first.At[k].Col, Kind: sheet.Text, Text: strings.Join(parts, "\n")})
			said.titles = append(said.titles, first.At[k].Field.Title)
			if said.at.Cell == "" {
				said.at.Cell, said.at.Field = sheet.Ref(first.N, first.At[k].Col), first.At[k].Field.Field
			}
		}
		for m := i + 1; m < j; m++ {
			found[m] = true
			said.rows = append(said.rows, t.Lines[m].N)
			r.kinds[t.Lines[m].index] = rowkind.Joined
		}
		t.joinedRows = append(t.joinedRows, said)
		i = j - 1
	}
	t.without(found)
}

// joinable says whether texts of a column may be put together: rows are not told apart by them, nor do figures hang on them.
func joinable(c *forms.Column) bool { return c.Type == forms.Text && !c.InKey }

// isSubrow says whether a line holds nothing of its own but such texts, and is merged with the line above in all that makes an item:
// every column that has a value there, two at least.
func (r *tableReader) isSubrow(first, l *Line) bool {
	if l.plain || l.stretch != first.stretch || l.refused() {
		return false
	}
	row, texts, merged := r.page.Row(int(l.index)), 0, 0
	for k := range l.At {
		p := &l.At[k]
		if p.Col == 0 || p.Ticks != nil {
			continue
		}
		c := sight.CellIn(row, p.Col)
		switch {
		case sight.Present(c) && joinable(p.Field) && c.Kind == sheet.Text:
			texts++
		case sight.Present(c):
			return false
		default:
			over, ok := r.spans[[2]int{first.N, p.Col}]
			if own := first.Cell(k); ok && over.Bottom >= l.N {
				merged++
			} else if sight.Present(&own) && !joinable(p.Field) {
				return false
			}
		}
	}
	return texts > 0 && merged >= 2 && slices.ContainsFunc(first.At, func(p heading.Placed) bool {
		_, ok := r.spans[[2]int{first.N, p.Col}]
		return ok && p.Field.InKey
	})
}

// TellJoined says which rows went into the line above them.
func (t *Table) TellJoined() (said heading.Notes) {
	for _, j := range t.joinedRows {
		rows := make([]string, len(j.rows))
		for i, n := range j.rows {
			rows[i] = strconv.Itoa(n)
		}
		if len(rows) > 6 {
			rows = append(rows[:5], "…")
		}
		said.Add(finding.RowsJoined(strings.Join(rows, "、"), j.first, j.titles).At(j.at))
	}
	return said
}
