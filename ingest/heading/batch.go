package heading

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// The number of a batch often stands in a sheet's name or title alone: 第3批. It is the value of a column of batches that the table
// lacks or that nobody filled in.

// batchNamed is one batch by its number; 前3批, 共3批 and 第1至3批 are several, 开工一批 is none.
var batchNamed = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|[^\d\-—–~～至到、,，和及与第前共分近全计这])(?:第?(\d{1,3})|第([一二三四五六七八九十]{1,4}))批|批次[:：]?第?(\d{1,3})(?:\D|$)`)
})

// anyBatch is the number of a batch, one of several or not.
var anyBatch = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\d批|第[一二三四五六七八九十]{1,4}批`) })

// BatchIn is the number of the only batch that a text names; "" where it names none or several.
func BatchIn(text string) string {
	text = spelling.Squash(text)
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

// CountsBatches says whether a column holds the numbers of batches by which rows are told apart.
func CountsBatches(c *forms.Column) bool {
	return c.Type == forms.Int && c.InKey && strings.Contains(c.Title+strings.Join(c.Synonyms, " "), "批次")
}

// BatchSaid is the batch that the sheet's name and the title agree on, and which of them says it.
func BatchSaid(c *forms.Column, pg *Page, title string) (value string, bySheet bool) {
	if !CountsBatches(c) {
		return "", false
	}
	name, above := BatchIn(pg.Name), BatchIn(title)
	if name != "" && above != "" && name != above || above == "" && batchNamed().MatchString(spelling.Squash(title)) {
		return "", false
	}
	if name != "" {
		return name, true
	}
	return above, false
}
