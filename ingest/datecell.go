package ingest

import (
	"regexp"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/sheet"
	"taizhang/internal/calendar"
)

// readDate reads a cell as a date or month, by the role its column has in time.
func (t *typer) readDate(c *sheet.Cell, raw string, col *forms.Column) (value, *fault) {
	w, guessed, ok := cellDate(*c)
	if col.Type == forms.Month && !ok && c.Kind == sheet.Number && c.Num >= 1 && c.Num <= 12 && c.Num == float64(int(c.Num)) {
		w, ok = wrote{month: int(c.Num)}, true
	}
	if !ok && col.Role == forms.Deadline {
		if m := yearEnd.FindStringSubmatch(plain(raw)); m != nil {
			w, ok = wrote{year: atoi(m[1]), month: 12, day: 31}, true
		} else if c.Kind == sheet.Text {
			w, ok = lastOf(raw)
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
	if ok && w.tenth {
		if w.day = 1; t.period.Contains(w.date(w.year)) {
			guessed = true
		} else if w.month = 1; t.period.Contains(w.date(w.year)) || calendar.NewDate(w.year, 10, 1) > t.cutoff && col.Role == forms.Fact {
			w.month = 1
		} else {
			return value{}, bad("type", "「%s」是数字 %s，分不清是1月还是10月", col.Title, t.quote(raw, 20)).mend("请按 2022-10 的样子填写，并把该列设为文本格式")
		}
	}
	if !ok {
		hint := "请按 2022-07-05 的样子填写，或用 Excel 日期格式"
		if col.OpenEnded != nil {
			hint = t.deadlineHint(raw, col, hint)
		}
		if c.Kind == sheet.Number && decimalDate.MatchString(c.Text) {
			hint = "数字 " + c.Text + " 分不清是几日（末尾的0会被 Excel 去掉），请按 2022-07-05 的样子填写"
		}
		if col.Type == forms.Month {
			hint = "请按 2022-07 的样子填写"
		}
		if noSuchDay.MatchString(strings.ReplaceAll(plain(raw), " ", "")) {
			return value{}, bad("type", "「%s」%s 没有这一天", col.Title, t.quote(raw, 30)).mend("请核对月份和日期")
		}
		return value{}, bad("type", "「%s」应填%s，现为“%s”", col.Title, dateWord(col), t.quote(raw, 30)).mend("%s", hint)
	}
	year := w.year
	if year == 0 {
		year = t.period.End().Year()
		if t.period.Kind == calendar.Month {
			year = t.period.Start.Year()
		}
	}
	if col.Type == forms.Month {
		w.day = 1
	} else if w.day == 0 {
		if col.Role != forms.Deadline {
			return value{}, bad("type", "「%s」只有月份，缺少“日”：“%s”", col.Title, t.quote(raw, 30)).mend("请填写到日，如 2022-07-05")
		}
		w.day = lastDay(year, w.month)
	}
	d := w.date(year)
	assumed := false
	if w.year == 0 && col.Role == forms.Fact && d > t.cutoff {
		assumed = d <= t.cutoff+31
		d = w.date(year - 1)
	}
	if d.Year() < 1949 || d.Year() > 2100 {
		return value{}, bad("range", "「%s」年份不合理：%s", col.Title, d).mend("请核对年份")
	}
	v := value{set: true, text: d.String(), date: d}
	switch {
	case stretch:
		return v, doubt("date_range", "「%s」写的是一段时间“%s”，按 %s 计", col.Title, t.quote(raw, 30), d).mend("请只填一个日期")
	case guessed && strings.Contains(c.Text, "."):
		return v, doubt("date_decimal", "「%s」是小数 %s，读作 %s", col.Title, t.quote(raw, 20), d).mend("请按 2022-07-05 的样子填写，并把该列设为文本或日期格式")
	case guessed:
		return v, doubt("date_serial", "「%s」是数字 %s，按 Excel 日期序号读作 %s", col.Title, t.quote(raw, 20), d).mend("请把该格设为日期格式后核对")
	case assumed:
		return v, doubt("year_assumed", "「%s」“%s”没有写年份，按当年则晚于截至日期 %s，读作 %s", col.Title, t.quote(raw, 20), t.cutoff, d).mend("请写明年份")
	case w.year != 0 && col.Role == forms.Fact && col.Type == forms.Date && d > t.cutoff:
		return v, doubt("after_cutoff", "「%s」%s 晚于本报表的截至日期 %s", col.Title, d, t.cutoff).mend("请核对日期，尤其是年份")
	}
	return v, nil
}

// stretch reads 8月10日—12日 in a cell for one date: a fact began on its first day, a deadline is its last.
func (t *typer) stretch(raw string, col *forms.Column) (wrote, bool) {
	if col.Type != forms.Date || len(raw) > 60 {
		return wrote{}, false
	}
	sp, ok := readStretch(strings.ReplaceAll(plain(raw), " ", ""), t.cutoff)
	if !ok || !dateStretch.MatchString(strings.ReplaceAll(plain(raw), " ", "")) {
		return wrote{}, false
	}
	d := sp.from
	if col.Role == forms.Deadline {
		d = sp.to
	}
	return wrote{year: d.Year(), month: int(d.Month()), day: d.Day()}, true
}

// monthSpan reads 2024年7月至12月 as the month that the column is for: where it begins, or where it ends.
func (t *typer) monthSpan(raw string, col *forms.Column) (wrote, bool) {
	s := strings.ReplaceAll(plain(raw), " ", "")
	if !dateStretch.MatchString(s) {
		return wrote{}, false
	}
	sp, ok := readStretch(monthMark.ReplaceAllString(s, "${1}年${2}月"), t.cutoff)
	if !ok {
		return wrote{}, false
	}
	d := sp.from
	if col.Role == forms.Deadline {
		d = sp.to
	}
	return wrote{year: d.Year(), month: int(d.Month())}, true
}

// monthMark is a month written with a point: 2024.7 in 2024.7-2024.12.
var monthMark = regexp.MustCompile(`(\d{4})[./](\d{1,2})月?`)

var dateStretch = regexp.MustCompile(`^[\d年月日./\-—–~～至到]+$`)

// deadlineHint says how to write a deadline that is no day: 长期 needs a status that says so, other words need a day.
func (t *typer) deadlineHint(raw string, col *forms.Column, hint string) string {
	status := t.form.Column(col.OpenEnded.Field)
	if isOneOf(heading(raw), col.OpenEnded.Words) {
		return "只有「" + status.Title + "」为“" + strings.Join(col.OpenEnded.Values, "”或“") + "”的才可以写长期；请改「" + status.Title + "」，或填一个具体日期，如 2022-07-05"
	}
	return hint + "；没有具体期限的，「" + status.Title + "」填“" + col.OpenEnded.Values[0] + "”，本列填“长期”"
}

// noSuchDay is written like a date, and is none: 2022-11-31.
var noSuchDay = regexp.MustCompile(`^\d{4}[-./年]\d{1,2}[-./月]\d{1,2}[日号]?$`)
