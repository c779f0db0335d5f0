package receipt

import (
	"fmt"
	"strings"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/fit"
)

// verdict says in one sentence what became of a return, as it now is. It
// begins with one of the words that files are named by, too.
func verdict(r *finding.Return) string {
	if r.Decision != nil {
		return decided(r)
	}
	return judged(r)
}

// judged is the verdict of intake.
func judged(r *finding.Return) string {
	switch {
	case r.Outcome == finding.Duplicate && r.OfRejected:
		return "重复报送：与已退回的报表完全相同，仍未计入，请修改后重新报送整张表。"
	case r.Outcome == finding.Duplicate:
		return "重复报送：内容与已收到的报表完全相同，不再计入，无需处理。"
	case r.Outcome == finding.Rejected:
		return "退回：本表没有计入，请修改后重新报送整张表。"
	}
	if f := r.Uncounted(); f != nil {
		return "已接收，暂不计入：" + sentence(f.Message)
	}
	asked := faults(r)
	switch {
	case r.Nil:
		return "已接收：零报告（本期无新增内容）" + asked + "。"
	case r.Outcome == finding.Partial && r.RowsRefused > 0:
		return fmt.Sprintf("部分计入：%d 行计入，%d 行未计入，请改正后重新报送整张表。", r.Rows, r.RowsRefused)
	case r.Outcome == finding.Partial:
		return fmt.Sprintf("部分计入：%d 行计入%s，请改正后重新报送整张表。", r.Rows, asked)
	case r.Count(finding.Error) > 0:
		return fmt.Sprintf("已接收，请改正：%d 行计入%s。", r.Rows, asked)
	case r.ValuesEmptied > 0:
		return fmt.Sprintf("已接收：%d 行计入%s。", r.Rows, asked)
	}
	return fmt.Sprintf("已接收，全部计入：%d 行%s。", r.Rows, asked)
}

// faults counts what must be mended and what is to be verified, "" if nothing is.
func faults(r *finding.Return) string {
	var s []string
	if n := r.Count(finding.Error); n > 0 {
		s = append(s, fmt.Sprintf("%d 处必须修改", n))
	} else if r.ValuesEmptied > 0 {
		s = append(s, fmt.Sprintf("%d 处填写无法使用", r.ValuesEmptied))
	}
	if n := r.Count(finding.Warning); n > 0 {
		s = append(s, fmt.Sprintf("%d 处请核实", n))
	}
	if len(s) == 0 {
		return ""
	}
	return "，有 " + strings.Join(s, "、")
}

func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "！") {
		return s
	}
	return s + "。"
}

// decided is the verdict where an operator decided.
func decided(r *finding.Return) string {
	d := r.Decision
	switch holding(d) {
	case finding.Withdraw:
		s := "已作废：本表不再计入。"
		if d.Again != "" {
			s += "此前收到的 " + d.Again + " 恢复计入。"
		}
		return s
	case finding.Clear:
		return "已清零：自" + dateText(r.Cutoff) + "起，此前报送的《" + plainTitle(r) + "》各行不再计入。"
	case finding.Waive:
		return "已免报：" + periodText(r.Period) + "的《" + plainTitle(r) + "》不必报送。" + have(d, "此前已报送的 %s 照常计入。")
	case finding.Accept:
		if f := r.Uncounted(); f != nil {
			return "已放行，暂不计入：" + sentence(f.Message)
		}
		if r.Nil {
			return "已放行：按零报告登记。"
		}
		if r.RowsRefused > 0 {
			return fmt.Sprintf("已放行，部分计入：%d 行计入，%d 行未计入。", r.Rows, r.RowsRefused)
		}
		return fmt.Sprintf("已放行，全部计入：%d 行。", r.Rows)
	}
	switch d.Of { // taken back
	case finding.Clear:
		return "已撤销清零：此前报送的《" + plainTitle(r) + "》恢复计入。"
	case finding.Waive:
		s := "已撤销免报：" + periodText(r.Period) + "的《" + plainTitle(r) + "》"
		if d.Have != "" {
			return s + have(d, "已经报送（%s），不必再报。")
		}
		return s + "仍须报送。"
	}
	return judged(r)
}

// have says something of the return that is there already, "" where none is.
func have(d *finding.Decision, text string) string {
	if d.Have == "" {
		return ""
	}
	return fmt.Sprintf(text, d.Have)
}

// holding is the decision that holds, which an undone one gives way to; Undo where none does.
func holding(d *finding.Decision) finding.DecisionKind {
	if d.Kind == finding.Undo && d.Then != "" {
		return d.Then
	}
	return d.Kind
}

