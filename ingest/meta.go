package ingest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"taizhang/ingest/sheet"
)

// stated is what a sheet says about itself outside its table: title, labelled values, notes.
type stated struct {
	titles    []string
	submitter said // 填报单位
	unitLabel said // 单位：…, where that names no money unit: perhaps a submitter
	period    said // 报送期
	asOf      said // 截至
	filled    said // 填报日期
	unit      int
	hasUnit   bool
	nothing   bool // 本期无, 零报告
}

// said is a labelled value and where it stands.
type said struct{ text, sheet, ref string }

// labelWords are the labels by what they introduce. Those under "end" only end the value before them.
var labelWords = map[string]string{
	"submitter": "填报单位 报送单位 填报部门 报送部门 填表单位 填报科室 填表部门 制表单位 制表部门 编制单位 编报单位 上报单位 上报部门 汇总单位 填制单位 报表单位 单位名称",
	"period":    "报送期 报告期 报送周期 报告周期 报送期次 所属期间 所属时期 所属期 报表期 报表期间 统计期 统计期间 统计周期 统计时段 统计时间 报送时段 报告时段",
	"asof":      "数据截至日期 数据截止日期 数据截至时间 数据截止时间 统计截至日期 统计截止日期 统计截至时间 统计截止时间 数据截至 数据截止 统计截至 统计截止 截至日期 截至时间 截止日期 截止时间 截至 截止",
	"filled":    "填报日期 填报时间 填表日期 填表时间 制表日期 制表时间 报送日期 报送时间 上报日期 上报时间 报出日期",
	"unit":      "金额单位 货币单位 计量单位 单位",
	"end":       "填表人 填报人 制表人 经办人 审核人 复核人 负责人 分管领导 主管领导 主要负责人 单位负责人 部门负责人 联系人 联系电话 电话 签字 盖章 制表 审核 编号 版本 表号",
}

var (
	labels    *regexp.Regexp
	labelKind = map[string]string{}
)

