package receipt

import (
	"fmt"
	"strings"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/fit"
	"taizhang/internal/calendar"
)

// superseded says which return this one takes the place of, "" if none.
func superseded(r *finding.Return) string {
	if r.Supersedes == "" || r.Decision != nil && holding(r.Decision) == finding.Withdraw { // then it takes nothing's place
		return ""
	}
	if !r.Outcome.Counts() && (r.Decision == nil || holding(r.Decision) != finding.Accept) {
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
	var s []string
	for _, k := range []finding.ChangeKind{finding.Added, finding.Gone, finding.Refused} {
		if n[k] > 0 {
			s = append(s, fmt.Sprintf("%s %d 行", k.Label(), n[k]))
		}
	}
	if n[finding.Changed] > 0 {
		s = append(s, fmt.Sprintf("改动 %d 处", n[finding.Changed]))
	}
	text := "与原报表相比，" + strings.Join(s, "，") + "。"
	if n[finding.Refused] > 0 {
		text += "未计入的行仍在表中，因本次填写有误而没有计入，改正后即可计入。"
	}
	return text
}

func orEmpty(s string) string {
	if s == "" {
		return "（空）"
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
	if !p.Valid() {
		return "（无法确定）"
	}
	return p.Chinese()
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
	case f.Cell == "" && f.Row > 0: // of a column that the sheet lacks
		return fmt.Sprintf("%s 第%d行", f.Sheet, f.Row)
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

// Text gives a report on one screen, for chat and terminal: the outcome first,
// then what to do, the numbers, and the gravest findings with their cells and remedies.
func Text(report *finding.Report, office Office) string {
	var b strings.Builder
	each := max(1, 8/max(1, len(report.Returns)))
	if len(report.Returns) > 1 {
		b.WriteString(headline(report) + "\n")
	}
	for i, r := range report.Returns {
		if len(report.Returns) > 1 {
			b.WriteString("\n" + ordinal(i+1) + "、")
		}
		b.WriteString(verdict(r) + "\n")
		if s := todo(r); s != "" {
			b.WriteString("  " + s + "\n")
		}
		if s := decision(r.Decision); s != "" {
			b.WriteString("  " + s + "\n")
		}
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
				fmt.Fprintf(&b, "（现为“%s”）", fit.Clip(fit.OneLine(f.Value), 20))
			}
			b.WriteString("\n")
			if s := remedy(f); s != "" {
				b.WriteString("      → " + fit.OneLine(s) + "\n")
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
	if office.Contact != "" {
		b.WriteString("\n有疑问请联系：" + fit.OneLine(office.Contact))
	}
	return b.String() + "\n"
}
