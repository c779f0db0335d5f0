package cell

import (
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// readDate reads a cell as a date or month, by the role its column has in time.
func (t *Typer) readDate(c *sheet.Cell, raw string, col *forms.Column) (Value, *fault) {
	w, guessed, ok := written.CellDate(*c)
	if col.Type == forms.Month && !ok && c.Kind == sheet.Number && c.Num >= 1 && c.Num <= 12 && c.Num == float64(int(c.Num)) {
		w, ok = written.Wrote{Month: int(c.Num)}, true
	}
	if !ok && col.Role == forms.Deadline {
		if m := written.YearEnd.FindStringSubmatch(written.Plain(raw)); m != nil {
			w, ok = written.Wrote{Year: written.Atoi(m[1]), Month: 12, Day: 31}, true
		} else if c.Kind == sheet.Text {
			w, ok = written.LastOf(raw)
		}
	}
	stretch := false
	if !ok && c.Kind == sheet.Text {
		w, ok = t.stretch(raw, col)
		stretch = ok
	}
	if !ok && col.Type == forms.Month && c.Kind == sheet.Text {
		w, ok = t.monthSpan(raw, col)
	}
	if ok && w.Tenth {
		if w.Day = 1; t.Period.Contains(w.Date(w.Year)) {
			guessed = true
		} else if w.Month = 1; t.Period.Contains(w.Date(w.Year)) || calendar.NewDate(w.Year, 10, 1) > t.Cutoff && col.Role == forms.Fact {
			w.Month = 1
		} else {
			return Value{}, bad("type", "「%s」是数字 %s，分不清是1月还是10月", col.Title, t.Quote(raw, 20)).mend("请按 2022-10 的样子填写，并把该列设为文本格式")
		}
	}
	if !ok {
		hint := "请按 2022-07-05 的样子填写，或用 Excel 日期格式"
		if col.OpenEnded != nil {
			hint = t.deadlineHint(raw, col, hint)
		}
		if c.Kind == sheet.Number && written.DecimalDate.MatchString(c.Text) {
			hint = "数字 " + c.Text + " 分不清是几日（末尾的0会被 Excel 去掉），请按 2022-07-05 的样子填写"
		}
		if col.Type == forms.Month {
			hint = "请按 2022-07 的样子填写"
		}
		if noSuchDay.MatchString(strings.ReplaceAll(written.Plain(raw), " ", "")) {
			return Value{}, bad("type", "「%s」%s 没有这一天", col.Title, t.Quote(raw, 30)).mend("请核对月份和日期")
		}
		return Value{}, bad("type", "「%s」应填%s，现为“%s”", col.Title, dateWord(col), t.Quote(raw, 30)).mend("%s", hint)
	}
	year := w.Year
	if year == 0 {
		year = t.Period.End().Year()
		if t.Period.Kind == calendar.Month {
			year = t.Period.Start.Year()
		}
	}
	if col.Type == forms.Month {
		w.Day = 1
	} else if w.Day == 0 {
		if col.Role != forms.Deadline {
			return Value{}, bad("type", "「%s」只有月份，缺少“日”：“%s”", col.Title, t.Quote(raw, 30)).mend("请填写到日，如 2022-07-05")
		}
		w.Day = written.LastDay(year, w.Month)
	}
	d := w.Date(year)
	assumed := false
	if w.Year == 0 && col.Role == forms.Fact && d > t.Cutoff {
		assumed = d <= t.Cutoff+31
		d = w.Date(year - 1)
	}
	if d.Year() < 1949 || d.Year() > 2100 {
		return Value{}, bad("range", "「%s」年份不合理：%s", col.Title, d).mend("请核对年份")
	}
	v := Value{Set: true, Text: d.String(), Date: d}
	switch {
	case stretch:
		return v, doubt("date_range", "「%s」写的是一段时间“%s”，按 %s 计", col.Title, t.Quote(raw, 30), d).mend("请只填一个日期")
	case guessed && strings.Contains(c.Text, "."):
		return v, doubt("date_decimal", "「%s」是小数 %s，读作 %s", col.Title, t.Quote(raw, 20), d).mend("请按 2022-07-05 的样子填写，并把该列设为文本或日期格式")
	case guessed:
		return v, doubt("date_serial", "「%s」是数字 %s，按 Excel 日期序号读作 %s", col.Title, t.Quote(raw, 20), d).mend("请把该格设为日期格式后核对")
	case assumed:
		return v, doubt("year_assumed", "「%s」“%s”没有写年份，按当年则晚于截至日期 %s，读作 %s", col.Title, t.Quote(raw, 20), t.Cutoff, d).mend("请写明年份")
	case w.Year != 0 && col.Role == forms.Fact && col.Type == forms.Date && d > t.Cutoff:
		return v, doubt("after_cutoff", "「%s」%s 晚于本报表的截至日期 %s", col.Title, d, t.Cutoff).mend("请核对日期，尤其是年份")
	}
	return v, nil
}

// stretch reads 8月10日—12日 in a cell for one date: a fact began on its first day, a deadline is its last.
func (t *Typer) stretch(raw string, col *forms.Column) (written.Wrote, bool) {
	if col.Type != forms.Date || len(raw) > 60 {
		return written.Wrote{}, false
	}
	sp, ok := written.ReadStretch(strings.ReplaceAll(written.Plain(raw), " ", ""), t.Cutoff)
	if !ok || !dateStretch.MatchString(strings.ReplaceAll(written.Plain(raw), " ", "")) {
		return written.Wrote{}, false
	}
	d := sp.From
	if col.Role == forms.Deadline {
		d = sp.To
	}
	return written.Wrote{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}, true
}

// monthSpan reads 2024年7月至12月 as the month that the column is for: where it begins, or where it ends.
func (t *Typer) monthSpan(raw string, col *forms.Column) (written.Wrote, bool) {
	s := strings.ReplaceAll(written.Plain(raw), " ", "")
	if !dateStretch.MatchString(s) {
		return written.Wrote{}, false
	}
	sp, ok := written.ReadStretch(monthMark.ReplaceAllString(s, "${1}年${2}月"), t.Cutoff)
	if !ok {
		return written.Wrote{}, false
	}
	d := sp.From
	if col.Role == forms.Deadline {
		d = sp.To
	}
	return written.Wrote{Year: d.Year(), Month: int(d.Month())}, true
}

// monthMark is a month written with a point: 2024.7 in 2024.7-2024.12.
var monthMark = regexp.MustCompile(`(\d{4})[./](\d{1,2})月?`)

var dateStretch = regexp.MustCompile(`^[\d年月日./\-—–~～至到]+$`)

// deadlineHint says how to write a deadline that is no day: 长期 needs a status that says so, other words need a day.
func (t *Typer) deadlineHint(raw string, col *forms.Column, hint string) string {
	status := t.Form.Column(col.OpenEnded.Field)
	if slices.Contains(col.OpenEnded.Words, written.Heading(raw)) {
		return "只有「" + status.Title + "」为“" + strings.Join(col.OpenEnded.Values, "”或“") + "”的才可以写长期；请改「" + status.Title + "」，或填一个具体日期，如 2022-07-05"
	}
	return hint + "；没有具体期限的，「" + status.Title + "」填“" + col.OpenEnded.Values[0] + "”，本列填“长期”"
}

// noSuchDay is written like a date, and is none: 2022-11-31.
var noSuchDay = regexp.MustCompile(`^\d{4}[-./年]\d{1,2}[-./月]\d{1,2}[日号]?$`)
