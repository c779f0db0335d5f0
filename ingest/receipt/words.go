package receipt

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"taizhang/ingest/finding"
	"taizhang/internal/calendar"
)

// verdict says in one sentence what became of a return.
func verdict(r *finding.Return) string {
	switch r.Outcome {
	case finding.Duplicate:
		return "重复报送：内容与已收到的报表完全相同，不重复计入，无需处理。"
	case finding.Rejected:
		return "退回：本表没有计入，请修改后重新报送整张表。"
	}
	if r.Nil {
		s := "已接收：零报告（本期无新增内容）。"
		if n := r.Count(finding.Warning); n > 0 {
			s += fmt.Sprintf("有 %d 处请核实。", n)
		}
		return s
	}
	switch r.Outcome {
	case finding.Accepted:
		return fmt.Sprintf("已接收：%d 行全部计入。", r.Rows)
	case finding.Warned:
		return fmt.Sprintf("已接收：%d 行计入，有 %d 处请核实。", r.Rows, r.Count(finding.Warning))
	}
	if r.RowsRefused == 0 {
		return fmt.Sprintf("部分计入：%d 行计入，有 %d 处必须修改，请改正后重新报送整张表。", r.Rows, r.Count(finding.Error))
	}
	return fmt.Sprintf("部分计入：%d 行计入，%d 行未计入，请改正后重新报送整张表。", r.Rows, r.RowsRefused)
}

