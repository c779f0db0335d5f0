package receipt

import (
	"fmt"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/fit"
	"taizhang/ingest/sheet"
)

// paperStyle says how the 回执 sheet fits into its workbook.
type paperStyle struct {
	first    int               // cell format of the first role
	ns       string            // of the documents
	selected bool              // it is the sheet that opens
	sheets   map[string]bool   // what a link can lead to
	renamed  map[string]string // sheets that are not named as the findings name them
	said     map[string]string // explanations by mark, see Source.Said
}

// Columns of the 回执 sheet: A 序号, B 程度, C 位置, D 现有内容, E 问题, F 怎样修改,
// G 核实说明, and, hidden, H the rule and I the mark by which an explanation is
// known again.
var (
	paperWidths = [...]int{6, 10, 15, 16, 28, 24, 15}
	paperHeads  = [...]string{"序号", "程度", "位置", "现有内容", "问题", "怎样修改", "核实说明"}
)

const lastColumn = len(paperWidths)

// Where a returned receipt holds an explanation, and the mark of what it explains.
const (
	ExplainColumn = lastColumn
	MarkColumn    = lastColumn + 2
)

// paper writes the 回执 sheet row by row.
type paper struct {
	*paperStyle
	rows   strings.Builder
	merges []string
	links  strings.Builder
	n      int
	heads  []int // rows of table heads
}

// box is some text over columns from to to.
type box struct {
	from, to int
	role     role
	text     string
}

// row adds a row that is high enough for its texts.
func (p *paper) row(least float64, boxes ...box) int {
	p.n++
	height := least
	for _, b := range boxes {
		width := 0
		for c := b.from; c <= b.to && c <= lastColumn; c++ {
			width += paperWidths[c-1]
		}
		if width == 0 {
			continue
		}
		per := 15.0
		if b.role >= roleGood && b.role <= roleSame || b.role == roleHeading {
			width, per = width*4/5, 19
		}
		height = max(height, float64(fit.Lines(b.text, max(width-1, 2)))*per+5)
	}
	fmt.Fprintf(&p.rows, `<row r="%d" ht="%g" customHeight="1">`, p.n, min(height, 400))
	for _, b := range boxes {
		for c := b.from; c <= b.to; c++ {
			text := b.text
			if c > b.from {
				text = ""
			}
			p.cell(c, b.role, text)
		}
		if b.to > b.from {
			p.merges = append(p.merges, sheet.Ref(p.n, b.from)+":"+sheet.Ref(p.n, b.to))
		}
	}
	p.rows.WriteString(`</row>`)
	return p.n
}

func (p *paper) cell(col int, r role, text string) {
	p.rows.WriteString(`<c r="` + sheet.Ref(p.n, col) + `" s="` + strconv.Itoa(p.first+int(r)) + `"`)
	if text == "" {
		p.rows.WriteString(`/>`)
		return
	}
	p.rows.WriteString(` t="inlineStr"><is><t xml:space="preserve">` + escape(fit.Clip(text, 30_000)) + `</t></is></c>`)
}

// pair is a row of two labels and their values.
func (p *paper) pair(label, value, label2, value2 string) {
	p.row(21, box{1, 2, roleLabel, label}, box{3, 4, roleValue, value}, box{5, 5, roleLabel, label2}, box{6, 7, roleValue, value2})
}

// wide is a row of one label and its value.
func (p *paper) wide(label, value string) {
	p.row(21, box{1, 2, roleLabel, label}, box{3, 7, roleValue, value})
}

var bannerRole = map[finding.Outcome]role{
	finding.Accepted: roleGood, finding.Warned: roleCheck, finding.Partial: rolePartial,
	finding.Rejected: roleBad, finding.Duplicate: roleSame,
}

// drawPaper writes the 回执 sheet and gives the rows that every printed page
// repeats, "" if none.
func drawPaper(style *paperStyle, report *finding.Report, office Office, notes []string) (content []byte, titles string) {
	p := &paper{paperStyle: style}
	title, no := office.Zone+"报表接收回执", number(report)
	one := len(report.Returns) == 1
	decided := one && report.Returns[0].Decision != nil
	if no == "" {
		title, no = office.Zone+"报表预审意见", "（预审，尚未报送）"
		if decided {
			title, no = office.Zone+"报送事项告知", "（管理员决定）"
		}
	}
	banner := roleCheck
	if one {
		banner = bannerOf(report.Returns[0])
	} else if role, ok := nameRole[outcomeName(report)]; ok {
		banner = role
	}
	p.row(34, box{1, 7, banner, headline(report)})
	if s := steps(report); len(s) > 0 {
		for i := range s {
			if len(s) > 1 {
				s[i] = fmt.Sprintf("%d. %s", i+1, s[i])
			}
		}
		p.wide("下一步", strings.Join(s, "\n"))
	}
	if office.Contact != "" {
		p.wide("有疑问请联系", office.Contact)
	}
	p.row(40, box{1, 7, roleTitle, title})
	if decided {
		p.wide("管理员决定", decision(report.Returns[0].Decision))
	}
	if report.File != "" {
		p.pair("回执编号", no, "收到时间", timeText(report.ReceivedAt))
		p.pair("文件名", report.File, "文件校验码", shortHash(report.SHA256))
	}
	for i, r := range report.Returns {
		if !one {
			p.row(8, box{1, 7, roleNote, ""})
			p.row(26, box{1, 7, roleHeading, fmt.Sprintf("%s、%s（%s）", ordinal(i+1), formText(r), r.ID)})
			p.row(34, box{1, 7, bannerOf(r), verdict(r)})
			if s := decision(r.Decision); s != "" {
				p.wide("管理员决定", s)
			}
		}
		p.facts(r)
		if one {
			p.remarks(report, notes)
		}
		p.findings(r)
		p.explained(r)
		p.changes(r)
	}
	if !one {
		p.row(8, box{1, 7, roleNote, ""})
		p.remarks(report, notes)
	}
	if len(p.heads) == 1 {
		titles = fmt.Sprintf("'%s'!$%d:$%d", SheetName, p.heads[0], p.heads[0])
	}
	return p.sheet(no), titles
}