func init() {
	var words []string
	for _, kind := range []string{"submitter", "period", "asof", "filled", "unit", "end"} {
		for _, w := range strings.Fields(labelWords[kind]) {
			labelKind[w] = kind
			words = append(words, strings.Join(strings.Split(w, ""), `[ \x{3000}]*`)) // 填 报 单 位
		}
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	labels = regexp.MustCompile(`(` + strings.Join(words, "|") + `)([ \x{3000}]*[:：]|[ \x{3000}]*)`)
}

var (
	nothingText = regexp.MustCompile(`^[(（【]?(本期|本月|本周|当月|当周|当期|本次|本季度|本单位|我单位|我局|我办|我街道)*(均|皆|暂)?(无|没有|未发生|未开展|未兑付|未退税|未缴款|未缴费|未举办|未组织|未新增|未产生|未办理|零报告|零报送|0报告|零|空|空表|无数据|无内容|无新增|无新增问题|无新增数据|无发生|无相关情况|无此项工作|无此类情况|无此项业务|无事项|无此情况|无变化|没有发生|没有数据|没有新增)[)）】]?[。.!！]?$`)
	nothingIn   = regexp.MustCompile(`零报告|零报送|(本期|本月|本周|当月|当周|当期)(暂|均)?(无|未发生|没有|未开展)`)
	nothingLine = regexp.MustCompile(`^(本期|本月|本周|当月|当周|当期|本次|本单位|我单位|我局|本街道|本局|截至目前)*,?(均|皆|暂)?(无|没有|未发生|未开展|未收到)(.{0,16}(新增|发生|数据|情况|事项|业务|兑付|活动|任务|问题|记录|内容|资金|退税|缴款|变化|变动|上报|报送|办理|招聘|走访|会议)).{0,6}$`)
	seal        = regexp.MustCompile(`[ \x{3000}]*[(（][ \x{3000}]*(单位)?(盖章|公章|签章|章|签字|签名|加盖公章|盖公章)(处|有效)?[ \x{3000}]*[)）]`)
	untilWord   = regexp.MustCompile(`^([ \x{3000}]*(到|至|于|为|时间|日期|时点|[:：]))+`)
)

func isNothing(s string) bool { return nothingText.MatchString(squash(s)) }

// isNothingLine says whether a line of its own says that there is nothing to report.
func isNothingLine(word string) bool {
	return nothingText.MatchString(word) || nothingLine.MatchString(word) || len(word) < 60 && nothingIn.MatchString(word)
}

// labelled reads the labelled values in one line of a sheet; above a table the rest is a title.
func (s *stated) labelled(sheetName string, row *sheet.Row, above bool) {
	for i := range row.Cells {
		c := &row.Cells[i]
		text := seal.ReplaceAllString(tidy(c.Text), "")
		if text == "" {
			continue
		}
		if len(text) > 3000 {
			text = strings.ToValidUTF8(text[:3000], "")
		}
		word := squash(text)
		if nothingIn.MatchString(word) || isNothing(text) {
			s.nothing = true
		}
		titled := s.labelsIn(sheetName, row, i, text)
		if above && titled && len([]rune(text)) >= 2 {
			s.titles = append(s.titles, text)
		}
		if c.Kind == sheet.Date && len(row.Cells) == 1 { // a lone date: when it was filled in
			s.set("filled", said{dateText(*c), sheetName, c.Ref()})
		}
	}
}

var knownLabels memo[[][]int] // where labels stand in a text

// labelsIn takes the labelled values of one cell and says whether it may be a title beside them.
func (s *stated) labelsIn(sheetName string, row *sheet.Row, i int, text string) (titled bool) {
	c := &row.Cells[i]
	word := squash(text)
	locs := knownLabels.get(text, func(text string) [][]int { return labels.FindAllStringSubmatchIndex(text, -1) })
	titled = len(locs) == 0 || locs[0][2] > 0
	for k, loc := range locs {
		label := strings.NewReplacer(" ", "", "\u3000", "").Replace(text[loc[2]:loc[3]])
		kind := labelKind[label]
		colon := strings.ContainsAny(text[loc[4]:loc[5]], ":：")
		whole := word == label || word == label+":"
		before := strings.TrimSpace(text[:loc[2]])
		bracket := strings.HasSuffix(before, "(") || strings.HasSuffix(before, "（")
		if last, _ := utf8.DecodeLastRuneInString(before); kind == "unit" && unicode.Is(unicode.Han, last) && before == text[:loc[2]] && !strings.ContainsRune("年月日期周", last) { // 牵头单位：…
			continue
		}
		rest := text[loc[5]:]
		if kind == "asof" && !colon {
			rest = untilWord.ReplaceAllString(rest, "")
		}
		switch {
		case kind == "end", kind == "unit" && !colon && !whole && !bracket:
			continue
		case !colon && !whole && !(kind == "asof" && startsDate(rest)) && !(kind == "unit" && bracket):
			continue
		}
		end := len(rest)
		for _, next := range locs[k+1:] {
			nextLabel := strings.NewReplacer(" ", "", "\u3000", "").Replace(text[next[2]:next[3]])
			if strings.ContainsAny(text[next[4]:next[5]], ":：") || labelKind[nextLabel] == "asof" {
				end = max(0, len(rest)-(len(text)-next[2]))
				break
			}
		}
		value := strings.Trim(tidy(rest[:end]), " ,，;；。、|")
		if !strings.ContainsAny(value, "(（") { // （截至8月14日）
			value = strings.TrimRight(value, ")）】]")
		}
		ref := c.Ref()
		if value == "" && whole && i+1 < len(row.Cells) {
			next := row.Cells[i+1]
			isLabel := next.Kind == sheet.Text && labels.MatchString(tidy(next.Text)) && strings.ContainsAny(next.Text, ":：")
			if !isLabel && !(kind == "submitter" && (next.Kind != sheet.Text || startsDate(next.Text))) {
				value, ref = seal.ReplaceAllString(dateText(next), ""), next.Ref()
			}
		}
		s.set(kind, said{value, sheetName, ref})
	}
	return titled
}

// dateText is a cell as text, dates as ISO.
func dateText(c sheet.Cell) string {
	if c.Kind == sheet.Date {
		return serialDate(c.Num).String()
	}
	return tidy(c.Text)
}

func startsDate(s string) bool {
	s = plain(s)
	return ymd.MatchString(s) || md.MatchString(s) || zhDate.MatchString(s) && strings.ContainsAny(s, "年月") || ym.MatchString(s) || onlyM.MatchString(s) || eight.MatchString(s)
}

func (s *stated) set(kind string, v said) {
	if v.text == "" {
		return
	}
	put := func(p *said) {
		if p.text == "" {
			*p = v
		}
	}
	switch kind {
	case "submitter":
		put(&s.submitter)
	case "period":
		put(&s.period)
	case "asof":
		put(&s.asOf)
	case "filled":
		put(&s.filled)
	case "unit":
		exp, ok := unitIn(v.text)
		switch {
		case ok && !s.hasUnit:
			s.unit, s.hasUnit = exp, true
		case !ok:
			put(&s.unitLabel)
		}
	}
}

// merge adds what another sheet of the same return says, where this one is silent.
func (s *stated) merge(o stated) {
	s.titles = append(s.titles, o.titles...)
	for _, p := range []struct {
		to   *said
		from said
	}{{&s.submitter, o.submitter}, {&s.unitLabel, o.unitLabel}, {&s.period, o.period}, {&s.asOf, o.asOf}, {&s.filled, o.filled}} {
		if p.to.text == "" {
			*p.to = p.from
		}
	}
	if !s.hasUnit {
		s.unit, s.hasUnit = o.unit, o.hasUnit
	}
	s.nothing = s.nothing || o.nothing
}
