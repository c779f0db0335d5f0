package layout

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/rowkind"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sight"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// voidWord is a remark that takes its whole row back: 作废, 重复（见第3行）, 该笔已取消, 与Q-1重复, 本单位不再办理; not
// 取消订单的企业. It may stand behind other clauses: 与Q-1重复，删除. An item may be sent back, or part of another one: 已退回, 并入Q-1,
// 与Q-1同一问题; not 并入市政管网, 合并到7月兑付, 与第3行同一企业, which tell of the matter.
var voidWord = sync.OnceValue(func() *regexp.Regexp {
	const (
		of   = `(此|本|该|这)?(行|条|项|笔|户|件|问题|事项|企业|单位)?(已经?|应|请|需|拟|建议|予以|现)*`
		item = `[^,，。;；]{0,12}([A-Za-z]{1,6}[-—]?\d+|(序号|编号)[:：]?\d+|\d+号|[\d一二三四五六七八九十]+号?(条|件|项|行|笔|户|问题|事项)|(该|此|上述|前述|同类|其他|其它|另一|另外|前一|上一)(个|件|条|项)?(问题|事项|诉求|工单))(中|里|内)?(一并|一起|统一|合并)?(办理|处理|处置|解决|统计|上报|报送)?`
		is   = `(作废|废除|取消|删除|删去|撤销|撤回|误报|错报|误填|误录|填错|多报|无效|不计|不算|重复((上|填)?报送?|填写|登记|录入|统计|交办|派单|受理|收集|计入)?|退(回|件|单|汇)|(并入|合并(到|至|进|入))` + item + `)`
		no   = `(本单位|我单位|我局|本局|本街道|我街道)?(不再|不予|不纳入|不列入)(纳入|列入|计入|统计|上报|报送|办理|登记)*`
		end  = `(了|的|处理|此行|本行|该行|此条|本条|该条)*([,.;:!()（）【】\]，。；：！、]|$)`
	)
	return regexp.MustCompile(`(^|[,.;:!，。；：！、(（【\[])(` + of + is + `|` + no + `|(与|同|和)[^,，。;；]{1,30}(重复(上报|报送|填报|登记|统计)?|(系|为|是|属于?)?同一(个|件|条|笔)?(问题|事项|诉求|件|条|笔)))` + end)
})

// voidText is what a text that is read, such as 办理情况, says of a row that is void. The other words mean the matter there:
// 误报 is what a complaint turned out to be.
var voidText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（【\[]?(此|本|该|这)?(行|条|项|笔|户|件)?(已经?|应|请|需)?(作废|不再?(列入|计入|纳入)?统计)(了|的)?([,.;:!()（）【】\]，。；：！、]|$)|[,，;；。(（](作废|不再?(列入|计入|纳入)?统计)[)）。]?$`)
})

// voidSection gives the heading of a section whose rows are void: 三、已作废问题.
func voidSection(row *sheet.Row) *sheet.Cell {
	c := sight.FirstText(row)
	c.Text = rowkind.SectionText(row)
	if !voidHeading().MatchString(written.Unnumbered(written.Heading(c.Text))) {
		return nil
	}
	return &c
}

var voidHeading = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[(（]?已?(经)?(作废|废除|撤销|取消|剔除|不再统计|不纳入统计)(的)?(问题|事项|项目|企业|任务|清单|部分|内容|台账|记录|资金|情况|如下)*[)）:：]?$`)
})

// voidNote gives the cell of a note above or below the lines that takes some of them back: 注：第4行已撤回; 序号3重复上报. What
// tells people how to fill in takes nothing back: 第4行起填写，重复的请删除.
func voidNote(row *sheet.Row) *sheet.Cell {
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || !strings.ContainsAny(c.Text, "第序号行以上") {
			continue
		}
		for _, clause := range noteClause().Split(spelling.Squash(c.Text), -1) {
			if voidNamed().MatchString(clause) && !howToFill().MatchString(clause) || voidAbove().MatchString(clause) {
				return c
			}
		}
	}
	return nil
}