// nameRole is the look of an outcome of several returns that differ.
var nameRole = map[string]role{"部分计入": rolePartial, "退回": roleBad, "重复报送": roleSame, "已接收，全部计入": roleGood, "已接收": roleGood}

// bannerOf is the look of what became of a return.
func bannerOf(r *finding.Return) role {
	switch d := r.Decision; {
	case d != nil && (holding(d) == finding.Withdraw || d.Kind == finding.Clear || d.Kind == finding.Waive):
		return roleSame
	case r.Uncounted() != nil && r.Outcome != finding.Duplicate:
		return rolePartial
	case d != nil && holding(d) == finding.Accept:
		if r.RowsRefused > 0 {
			return rolePartial
		}
		return roleGood
	case r.Outcome == finding.Duplicate && r.OfRejected:
		return roleBad
	case r.Outcome == finding.Warned && r.Count(finding.Error) > 0:
		return rolePartial
	}
	return bannerRole[r.Outcome]
}

// facts says what the return was taken for and what became of its rows.
func (p *paper) facts(r *finding.Return) {
	p.pair("填报单位", submitterText(r), "表样", formText(r))
	if r.ID == "" && r.Decision != nil { // about what is owed, not about a file
		if r.Period.Valid() {
			p.pair("报送期", periodText(r.Period), "应报时间", dueText(r))
		}
		return
	}
	p.pair("报送期", periodText(r.Period), "数据截至", dateText(r.Cutoff))
	p.pair("应报时间", dueText(r), "读取的工作表", strings.Join(r.Sheets, "、"))
	p.wide("计入情况", strings.Join(counted(r), "\n"))
	if s := superseded(r); s != "" {
		p.wide("更正", s)
	}
}

// remarks says what was not read and what to do next.
func (p *paper) remarks(report *finding.Report, notes []string) {
	if len(report.Skipped) > 0 {
		p.wide("未读取的表", strings.Join(report.Skipped, "\n"))
	}
	if len(notes) > 0 {
		p.wide("说明", strings.Join(notes, "\n"))
	}
}

// findings is the table of what was found.
func (p *paper) findings(r *finding.Return) {
	if len(r.Findings) == 0 {
		return
	}
	shown, rest := spelled(r)
	p.row(28, box{1, 7, roleHeading, fmt.Sprintf("审核意见：必须修改 %d 条，请核实 %d 条，提示 %d 条",
		r.Count(finding.Error), r.Count(finding.Warning), r.Count(finding.Info))})
	var head []box
	for i, h := range paperHeads {
		head = append(head, box{i + 1, i + 1, roleHead, h})
	}
	p.heads = append(p.heads, p.row(24, head...))
	for i, f := range shown {
		where, explain, severity := roleText, roleText, roleInfo
		target := f.Sheet
		if name, ok := p.renamed[target]; ok {
			target = name
		}
		linked := p.sheets[target] && (f.Sheet != "" || f.Cell != "")
		if linked {
			where = roleLink
		}
		switch f.Severity {
		case finding.Error:
			severity = roleError
		case finding.Warning:
			severity, explain = roleWarning, roleExplain
		}
		n := p.row(22, box{1, 1, roleCentre, strconv.Itoa(i + 1)}, box{2, 2, severity, f.Severity.Label()}, box{3, 3, where, place(f)},
			box{4, 4, roleText, fit.Clip(f.Value, 80)}, box{5, 5, roleText, f.Message}, box{6, 6, roleText, remedy(f)},
			box{7, 7, explain, p.said[f.Mark]}, box{8, 8, roleNote, f.Rule}, box{MarkColumn, MarkColumn, roleNote, f.Mark})
		if linked {
			cell := f.Cell
			if cell == "" {
				cell = fmt.Sprintf("A%d", max(1, f.Row))
			}
			fmt.Fprintf(&p.links, `<hyperlink ref="C%d" location="%s" display="%s"/>`, n,
				escape("'"+strings.ReplaceAll(target, "'", "''")+"'!"+cell), escape(place(f)))
		}
	}
	for _, t := range rest {
		p.row(22, box{1, 7, roleText, fmt.Sprintf("另有 %d 条“%s”同类问题未逐条列出，例如：%s", t.n, t.severity.Label(), t.like)})
	}
}

