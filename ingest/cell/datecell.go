package cell

import (
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/finding"
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
			return Value{}, because(finding.DecimalMonth(col.Title, t.Quote(raw, 20)))
		}
	}
	if !ok {
		return Value{}, because(t.notDate(c, raw, col))
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
			return Value{}, because(finding.DayMissing(col.Title, t.Quote(raw, 30)))
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
		return Value{}, because(finding.YearUnlikely(col.Title, d.String()))
	}
	v := Value{Set: true, Text: d.String(), Date: d}
	switch {
	case stretch:
		return v, because(finding.DateRange(col.Title, t.Quote(raw, 30), d.String()))
	case guessed && strings.Contains(c.Text, "."):
		return v, because(finding.DateDecimal(col.Title, t.Quote(raw, 20), d.String()))
	case guessed:
		return v, because(finding.DateSerial(col.Title, t.Quote(raw, 20), d.String()))
	case assumed:
		return v, because(finding.YearAssumed(col.Title, t.Quote(raw, 20), t.Cutoff.String(), d.String()))
	case w.Year != 0 && col.Role == forms.Fact && col.Type == forms.Date && d > t.Cutoff:
		return v, because(finding.AfterCutoff(col.Title, d.String(), t.Cutoff.String()))
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

// notDate says what is wrong with a cell that is no date. A deadline that is no day needs a status that says so.
func (t *Typer) notDate(c *sheet.Cell, raw string, col *forms.Column) finding.Finding {
	text := t.Quote(raw, 30)
	if f := noDay(col.Title, text, strings.ReplaceAll(written.Plain(raw), " ", ""), t.Period.Start.Year()); f != nil {
		return *f
	}
	switch {
	case noSuchDay.MatchString(strings.ReplaceAll(written.Plain(raw), " ", "")):
		return finding.NoSuchDay(col.Title, text)
	case col.Type == forms.Month:
		return finding.NotMonth(col.Title, text)
	case c.Kind == sheet.Number && written.DecimalDate.MatchString(c.Text):
		return finding.DecimalDate(col.Title, text, c.Text)
	case col.OpenEnded == nil:
		return finding.NotDate(col.Title, text)
	}
	status := t.Form.Column(col.OpenEnded.Field)
	if slices.Contains(col.OpenEnded.Words, written.Heading(raw)) {
		return finding.OpenEndedNotAllowed(col.Title, text, status.Title, col.OpenEnded.Values)
	}
	return finding.NotDeadline(col.Title, text, status.Title, col.OpenEnded.Values[0])
}

// noDay says of what is written like a day what is wrong with it: its year, or that its month is shorter; nil where neither is.
func noDay(column, shown, text string, year int) *fault {
	m := dayLike.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	month, day := written.Atoi(m[2]), written.Atoi(m[3])
	if m[1] != "" {
		year = written.Atoi(m[1])
	}
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return nil
	}
	days := written.LastDay(year, month)
	if year < 1949 || year > 2100 {
		return because(finding.YearUnlikely(column, shown))
	}
	if day > days {
		return because(finding.DayBeyondMonth(column, shown, month, days))
	}
	return nil
}

// dayLike is written like a day, with its year or without.
var dayLike = regexp.MustCompile(`^(?:(\d{4})[-./年])?(\d{1,2})[-./月](\d{1,2})[日号]?$`)

// noSuchDay is written like a date, and is none: 2022-11-31.
var noSuchDay = regexp.MustCompile(`^\d{4}[-./年]\d{1,2}[-./月]\d{1,2}[日号]?$`)
