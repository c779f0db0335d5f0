package layout

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
)

// The number of a batch often stands in a sheet's name or title alone: 第3批. It is the value of a column of batches that the table
// lacks or that nobody filled in.

// batchNamed is one batch by its number; 前3批, 共3批 and 第1至3批 are several, 开工一批 is none.
var batchNamed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\d\-—–~～至到、,，和及与第前共分近全计这])(?:第?(\d{1,3})|第([一二三四五六七八九十]{1,4}))批|批次[:：]?第?(\d{1,3})(?:\D|$)`)
})

// anyBatch is the number of a batch, one of several or not.
var anyBatch = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d批|第[一二三四五六七八九十]{1,4}批`) })

// batchIn is the number of the only batch that a text names; "" where it names none or several.
func batchIn(text string) string {
	text = written.Squash(text)
	all := batchNamed().FindAllStringSubmatch(text, -1)
	if len(all) != 1 || len(anyBatch().FindAllString(text, -1)) > 1 {
		return ""
	}
	n, ok := written.ParseInt(all[0][1] + all[0][2] + all[0][3])
	if !ok || n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// countsBatches says whether a column holds the numbers of batches by which rows are told apart.
func countsBatches(c *forms.Column) bool {
	return c.Type == forms.Int && c.InKey && strings.Contains(c.Title+strings.Join(c.Synonyms, " "), "批次")
}

// batchSaid is the batch that the sheet's name and the title agree on, and which of them says it.
func batchSaid(c *forms.Column, pg *Page, title string) (value string, bySheet bool) {
	if !countsBatches(c) {
		return "", false
	}
	name, above := batchIn(pg.Name), batchIn(title)
	if name != "" && above != "" && name != above || above == "" && batchNamed().MatchString(written.Squash(title)) {
		return "", false
	}
	if name != "" {
		return name, true
	}
	return above, false
}

// FillBatch gives the rows of a table whose column of batches is empty the batch that its sheet's name or title says.
func (t *Table) FillBatch(pg *Page, h *Head) (said Notes) {
	for k := range h.Form.Columns {
		c := &h.Form.Columns[k]
		at := h.Column(c.Field)
		if at == nil || at.Col == 0 || len(t.Lines) == 0 || len(t.Heads) > 1 {
			continue
		}
		value, bySheet := batchSaid(c, pg, pg.Above(h.row))
		if value == "" || t.filled(k) {
			continue
		}
		for i := range t.Lines {
			t.Lines[i].setCell(k, sheet.Cell{Row: t.Lines[i].N, Col: at.Col, Kind: sheet.Text, Text: value})
		}
		said.add(finding.EmptyColumn(c.Title, value, bySheet).At(pg.under(h, at)))
	}
	return said
}

// filled says whether any line holds something of a field.
func (t *Table) filled(k int) bool {
	for i := range t.Lines {
		if c := t.Lines[i].Cell(k); filled(&c) {
			return true
		}
	}
	return false
}