// standing says whether rows of a return count as things are, and whether all of them do.
func standing(r *finding.Return) (counts, whole bool) {
	counts = r.Outcome.Counts() || r.Outcome == finding.Duplicate && !r.OfRejected
	if r.Decision != nil {
		switch holding(r.Decision) {
		case finding.Withdraw:
			counts = false
		case finding.Accept:
			counts = true
		}
	}
	counts = counts && r.Uncounted() == nil
	return counts, counts && r.RowsRefused == 0 && r.Outcome != finding.Partial
}

// decision says who decided, when and why; "" where nobody did.
func decision(d *finding.Decision) string {
	if d == nil {
		return ""
	}
	what := map[finding.DecisionKind]string{finding.Accept: "放行", finding.Withdraw: "作废", finding.Clear: "清零", finding.Waive: "免报", finding.Undo: "撤销"}
	s := what[d.Kind]
	if d.Kind == finding.Undo {
		s = "撤销此前的" + what[d.Of]
	}
	by := d.By
	if by == "" {
		by = "管理员"
	}
	return fmt.Sprintf("%s由%s决定%s，原因：%s", timeText(d.At), by, s, sentence(d.Reason))
}

func plainTitle(r *finding.Return) string {
	return strings.NewReplacer("“", "", "”", "").Replace(formText(r))
}

// headline is the first line of a receipt: what became of the file.
func headline(report *finding.Report) string {
	if len(report.Returns) == 1 {
		return verdict(report.Returns[0])
	}
	var order []string
	titles := map[string][]string{}
	for _, r := range report.Returns {
		word, _, _ := strings.Cut(verdict(r), "：")
		if titles[word] == nil {
			order = append(order, word)
		}
		titles[word] = append(titles[word], plainTitle(r))
	}
	if len(order) == 1 {
		return fmt.Sprintf("%s：共 %d 张表，各表情况见下。", order[0], len(report.Returns))
	}
	var s []string
	for _, w := range order {
		s = append(s, w+" "+fmt.Sprint(len(titles[w]))+" 张（"+strings.Join(titles[w], "、")+"）")
	}
	return fmt.Sprintf("%s：共 %d 张表，%s。", outcomeName(report), len(report.Returns), strings.Join(s, "，"))
}

// outcomeName is the outcome of a file in the words of a file's name: the word of
// its returns where it is one, 部分计入 where some of them count and some don't.
func outcomeName(report *finding.Report) string {
	word := func(r *finding.Return) string { s, _, _ := strings.Cut(verdict(r), "："); return s }
	name, counts, mended, others, back := word(report.Returns[0]), 0, 0, 0, 0
	for _, r := range report.Returns {
		if word(r) != word(report.Returns[0]) {
			name = ""
		}
		some, whole := standing(r)
		if some && r.Outcome != finding.Duplicate {
			counts++
		}
		switch {
		case !whole:
			others++
			if !some && r.Uncounted() == nil {
				back++
			}
		case r.Count(finding.Error) > 0 && r.Decision == nil:
			mended++
		}
	}
	switch {
	case name != "":
		return name
	case others > 0 && counts > 0:
		return "部分计入"
	case back > 0:
		return "退回"
	case others > 0:
		return "已接收，暂不计入"
	case mended > 0:
		return "已接收，请改正"
	}
	return "已接收"
}

// counted says what counted and what didn't, and why.
func counted(r *finding.Return) []string {
	var s []string
	withdrawn := r.Decision != nil && holding(r.Decision) == finding.Withdraw
	accepted := r.Decision != nil && holding(r.Decision) == finding.Accept
	switch {
	case withdrawn:
		return []string{"本表各行不再计入，原件留存备查。"}
	case r.Decision != nil && (r.Decision.Kind == finding.Clear || r.Decision.Of == finding.Clear):
		return nil
	case r.Outcome == finding.Duplicate && r.OfRejected:
		return []string{"本次不计入；此前同样内容的报表已退回。"}
	case r.Outcome == finding.Duplicate:
		return []string{"本次不计入；此前收到的同一报表继续有效。"}
	case r.Outcome == finding.Rejected && !accepted:
		return []string{"本次全部不计入；此前已接收的报表（如有）继续有效。"}
	case r.Uncounted() != nil:
		s = append(s, fmt.Sprintf("读取 %d 行，已登记，暂不计入。", r.Rows))
	case r.Nil:
		s = append(s, "零报告，按已报送登记。")
	default:
		s = append(s, fmt.Sprintf("计入 %d 行。", r.Rows))
	}
	if r.RowsRefused > 0 {
		s = append(s, fmt.Sprintf("未计入 %d 行：必填内容缺失或有误，见“必须修改”各条。", r.RowsRefused))
	}
	if r.ValuesEmptied > 0 {
		s = append(s, fmt.Sprintf("%d 处填写内容无法使用，已按未填处理，所在行仍计入。", r.ValuesEmptied))
	}
	if not := r.NotRead(); not != "" {
		s = append(s, "未读取："+not+"。")
	}
	return s
}

