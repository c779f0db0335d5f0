// Package sight says what somebody sees in a cell and in a row: whether it holds
// anything, where the first text stands, which number it shows. It knows neither
// headings nor forms.
//
// Words: filled is a cell in which something is seen, present one in which
// somebody typed something, a prompt is what asks for it (请选择); dashed holds
// nothing but dashes.
package sight

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// CellIn gives the cell at a column of a row; nil where it is empty.
func CellIn(row *sheet.Row, col int) *sheet.Cell {
	if i := col - 1; i >= 0 && i < len(row.Cells) && row.Cells[i].Col == col { // no gaps before it
		return &row.Cells[i]
	}
	i := sort.Search(len(row.Cells), func(i int) bool { return row.Cells[i].Col >= col })
	if i < len(row.Cells) && row.Cells[i].Col == col {
		return &row.Cells[i]
	}
	return nil
}

// Filled says whether somebody sees something in a cell.
func Filled(c *sheet.Cell) bool {
	if c == nil || c.Kind == sheet.Empty && !c.NoValue {
		return false
	}
	return c.Kind != sheet.Text || c.Text != "" && (c.Text[0] > ' ' && c.Text[0] < 0x80 || c.Text[0] >= 0xe4 && c.Text[0] <= 0xe9 || written.Tidy(c.Text) != "")
}

// BlankRow says whether nobody sees anything in a row.
func BlankRow(row *sheet.Row) bool {
	for i := range row.Cells {
		if Filled(&row.Cells[i]) {
			return false
		}
	}
	return true
}

// HasContent says whether somebody sees something on a sheet.
func HasContent(g *sheet.Grid) bool {
	for i := range g.Rows {
		if !BlankRow(g.Row(i)) {
			return true
		}
	}
	return false
}

// TextOf is a cell as a heading or label says it: a date as its month (2022-08), nil as nothing.
func TextOf(c *sheet.Cell) string {
	if c == nil {
		return ""
	}
	if c.Kind == sheet.Date { // a month as a heading: 2022年8月
		return written.SerialDate(c.Num).String()[:7]
	}
	return written.Tidy(c.Text)
}

// Present says whether somebody typed something into a cell.
func Present(c *sheet.Cell) bool { return Filled(c) && !IsPrompt(c) }

// NoValue are texts that leave a required field empty as far as a row's kind is concerned.
var NoValue = map[string]bool{"-": true, "—": true, "——": true, "--": true, "/": true, "\\": true, "无": true, "同上": false}

// promptWord is what a form's drop-down or an unfilled cell says: nobody typed it.
var promptWord = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[-—–_=<>《》(（\[【「〈*.…\s]*请(点击|下拉|在此)?(选择|选取|填写|填报|填入|输入|录入)[^,，。;；:：!！?？]{0,10}$|^[-—–_=<>《》(（\[【「〈*.…\s]*(请(点击|下拉|在此|在下拉(列表|框|菜单)(中|里)?|从下拉(列表|框|菜单)?(中|里)?|务必|如实|按要求|根据实际|认真)?(选择|选取|选填|填写|填报|填入|填|输入|录入|勾选|选|补充|补填|完善)|(下拉|点击|单击|点此|点这里)(下拉)?(选择|选取|选填|填写|输入|列表|菜单)?|选择|待选择|待填写|待填|未选择|未填写|未填|未选|pleaseselect|pleasechoose|select|choose)(.{0,8}(类型|类别|状态|日期|单位|部门|内容|项目|名称|选项|街道|来源|一项|此处|这里))?[-—–_=<>《》)）\]】」〉*.…!！:：\s]*$`)
})

// IsPrompt says whether a cell holds nothing but what asks for filling it in: 请选择. Such a cell is empty.
func IsPrompt(c *sheet.Cell) bool {
	if c == nil || c.Kind != sheet.Text || len(c.Text) > 90 || len(c.Text) < 6 || !maybePrompt(c.Text) {
		return false // nearly all cells end here
	}
	return knownPrompts.Get(c.Text, func(s string) bool { return promptWord().MatchString(spelling.Squash(s)) })
}

var knownPrompts written.Memo[bool]

// maybePrompt is a quick test: the text begins as one of the prompts does, or with a sign.
func maybePrompt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case r >= '0' && r <= '9':
		return false
	case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
		return strings.ContainsRune("pscPSC", r)
	case r >= 0x4e00 && r <= 0x9fff:
		return strings.ContainsRune("请下点单此选待未", r)
	}
	return true
}

// Joined is what a row says, cell by cell.
func Joined(row *sheet.Row) string {
	var b strings.Builder
	for _, c := range row.Cells {
		b.WriteString(c.Text)
		b.WriteByte(' ')
	}
	return b.String()
}

// FirstText is the first cell with content of a row, of any kind; an empty one in column A where there is none.
func FirstText(row *sheet.Row) sheet.Cell {
	for i := range row.Cells {
		if Filled(&row.Cells[i]) {
			return row.Cells[i]
		}
	}
	return sheet.Cell{Row: row.N, Col: 1}
}

// SoleCell says whether a row has one cell with content at most.
func SoleCell(row *sheet.Row) bool {
	n := 0
	for i := range row.Cells {
		if Filled(&row.Cells[i]) {
			n++
		}
	}
	return n <= 1
}

// Dashed says whether a cell holds nothing but dashes, as sums do in the columns that they don't sum.
func Dashed(c *sheet.Cell) bool {
	return c.Kind == sheet.Text && Dashes(c.Text)
}

// Dashes says whether a text is nothing but dashes.
func Dashes(text string) bool { return strings.Trim(text, "-—–─/*×… \u3000") == "" }

// NumberOf reads a cell as a plain number with its decimal places. Units aren't looked at: the cells of one column that
// are compared share theirs, and what doesn't is not proven.
func NumberOf(c *sheet.Cell) (n float64, places int, ok bool) {
	text := strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", " ", "").Replace(written.Plain(c.Text))
	if _, err := written.ParseDecimal(text); err != nil || c.Kind != sheet.Number && c.Kind != sheet.Text {
		return 0, 0, false
	}
	if i := strings.IndexByte(text, '.'); i >= 0 {
		places = min(len(text)-i-1, 6)
	}
	if c.Kind == sheet.Number {
		return c.Num, places, true
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, places, err == nil
}

// sameAbove are the words by which a cell says what the one above it says.
var sameAbove = map[string]bool{"同上": true, "同前": true, "同上行": true, "同上一行": true, "同前行": true, "同前一行": true, "同上栏": true, "同上格": true,
	"同上企业": true, "同上单位": true, "同上公司": true, "同上项目": true, "同上日期": true}

const (
	dittoMarks = "〃″\"“”〝〞"              // or by a mark
	aroundMark = " \u3000-－—–―─()（）[]【】" // which is often drawn out: —〃—, （同上）
)

// maySayAbove are the letters of which one stands in each of these.
var maySayAbove = written.NewLetters("同" + dittoMarks)

// SaysAbove says whether a text stands for what the cell above it says: 同上.
func SaysAbove(text string) bool {
	if len(text) > 36 || !maySayAbove.In(text) {
		return false
	}
	bare := strings.Trim(written.Tidy(text), aroundMark)
	return sameAbove[bare] || bare != "" && strings.Trim(bare, dittoMarks+aroundMark) == ""
}
