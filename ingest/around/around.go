// Package around reads what a sheet states around its table: whose it is, for
// which period, until which day, in which unit of money, and that there is
// nothing to report.
//
// Words: a label is a word with a value behind it or in the next cell
// (报送期：2026年11月), a title is a text without one; what is said is such a
// value and the cell it stands in.
//
// A new label goes into labelWords, a new way of stating a unit into unit.go.
package around

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// Stated is what a sheet says about itself outside its table: title, labelled values, notes.
type Stated struct {
	Titles    []Said
	Submitter Said // 填报单位
	UnitLabel Said // 单位：…, where that names no money unit: perhaps a submitter
	Period    Said // 报送期
	AsOf      Said // 截至
	Filled    Said // 填报日期
	Unit      int
	HasUnit   bool
	Units     []Said // every statement of a money unit, in order
	Nothing   bool   // 本期无, 零报告
}

// Said is a labelled value and where it stands.
type Said struct{ Text, Sheet, Ref string }

// labelWords are the labels by what they introduce. Those under "end" only end the value before them.
var labelWords = map[string]string{
	"submitter": "填报单位 报送单位 填报部门 报送部门 填表单位 填报科室 填表部门 制表单位 制表部门 编制单位 编报单位 上报单位 上报部门 汇总单位 填制单位 报表单位 单位名称",
	"period":    "报送期 报告期 报送周期 报告周期 报送期次 所属期间 所属时期 所属期 报表期 报表期间 统计期 统计期间 统计周期 统计时段 统计时间 报送时段 报告时段",
	"asof":      "数据截至日期 数据截止日期 数据截至时间 数据截止时间 统计截至日期 统计截止日期 统计截至时间 统计截止时间 数据截至 数据截止 统计截至 统计截止 截至日期 截至时间 截止日期 截止时间 截至 截止",
	"filled":    "填报日期 填报时间 填表日期 填表时间 制表日期 制表时间 报送日期 报送时间 上报日期 上报时间 报出日期",
	"unit":      "金额单位 货币单位 计量单位 单位",
	"end":       "填表人 填报人 制表人 经办人 审核人 复核人 负责人 分管领导 主管领导 主要负责人 单位负责人 部门负责人 联系人 联系电话 电话 签字 盖章 制表 审核 编号 版本 表号",
}

// labelKind says what the labels introduce.
var labelKind = sync.OnceValue(func() map[string]string {
	kinds := map[string]string{}
	for kind, words := range labelWords {
		for _, w := range strings.Fields(words) {
			kinds[w] = kind
		}
	}
	return kinds
})

// Labels finds them in a text, the longer before the shorter.
var Labels = sync.OnceValue(func() *regexp.Regexp {
	words := slices.SortedFunc(maps.Keys(labelKind()), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for i, w := range words {
		words[i] = strings.Join(strings.Split(w, ""), `[ \x{3000}]*`) // 填 报 单 位
	}
	return regexp.MustCompile(`(` + strings.Join(words, "|") + `)([ \x{3000}]*[:：]|[ \x{3000}]*)`)
})

var (
	seal = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`[ \x{3000}]*[(（][ \x{3000}]*(单位)?(盖章|公章|签章|章|签字|签名|加盖公章|盖公章)(处|有效)?[ \x{3000}]*[)）]`)
	})
	untilWord = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^([ \x{3000}]*(到|至|于|为|时间|日期|时点|[:：]))+`)
	})
)

// instructs are notes that tell how to report nothing, as a template's does; they don't say that there is nothing.
var instructs = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【]?(注|说明|备注|填报|填表|要求)|[写填请]|如(果|有|无|本)|的[,，]`)
})

// Labelled reads the labelled values in one line of a sheet; above a table the rest is a title.
func (s *Stated) Labelled(sheetName string, row *sheet.Row, above bool) {
	for i := range row.Cells {
		c := &row.Cells[i]
		text := seal().ReplaceAllString(written.Tidy(c.Text), "")
		if text == "" {
			continue
		}
		if len(text) > 3000 {
			text = strings.ToValidUTF8(text[:3000], "")
		}
		word := spelling.Squash(text)
		if written.IsNothing(text) || written.NothingIn().MatchString(word) && !instructs().MatchString(word) {
			s.Nothing = true
		}
		units := len(s.Units)
		titled := s.labelsIn(sheetName, row, i, text)
		if len(s.Units) == units && !s.TakeUnit(Said{text, sheetName, c.Ref()}) && above && aloneUnit().MatchString(word) {
			s.set("unit", Said{strings.Trim(word, "()[]【】"), sheetName, c.Ref()})
		}
		if above && titled && len([]rune(text)) >= 2 {
			s.Titles = append(s.Titles, Said{text, sheetName, c.Ref()})
		}
		if c.Kind == sheet.Date && len(row.Cells) == 1 { // a lone date: when it was filled in
			s.set("filled", Said{written.DateText(*c), sheetName, c.Ref()})
		}
	}
}

var knownLabels written.Memo[[][]int] // where labels stand in a text