// todo says what the sender is to do about a return, and by when; "" if nothing.
func todo(r *finding.Return) string {
	if r.Decision != nil {
		if s, all := afterDecision(r); all {
			return s
		}
	}
	uncounted := r.Uncounted()
	switch {
	case r.Ended && uncounted != nil: // mending it would help nobody
		return sentence(fit.OneLine(remedy(*uncounted)))
	case r.Outcome == finding.Duplicate && !r.OfRejected:
		return ""
	case r.Outcome == finding.Duplicate:
		return byWhen(r, r.ReceivedAt) + "按此前退回的回执改正后，重新报送整张表。"
	}
	s := toMend(r)
	warnings, other := r.Count(finding.Warning), ""
	if uncounted != nil {
		if s == "" {
			s = sentence(fit.OneLine(remedy(*uncounted)))
		}
		warnings, other = warnings-1, "其他"
	}
	if warnings > 0 {
		s += fmt.Sprintf(other+"“请核实”的 %d 处，有误请改正；确认无误的，在“核实说明”栏用一句话写明原因后重新报送本文件，以后不再提出。", warnings)
	}
	return s
}

// afterDecision says what is to be done once an operator has decided about a return; all is false where its findings say that.
func afterDecision(r *finding.Return) (s string, all bool) {
	d := r.Decision
	switch {
	case holding(d) == finding.Withdraw && d.Again == "":
		return "如仍须报送，请更正后重新报送整张表。", true
	case d.Then != "" || d.Have != "":
		return "", true
	case d.Kind == finding.Undo && d.Of == finding.Waive:
		return byWhen(r, d.At) + "报送。", true
	case d.Kind != finding.Undo || d.Of == finding.Clear || r.Outcome.Counts() && r.Count(finding.Error) == 0:
		return "", true
	}
	return "", false
}

// toMend asks for what has to be mended; "" where nothing has to.
func toMend(r *finding.Return) string {
	errors := r.Count(finding.Error)
	switch {
	case r.Outcome == finding.Rejected && errors == 1:
		how := ""
		for _, f := range r.Findings {
			if f.Severity == finding.Error && remedy(f) != "" {
				how = "怎样修改：" + sentence(fit.OneLine(remedy(f)))
			}
		}
		return byWhen(r, r.ReceivedAt) + "按下面“必须修改”的一条改正后，重新报送整张表。" + how
	case r.Outcome == finding.Rejected:
		return byWhen(r, r.ReceivedAt) + fmt.Sprintf("按下面“必须修改”的 %d 条改正后，重新报送整张表。", errors)
	case errors > 0:
		return byWhen(r, r.ReceivedAt) + fmt.Sprintf("改正“必须修改”的 %d 处，重新报送整张表。", errors)
	}
	return ""
}

// byWhen asks for something by the due time, or at once where that has passed.
func byWhen(r *finding.Return, at time.Time) string {
	switch {
	case r.DueAt.IsZero():
		return "请"
	case at.IsZero() || !at.After(r.DueAt):
		return "请于" + timeText(r.DueAt) + "前"
	}
	return "应报时间（" + timeText(r.DueAt) + "）已过，请尽快"
}

// steps says what the sender does next, in order; the first steps say what is
// asked for, the others how it is done in this workbook.
func steps(report *finding.Report) []string {
	var s []string
	errors, drawn := 0, false
	for _, r := range report.Returns {
		if t := todo(r); t != "" {
			if len(report.Returns) > 1 {
				t = plainTitle(r) + "：" + t
			}
			s = append(s, t)
			if r.Outcome != finding.Duplicate && !(r.Ended && r.Uncounted() != nil) {
				errors += r.Count(finding.Error)
			}
		}
		drawn = drawn || len(r.Findings) > 0
	}
	for _, skipped := range report.Skipped {
		if name, _, ok := strings.Cut(skipped, "："+finding.Unfilled); ok {
			s = append(s, name+"没有填写：应报的，请填好后报送；本期没有内容的，在表头下写“本期无”。")
		}
	}
	if len(s) == 0 {
		return []string{"无需处理。"}
	}
	if errors > 0 && drawn {
		s = append(s, "点“位置”一栏可直接跳到有问题的单元格；各表中标色的单元格带有批注，写明问题和改法。"+
			"在本工作簿里改好后保存，整份重新报送即可；“回执”页和批注不用删，系统会自动略过。")
	}
	return s
}