// voidByKey is voidNote of notes that call a line by what it is known by: Q-2与Q-1为同一问题; 湖南乙机械有限公司的一笔已退回.
func (r *tableReader) voidByKey(row *sheet.Row) *sheet.Cell {
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind != sheet.Text || len(c.Text) > 300 || !mayVoid.MayBeIn(c.Text) {
			continue
		}
		for _, clause := range noteClause().Split(spelling.Squash(c.Text), -1) {
			if howToFill().MatchString(clause) || !mayVoid.MayBeIn(clause) {
				continue
			}
			for j := range r.table.Lines {
				if key := r.calledBy(&r.table.Lines[j]); key != "" && strings.Contains(clause, key) && TakesBack(ofRow().ReplaceAllString(strings.Replace(clause, key, ",", 1), ","), r.head.Form) {
					return c
				}
			}
		}
	}
	return nil
}

// ofRow stands between a line's name and what is said of it: 的一笔.
var ofRow = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`,(的?(一|该|这|上述)?(笔|条|项|件|个|户)?(资金|款项|款|问题|事项)?)`)
})

// calledBy is what people call a line by: its number, or the firm that it is of. Bare digits may be anything.
func (r *tableReader) calledBy(l *Line) string {
	for k := range l.At {
		if f := l.At[k].Field; f.InKey && (f.Type == forms.Code || f.Names) && l.At[k].Col > 0 {
			c := l.Cell(k)
			if key := spelling.Squash(c.Text); len(key) >= 3 && strings.Trim(key, "0123456789.-") != "" {
				return key
			}
		}
	}
	return ""
}