// explained lists what the sender explained, now or before.
func (p *paper) explained(r *finding.Return) {
	if len(r.Explained) == 0 {
		return
	}
	p.row(28, box{1, 7, roleHeading, fmt.Sprintf("已有核实说明：%d 条，不再提出", len(r.Explained))})
	p.row(24, box{1, 1, roleHead, "序号"}, box{2, 3, roleHead, "位置"}, box{4, 5, roleHead, "问题"}, box{6, 7, roleHead, "核实说明"})
	for i, e := range r.Explained {
		if i == listed {
			p.row(22, box{1, 7, roleText, fmt.Sprintf("另有 %d 条未列出", len(r.Explained)-i)})
			return
		}
		p.row(22, box{1, 1, roleCentre, strconv.Itoa(i + 1)}, box{2, 3, roleText, place(e.Finding)}, box{4, 5, roleText, e.Finding.Message}, box{6, 7, roleText, e.Said})
	}
}

// listed is how many explanations or changes are spelled out.
const listed = 30

// changes lists what a correction changed against the return it takes the place of.
func (p *paper) changes(r *finding.Return) {
	if r.Supersedes == "" || !r.Outcome.Counts() || r.Decision != nil {
		return
	}
	p.row(28, box{1, 7, roleHeading, "更正情况：" + changed(r)})
	if len(r.Changes) == 0 {
		return
	}
	p.row(24, box{1, 1, roleHead, "序号"}, box{2, 2, roleHead, "变化"}, box{3, 4, roleHead, "编号"}, box{5, 7, roleHead, "内容"})
	for i, c := range r.Changes {
		if i == listed {
			p.row(22, box{1, 7, roleText, fmt.Sprintf("另有 %d 处未列出", len(r.Changes)-i)})
			return
		}
		what := ""
		switch {
		case c.Kind == finding.Changed && c.Before == c.After: // alike once masked
			what = c.Column + "：内容有改动（涉敏，不显示）"
		case c.Kind == finding.Changed:
			what = c.Column + "：" + orEmpty(c.Before) + " → " + orEmpty(c.After)
		}
		p.row(22, box{1, 1, roleCentre, strconv.Itoa(i + 1)}, box{2, 2, roleCentre, c.Kind.Label()}, box{3, 4, roleText, fit.Clip(c.Key, 80)}, box{5, 7, roleText, fit.Clip(what, 300)})
	}
}

// sheet puts the part together.
func (p *paper) sheet(no string) []byte {
	var b strings.Builder
	b.WriteString(xmlHead + `<worksheet xmlns="` + p.ns + `"><sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>`)
	fmt.Fprintf(&b, `<dimension ref="A1:%s"/>`, sheet.Ref(p.n, MarkColumn))
	selected := ""
	if p.selected {
		selected = ` tabSelected="1"`
	}
	b.WriteString(`<sheetViews><sheetView showGridLines="0"` + selected + ` workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, w := range paperWidths {
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="%d.7" customWidth="1"/>`, i+1, i+1, w)
	}
	fmt.Fprintf(&b, `<col min="%d" max="%d" width="9" hidden="1" customWidth="1"/>`, lastColumn+1, MarkColumn)
	b.WriteString(`</cols><sheetData>` + p.rows.String() + `</sheetData>`)
	if len(p.merges) > 0 {
		fmt.Fprintf(&b, `<mergeCells count="%d">`, len(p.merges))
		for _, m := range p.merges {
			b.WriteString(`<mergeCell ref="` + m + `"/>`)
		}
		b.WriteString(`</mergeCells>`)
	}
	if p.links.Len() > 0 {
		b.WriteString(`<hyperlinks>` + p.links.String() + `</hyperlinks>`)
	}
	b.WriteString(`<printOptions horizontalCentered="1"/><pageMargins left="0.6" right="0.6" top="0.7" bottom="0.7" header="0.3" footer="0.35"/>` +
		`<pageSetup paperSize="9" orientation="portrait" fitToWidth="1" fitToHeight="0"/>` +
		`<headerFooter><oddFooter>&amp;L&amp;9回执编号 ` + escape(strings.ReplaceAll(no, "&", "")) + `&amp;R&amp;9第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter></worksheet>`)
	return []byte(b.String())
}

// ordinal numbers sections as Chinese papers do.
func ordinal(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}
	switch {
	case n <= 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	case n < 100 && n%10 == 0:
		return digits[n/10] + "十"
	case n < 100:
		return digits[n/10] + "十" + digits[n%10]
	}
	return strconv.Itoa(n)
}
