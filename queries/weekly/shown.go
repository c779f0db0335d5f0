package weekly

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/internal/metric"
	"taizhang/internal/workbook"
)

// What is shown: a figure that no form of the zone feeds, a table whose form
// nobody owes, a sheet on which nothing is left, and what leads there, are not.

// findFed finds the forms that somebody owes or has handed in.
func (w *weekly) findFed(ctx context.Context) error {
	got, err := rows(ctx, w.src, w.ask, "select distinct form as fed from core.fct_obligation union select distinct form from core.counted_return")
	if err != nil {
		return err
	}
	w.fed = map[string]bool{}
	for _, r := range got.Rows {
		if form, ok := r[0].(string); ok {
			w.fed[form] = true
		}
	}
	return nil
}

// feeds says whether the zone has a form that the metric counts.
func (w *weekly) feeds(m *metric.Metric) bool {
	if len(m.Fact.Forms) == 0 {
		return len(w.fed) > 0
	}
	return w.hasForm(m.Fact.Forms)
}

func (w *weekly) hasForm(forms []string) bool {
	return len(forms) == 0 || slices.ContainsFunc(forms, func(f string) bool { return w.fed[f] })
}

// shown are the cards of a sheet: those declared that the zone feeds, on the
// first such sheet also every figure with a target whose light would stand
// nowhere else; red ones first, then yellow ones. What goes beyond three rows of
// cards gives way, if it has no light.
func (w *weekly) shown(s sheet) []item {
	var out []item
	for _, it := range s.headline() {
		if w.feeds(w.book.metrics[it.metric]) {
			out = append(out, it)
		}
	}
	if s.plain == w.first().plain {
		for _, name := range w.book.order {
			if m := w.book.metrics[name]; w.target(name) != nil && w.feeds(m) && !w.book.lit(name) {
				out = append(out, item{metric: name, label: m.Label})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b item) int {
		rank := func(it item) int {
			return lightRank(w.light(it.metric, w.ask))
		}
		return rank(a) - rank(b)
	})
	for i := len(out) - 1; i >= 0 && s.cards > 0 && len(out) > 3*s.cards; i-- {
		if w.target(out[i].metric) == nil {
			out = slices.Delete(out, i, i+1)
		}
	}
	return out
}

// lit says whether a card or list of the book shows a metric's light.
func (b *Declaration) lit(name string) bool {
	for _, s := range b.sheets {
		for _, x := range s.blocks {
			items := x.figures
			if x.list != nil {
				items = x.list.items
			}
			if slices.ContainsFunc(items, func(it item) bool { return it.metric == name }) {
				return true
			}
		}
	}
	return false
}

// filled says whether there is anything on a sheet beside titles and notes; one
// that never had more stays.
func filled(declared sheet, blocks []workbook.Block) bool {
	holds := false
	for _, b := range declared.blocks {
		holds = holds || b.text != nil || b.figures != nil || b.list != nil || b.table != nil || b.rows != nil
	}
	for _, b := range blocks {
		switch x := b.(type) {
		case workbook.Figures:
			holds = holds && len(x.Items) == 0
		case workbook.Table:
			holds = holds && len(x.Rows) == 0
		case workbook.Note:
			holds = holds && !x.Indent
		case workbook.Box:
			holds = false
		}
	}
	return !holds
}

var ordinal = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[一二三四五六七八九十]+、`) })

var ordinals = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四", "十五"}

// tidy takes out what leads nowhere: headings over nothing, charts of tables
// that are not there or empty, links to what is left out; and counts anew.
func tidy(b *workbook.Book) {
	t := tidying{rows: map[string]int{}, sheets: map[string]bool{}}
	for _, s := range b.Sheets {
		t.sheets[s.Name] = true
		for _, x := range s.Blocks {
			if table, ok := x.(workbook.Table); ok && table.ID != "" {
				t.rows[table.ID] = 1 + len(table.Rows)
			}
		}
	}
	for i := range b.Sheets {
		b.Sheets[i].Blocks = t.sheet(b.Sheets[i].Blocks)
	}
}

// tidying knows what there is to lead to.
type tidying struct {
	rows   map[string]int // of tables, their heads counted: 1 is an empty one
	sheets map[string]bool
}

// link is a link that leads somewhere, else nil.
func (t *tidying) link(l *workbook.Link) *workbook.Link {
	if l == nil || l.Table != "" && t.rows[l.Table] == 0 || l.Table == "" && !t.sheets[l.Sheet] {
		return nil
	}
	return l
}

func (t *tidying) sheet(blocks []workbook.Block) (out []workbook.Block) {
	n, headings := 0, 0 // tables and headings with a number
	for at, x := range blocks {
		keep := true
		switch block := x.(type) {
		case workbook.Title:
			block.Link = t.link(block.Link)
			x = block
		case workbook.Heading:
			if keep = !overNothing(blocks, at); keep {
				block.Text = numbered(block.Text, &headings)
				x = block
			}
		case workbook.Note:
			block.Link = t.link(block.Link)
			x = block
		case workbook.Figures:
			t.figures(block)
			keep = len(block.Items) > 0
		case workbook.Charts:
			block.Items = slices.DeleteFunc(slices.Clone(block.Items), func(c workbook.Chart) bool { return t.rows[c.Table] < 2 })
			x, keep = block, len(block.Items) > 0
		case workbook.Table:
			t.cells(block)
			block.Title = numbered(block.Title, &n)
			x = block
		}
		if keep {
			out = append(out, x)
		}
	}
	return out
}

// numbered is the title of a table, or a heading, that stands after n others with a number.
func numbered(title string, n *int) string {
	had := ordinal().FindString(title)
	if had == "" || *n >= len(ordinals) {
		return title
	}
	*n++
	return ordinals[*n-1] + "、" + strings.TrimPrefix(title, had)
}

// overNothing says whether nothing stands under the heading at a place: the sheet ends, or another heading follows.
func overNothing(blocks []workbook.Block, at int) bool {
	if at+1 == len(blocks) {
		return len(blocks) > 1
	}
	_, again := blocks[at+1].(workbook.Heading)
	return again
}

// figures takes out links and trends in place.
func (t *tidying) figures(x workbook.Figures) {
	for j := range x.Items {
		f := &x.Items[j]
		f.Link, f.More = t.link(f.Link), t.link(f.More)
		if f.Link == nil {
			f.Link, f.More = f.More, nil
		}
		if f.Trend != nil && t.rows[f.Trend.Table] < 2 {
			f.Trend = nil
		}
	}
}

// cells takes out links in place.
func (t *tidying) cells(x workbook.Table) {
	for _, r := range x.Rows {
		for j, v := range r {
			if c, ok := v.(workbook.Cell); ok && c.Link != nil {
				c.Link = t.link(c.Link)
				r[j] = c
			}
		}
	}
}