// labelsIn takes the labelled values of one cell and says whether it may be a title beside them.
func (s *Stated) labelsIn(sheetName string, row *sheet.Row, i int, text string) (titled bool) {
	word := spelling.Squash(text)
	locs := knownLabels.Get(text, func(text string) [][]int { return Labels().FindAllStringSubmatchIndex(text, -1) })
	for k := range locs {
		l := labelAt(text, word, locs, k)
		if !l.labels() {
			continue
		}
		value := strings.Trim(written.Tidy(l.rest[:l.end(text, locs[k+1:])]), " ,，;；。、|")
		if !strings.ContainsAny(value, "(（") { // （截至8月14日）
			value = strings.TrimRight(value, ")）】]")
		}
		ref := row.Cells[i].Ref()
		if value == "" && l.whole && i+1 < len(row.Cells) {
			if next := &row.Cells[i+1]; l.beside(next) {
				value, ref = seal().ReplaceAllString(written.DateText(*next), ""), next.Ref()
			}
		}
		s.set(l.kind, Said{value, sheetName, ref})
	}
	return len(locs) == 0 || locs[0][2] > 0
}

// label is a word such as 填报单位 within a text.
type label struct {
	kind    string // as labelKind has it
	before  string // what stands before it
	rest    string // what stands behind it, and its colon
	colon   bool
	whole   bool // the text is nothing else
	bracket bool // it follows an opening bracket
}

// unspaced takes the spaces out of a label: 单 位.
func unspaced(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "\u3000", "")
}

// labelAt looks at label k of a text, which is word without its spaces.
func labelAt(text, word string, locs [][]int, k int) label {
	loc := locs[k]
	name := unspaced(text[loc[2]:loc[3]])
	l := label{kind: labelKind()[name], before: text[:loc[2]], rest: text[loc[5]:], colon: strings.ContainsAny(text[loc[4]:loc[5]], ":："),
		whole: word == name || word == name+":"}
	before := strings.TrimSpace(l.before)
	l.bracket = strings.HasSuffix(before, "(") || strings.HasSuffix(before, "（")
	if l.kind == "asof" && !l.colon {
		l.rest = untilWord().ReplaceAllString(l.rest, "")
	}
	return l
}

// labels says whether the word labels a value here, and is no part of another word or of a sentence.
func (l *label) labels() bool {
	switch l.kind {
	case "end":
		return false
	case "unit":
		last, _ := utf8.DecodeLastRuneInString(l.before)
		if unicode.Is(unicode.Han, last) && !strings.ContainsRune("年月日期周", last) { // 牵头单位：…
			return false
		}
		return l.colon || l.whole || l.bracket || unitInBrackets().MatchString(unspaced(l.rest))
	}
	return l.colon || l.whole || l.kind == "asof" && written.StartsDate(l.rest)
}

// end is where the value ends in what stands behind the label: before the next of the text's labels.
func (l *label) end(text string, later [][]int) int {
	for _, next := range later {
		if strings.ContainsAny(text[next[4]:next[5]], ":：") || labelKind()[unspaced(text[next[2]:next[3]])] == "asof" {
			return max(0, len(l.rest)-(len(text)-next[2]))
		}
	}
	return len(l.rest)
}

// beside says whether the next cell holds the value of a label that stands alone.
func (l *label) beside(next *sheet.Cell) bool {
	if next.Kind == sheet.Text && Labels().MatchString(written.Tidy(next.Text)) && strings.ContainsAny(next.Text, ":：") {
		return false
	}
	return l.kind != "submitter" || next.Kind == sheet.Text && !statesTime(written.Tidy(next.Text))
}

// statesTime says whether a text says of when a sheet is, and so is no unit's name: 2026年第47周, 第47周, 截至11月22日, 本月, （10月份）.
func statesTime(text string) bool {
	if written.StartsDate(text) || timeOnly().MatchString(spelling.Squash(text)) {
		return true
	}
	loc := Labels().FindStringSubmatchIndex(text)
	return loc != nil && loc[0] == 0 && labelKind()[unspaced(text[loc[2]:loc[3]])] != "submitter"
}

var timeOnly = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【\[]?((20\d\d|[二〇零○一三四五六七八九]{4})(年度?)?)?(第?[\d一二三四五六七八九十]{1,3}(周|月份?|季度|期|旬)|[上下]半年|w\d{1,2})?[)）】\]]?$`)
})

// TakeUnit takes the unit that a sentence states.
func (s *Stated) TakeUnit(v Said) bool {
	word, ok := unitStated(v.Text)
	if ok {
		v.Text = word
		s.set("unit", v)
	}
	return ok
}

func (s *Stated) set(kind string, v Said) {
	if v.Text == "" {
		return
	}
	put := func(p *Said) {
		if p.Text == "" {
			*p = v
		}
	}
	switch kind {
	case "submitter":
		put(&s.Submitter)
	case "period":
		put(&s.Period)
	case "asof":
		put(&s.AsOf)
	case "filled":
		put(&s.Filled)
	case "unit":
		exp, ok := written.UnitIn(v.Text)
		if !ok {
			put(&s.UnitLabel)
			return
		}
		s.Units = append(s.Units, v)
		if !s.HasUnit {
			s.Unit, s.HasUnit = exp, true
		}
	}
}

// Merge adds what another sheet of the same return says, where this one is silent.
func (s *Stated) Merge(o Stated) {
	s.Titles = append(s.Titles, o.Titles...)
	for _, p := range []struct {
		to   *Said
		from Said
	}{{&s.Submitter, o.Submitter}, {&s.UnitLabel, o.UnitLabel}, {&s.Period, o.Period}, {&s.AsOf, o.AsOf}, {&s.Filled, o.Filled}} {
		if p.to.Text == "" {
			*p.to = p.from
		}
	}
	if !s.HasUnit {
		s.Unit, s.HasUnit = o.Unit, o.HasUnit
	}
	s.Nothing = s.Nothing || o.Nothing
}