// counted says what counted and what didn't, and why.
func counted(r *finding.Return) []string {
	var s []string
	switch {
	case r.Outcome == finding.Duplicate:
		return []string{"本次不计入；此前收到的同一报表继续有效。"}
	case r.Outcome == finding.Rejected:
		return []string{"本次全部不计入；此前已接收的报表（如有）继续有效。"}
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

// superseded says which return this one takes the place of, "" if none.
func superseded(r *finding.Return) string {
	if r.Supersedes == "" {
		return ""
	}
	if !r.Outcome.Counts() {
		return "原报表 " + r.Supersedes + " 未被取代，继续有效。"
	}
	return "更正重报：本表取代原报表 " + r.Supersedes + "，原报表留存备查。"
}

// changed sums up what a correction changed.
func changed(r *finding.Return) string {
	n := map[finding.ChangeKind]int{}
	for _, c := range r.Changes {
		n[c.Kind]++
	}
	if len(r.Changes) == 0 {
		return "与原报表相比，计入的内容没有变化。"
	}
	return fmt.Sprintf("与原报表相比，新增 %d 行，减少 %d 行，改动 %d 处。", n[finding.Added], n[finding.Gone], n[finding.Changed])
}

func orEmpty(s string) string {
	if s == "" {
		return "（空）"
	}
	return s
}

// steps says what the sender does next, in order.
func steps(report *finding.Report) []string {
	errors, warnings := 0, 0
	for _, r := range report.Returns {
		if r.Outcome != finding.Duplicate {
			errors += r.Count(finding.Error)
			warnings += r.Count(finding.Warning)
		}
	}
	var s []string
	if errors > 0 {
		s = append(s, "点“位置”一栏可直接跳到有问题的单元格；各表中标色的单元格带有批注，写明问题和改法。",
			"在本工作簿里改好后保存，整份重新报送即可；“回执”页和批注不用删，系统会自动略过。")
	}
	if warnings > 0 {
		s = append(s, "“请核实”的内容有误请改正；确认无误的，在“核实说明”栏写明原因后重新报送本文件，以后不再提出。")
	}
	return s
}

func dateText(d calendar.Date) string {
	if d <= 0 { // NoDate, and a Return nobody filled in
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return dateText(calendar.Of(t)) + t.Format(" 15:04")
}

func periodText(p calendar.Period) string {
	switch {
	case !p.Valid():
		return "（无法确定）"
	case p.Kind == calendar.Month:
		return fmt.Sprintf("%d年%d月", p.Start.Year(), p.Start.Month())
	}
	year, week := p.Start.ISOWeek()
	end := p.End()
	return fmt.Sprintf("%d年第%d周（%d月%d日—%d月%d日）", year, week, p.Start.Month(), p.Start.Day(), end.Month(), end.Day())
}

func dueText(r *finding.Return) string {
	switch {
	case r.DueAt.IsZero():
		return "（无报送要求）"
	case r.Late:
		return timeText(r.DueAt) + "前，迟报"
	}
	return timeText(r.DueAt) + "前，按时"
}

func formText(r *finding.Return) string { return orUnknown(r.FormTitle) }

func submitterText(r *finding.Return) string { return orUnknown(r.SubmitterName) }

func orUnknown(s string) string {
	if s == "" {
		return "（无法识别）"
	}
	return s
}

// place says where a finding is.
func place(f finding.Finding) string {
	switch {
	case f.Sheet == "" && f.Cell == "":
		return "整个文件"
	case f.Sheet == "":
		return f.Cell
	case f.Cell == "":
		return f.Sheet
	}
	return f.Sheet + " " + f.Cell
}

// remedy says how to mend a finding.
func remedy(f finding.Finding) string {
	s := f.Hint
	if f.Suggest != "" {
		if s != "" {
			s += "\n"
		}
		s += "建议填写：" + f.Suggest
	}
	return s
}

// shortHash is as much of a file's hash as people compare.
func shortHash(hash string) string {
	if len(hash) > 12 {
		return hash[:12]
	}
	return hash
}

// number is the receipt's number: the return's, or the arrival's where a file
// brought several; "" for a check before handing in.
func number(report *finding.Report) string {
	switch {
	case report.Arrival == 0:
		return ""
	case len(report.Returns) == 1 && report.Returns[0].ID != "":
		return report.Returns[0].ID
	}
	return fmt.Sprintf("%06d", report.Arrival)
}

// worst is the gravest outcome in a file, the one its receipt is named by.
func worst(report *finding.Report) finding.Outcome {
	order := []finding.Outcome{finding.Rejected, finding.Partial, finding.Warned, finding.Accepted}
	for _, o := range order {
		for _, r := range report.Returns {
			if r.Outcome == o {
				return o
			}
		}
	}
	return finding.Duplicate
}

// Text gives a report on one screen, for chat and terminal: the outcome first,
// then the numbers, then the gravest findings with their cells and remedies.
func Text(report *finding.Report) string {
	var b strings.Builder
	each := max(1, 8/max(1, len(report.Returns)))
	for i, r := range report.Returns {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(verdict(r) + "\n")
		fmt.Fprintf(&b, "  %s · %s · %s\n", submitterText(r), formText(r), periodText(r.Period))
		if r.Outcome.Counts() || r.RowsRefused > 0 {
			b.WriteString("  " + strings.Join(counted(r), "") + "\n")
		}
		if s := superseded(r); s != "" {
			if b.WriteString("  " + s); r.Outcome.Counts() {
				b.WriteString(changed(r))
			}
			b.WriteString("\n")
		}
		if n := len(r.Explained); n > 0 {
			fmt.Fprintf(&b, "  已有核实说明 %d 条，不再提出。\n", n)
		}
		if r.Late {
			b.WriteString("  应于 " + timeText(r.DueAt) + " 前报送，迟报。\n")
		}
		shown, _ := spelled(r)
		for j, f := range shown {
			if j == each {
				fmt.Fprintf(&b, "  ……共 %d 条，其余见回执。\n", len(r.Findings))
				break
			}
			fmt.Fprintf(&b, "  [%s] %s：%s", f.Severity.Label(), place(f), f.Message)
			if f.Value != "" && !strings.Contains(f.Message, f.Value) {
				fmt.Fprintf(&b, "（现为“%s”）", clip(oneLine(f.Value), 20))
			}
			b.WriteString("\n")
			if s := remedy(f); s != "" {
				b.WriteString("      → " + oneLine(s) + "\n")
			}
		}
	}
	if len(report.Skipped) > 0 {
		b.WriteString("未读取的工作表：" + strings.Join(report.Skipped, "；") + "\n")
	}
	b.WriteString("文件：" + report.File)
	if n := number(report); n != "" {
		b.WriteString("  回执编号：" + n)
	}
	if !report.ReceivedAt.IsZero() {
		b.WriteString("  收到：" + timeText(report.ReceivedAt))
	}
	return b.String() + "\n"
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// textWidth is how wide a text is in columns of half-width characters.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0x20 || unicode.Is(unicode.Mn, r):
		case r < 0x1100 && r != '“' && r != '”':
			n++
		default:
			n += 2
		}
	}
	return n
}