var (
	noteClause = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[。；;\n]`) })
	voidNamed  = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(第[\d一二三四五六七八九十百、,，和及与至到~～—-]{1,20}(行|条|项|笔|件|家|户|号|个)|(序号|编号)[为是:：]?[A-Za-z\d、,，和及与至到~～—-]{1,20})[^。；;]{0,20}` +
			`(作废|废除|撤销|撤回|取消|删除|剔除|误报|错报|误填|多报|重复(上报|报送|填报|登记)?$|不再?(计入|统计|列入|纳入))`)
	})
	// voidAbove says of the lines above that they are not to be counted: 以上两条请勿统计.
	voidAbove = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(以上|上述|前面?)(各|这|所列|列)?[\d两一二三四五六七八九十几]{0,3}(行|条|项|笔|件|家|户|个)?(问题|资金|数据|内容)?(均|都|请)?(作废|(请勿|不要|勿|不用|无需|不)再?(计入|统计|纳入|列入)|(无效|撤回|删除|重复上报)$)`)
	})
	howToFill = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`如|若|凡|不得|勿|必须|填写|填报要求|起(填|开始)`)
	})
)

// crossings tells of cells that are struck through in a row that as a whole isn't: a value that is no value any more, or an
// old one beside the new, which together read as a third (30 struck, 40: 3040).
func (r *tableReader) crossings(l *Line, row *sheet.Row) {
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Struck == sheet.NotStruck || c.Kind == sheet.Empty {
			continue
		}
		k := slices.IndexFunc(r.at, func(p heading.Placed) bool { return p.Col == c.Col })
		if k < 0 {
			continue
		}
		place := finding.Place{Sheet: l.Sheet, Row: l.N, Cell: c.Ref(), Field: r.at[k].Field.Field, Value: written.Short(c.Text, 60)}
		if c.Struck == sheet.PartStruck && r.at[k].Field.Type != forms.Text {
			said := finding.PartStruck(r.at[k].Field.Title).At(place)
			l.blame(Fault{k, said.Message, &said})
			continue
		}
		x := l.extra()
		x.crossed = append(x.crossed, finding.CellStruck(c.Struck == sheet.PartStruck).At(place))
	}
}

// unseen tells of values that nobody can see. They are read.
func (r *tableReader) unseen(l *Line, row *sheet.Row) {
	for i := range row.Cells {
		c := &row.Cells[i]
		if !c.Unseen || !sight.Filled(c) || c.Kind == sheet.Number && c.Num == 0 || sight.Dashed(c) {
			continue
		}
		k := slices.IndexFunc(r.at, func(p heading.Placed) bool { return p.Col == c.Col })
		if k < 0 {
			continue
		}
		at := finding.Place{Sheet: l.Sheet, Row: l.N, Cell: c.Ref(), Field: r.at[k].Field.Field, Value: written.Short(written.DateText(*c), 60)}
		x := l.extra()
		x.crossed = append(x.crossed, finding.CellUnseen(r.at[k].Field.Title).At(at))
	}
}

// isStruck says whether all cells of a row that hold something are struck through.
func isStruck(row *sheet.Row) bool {
	any := false
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Kind == sheet.Empty || c.Formula && c.NoValue {
			continue
		}
		if c.Struck != sheet.AllStruck {
			return false
		}
		any = true
	}
	return any
}

// TakesBack says whether a remark on a row of a form says that the row is void.
func TakesBack(text string, f *forms.Form) bool {
	if len(text) > 120 || !mayVoid.MayBeIn(text) {
		return false
	}
	text = spelling.Squash(text)
	return slices.ContainsFunc(voidWord().FindAllString(text, -1), func(said string) bool {
		return !strings.Contains(said, "退回") || !returnsMoney(f)
	}) || paysOut(f) && unpaid().MatchString(text)
}

// TakesPartBack says whether a remark on a row of a form takes back a part of the money that the row says was paid: 退回5万元,
// 其中3万元未到账. Of 实际到账8万元 it gives the amount: the row may say no more. Of money that comes back by the form's own matter
// (退税) it says nothing.
func TakesPartBack(text string, f *forms.Form) (real string, ok bool) {
	if len(text) > 120 || !strings.Contains(text, "元") || !mayTakePart.MayBeIn(text) || !paysOut(f) {
		return "", false
	}
	m := partBack().FindStringSubmatch(spelling.Squash(written.Plain(text)))
	if m == nil || strings.Contains(text, "已扣") || strings.Contains(text, "净额") || strings.Contains(m[0], "退") && returnsMoney(f) {
		return "", false
	}
	return m[1], true
}

// mayTakePart are the words of which one stands in every such remark.
var mayTakePart = written.NewWords(partWords...)

var partWords = []string{"退回", "退还", "扣回", "追回", "收回", "追缴", "未到", "未兑", "未拨", "未支", "未发", "未退", "未打", "实际", "实到", "实付", "实拨", "实发", "多付", "多拨", "多发", "少付", "少拨", "少发"}

var partBack = sync.OnceValue(func() *regexp.Regexp {
	const (
		of    = `(?:^|[,.;:!，。；：！、(（【\[])(?:其中|此款|该款|该笔|本笔|企业|后|现|另)?(?:的)?`
		money = `(?:人民币)?\d[\d,]*(?:\.\d+)?(?:万|千|百|亿)?元`
		back  = `(?:退回|退还|扣回|追回|收回|追缴)`
		paid  = `(?:到账|到帐|兑付|拨付|支付|发放|退库|打款|退税)`
	)
	return regexp.MustCompile(of + `(?:(?:已|已经|应|需|拟|被|于[\d年月日.]{2,11})*` + back + `(?:了|资金|款项?|金额|部分)*` + money +
		`|(?:(?:有|尚有|还有)?` + money + `(?:资金)?)(?:已|已经|被|应|需|尚|还|暂|仍|均)*(?:` + back + `|未(?:实际)?` + paid + `)` +
		`|(?:尚|还|暂|仍)?未` + paid + `(?:金额|资金)?:?` + money +
		`|(?:实际|实)` + `(?:到账|到帐|兑付|拨付|支付|发放|到|付|拨|发)(?:金额|资金)?:?(` + money + `)` +
		`|[多少](?:付|拨|发|兑付|拨付|发放)(?:了)?` + money + `)`)
})

// unpaid is a remark on money that was paid that says that it was not, or is back: 此款未到账, 重复兑付，已追回, 金额有误. Of other
// things that are not there yet (上级资金未到账) it says nothing of the row.
var unpaid = sync.OnceValue(func() *regexp.Regexp {
	const (
		of  = `(^|[,.;:!，。；：！、(（【\[])(此|该|本|这|上述)?(笔|户|项)?(款|款项)?`
		is  = `((已|已经|全部|均|被)*(追回|收回|追缴|退票|退汇)|(尚|还|暂|仍|并)*未(实际)?(到账|到帐|兑付|拨付|支付|发放|退库|打款)|重复(兑付|拨付|支付|发放|退税|退库)|(金额|数额)(有误|错误|填错|写错))`
		end = `(了|的)*([,.;:!()（）【】\]，。；：！、]|$)`
	)
	return regexp.MustCompile(of + is + end)
})

// paysOut says whether each row of a form is money that was paid in its period.
func paysOut(f *forms.Form) bool {
	return f.Mode == forms.Period && slices.ContainsFunc(f.Columns, func(c forms.Column) bool { return c.Type == forms.Money })
}

// returnsMoney says whether a form is of money that goes back (留抵退税, 返还): there 已退回 is what the row reports.
func returnsMoney(f *forms.Form) bool {
	return slices.ContainsFunc(f.Columns, func(c forms.Column) bool {
		return c.Type == forms.Money && (strings.Contains(c.Title, "退") || strings.Contains(c.Title, "返还"))
	})
}

// listsRepeats says whether a row is of a list of what comes again and again (12345热线反复投诉问题): 重复受理 is why it is there.
func (r *tableReader) listsRepeats(row *sheet.Row) bool {
	for _, p := range r.at {
		word := p.Constant
		if c := sight.CellIn(row, p.Col); p.Field.Type == forms.List && c != nil {
			word = c.Text
		}
		if p.Field.Type == forms.List && (strings.Contains(word, "反复") || strings.Contains(word, "重复")) {
			return true
		}
	}
	return false
}

// mayVoid are the words of which one stands in every such remark.
var mayVoid = written.NewWords(voidWords...)

var voidWords = []string{"作废", "废除", "取消", "删除", "删去", "撤销", "撤回", "误报", "错报", "误填", "误录", "填错", "多报", "无效",
	"不计", "不算", "不再", "不予", "不纳", "不列", "重复", "退回", "退件", "退单", "退汇", "并入", "合并", "同一",
	"追回", "收回", "追缴", "退票", "未到", "未兑", "未拨", "未支", "未发", "未退", "未打", "未实", "有误", "错误", "写错"}

// mayBeVoid are those words and the ones of remarks that take back a part: one look at a cell in place of two.
var mayBeVoid = written.NewWords(slices.Concat(voidWords, partWords)...)

// mayVoidText are those of which one stands in every text that voidText finds.
var mayVoidText = written.NewWords("作废", "不列", "不计", "不纳", "不再")

// voided gives the cell of a row that says that the row is void: a remark, or a text that can mean nothing else.
func (r *tableReader) voided(row *sheet.Row) *sheet.Cell {
	for i := range row.Cells {
		if r.isVoid(&row.Cells[i], row) {
			return &row.Cells[i]
		}
	}
	return nil
}

// isVoid says whether a cell says that its row is void; of a row that isn't known, whether it may say so.
func (r *tableReader) isVoid(c *sheet.Cell, row *sheet.Row) bool {
	if c.Kind != sheet.Text || len(c.Text) > 120 || !mayBeVoid.MayBeIn(c.Text) {
		return false
	}
	if r.reads(c.Col) {
		return mayVoidText.MayBeIn(c.Text) && voidText().MatchString(spelling.Squash(c.Text))
	}
	if _, ok := TakesPartBack(c.Text, r.head.Form); ok {
		return true
	}
	return TakesBack(c.Text, r.head.Form) && !(strings.HasPrefix(spelling.Squash(c.Text), "重复") && row != nil && r.listsRepeats(row))
}

// reads says whether a column is read for a field other than a remark.
func (r *tableReader) reads(col int) bool {
	for k := range r.at {
		if r.at[k].Col == col {
			return !strings.Contains(r.at[k].Field.Title, "备注")
		}
	}
	return false
}
