package cell

import (
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/units"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/zone"
)

const officeZone = `zone: 临江经开区
code: ljjkq
submitters:
  - {code: jfj, name: 经发局, kind: department, aliases: [经济发展局]}
  - {code: czj, name: 财政局, kind: department}
  - {code: qsj, name: 青山街道, kind: street, aliases: [青山街道办事处]}
`

// typers gives a typer for each built-in form, of returns for a period.
func typers(t testing.TB, period string) []*Typer {
	t.Helper()
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zone.Parse(filepath.Join(t.TempDir(), zone.FileName), []byte(officeZone), zone.Known{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := calendar.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	var out []*Typer
	for _, f := range set.Forms {
		lists := map[*forms.Column]map[string]string{}
		for k := range f.Columns {
			m := map[string]string{}
			for _, v := range f.Columns[k].Values {
				for _, x := range append([]string{v.Name}, v.Variants...) {
					m[written.Heading(x)] = v.Name
				}
			}
			lists[&f.Columns[k]] = m
		}
		out = append(out, &Typer{Register: units.New(z), Form: f, Period: p, Cutoff: p.End(), Keys: secret.Keys{"zone": []byte("zone key"), "tax": []byte("tax key")},
			Lists: lists, Private: f.Sensitive(), Dated: Dated{Zone: time.FixedZone("", 8*3600)}})
	}
	return out
}

// column finds a column of a form among typers.
func column(t testing.TB, all []*Typer, form, field string) (*Typer, *forms.Column) {
	t.Helper()
	for _, ty := range all {
		if ty.Form.ID == form {
			return ty, ty.Form.Column(field)
		}
	}
	t.Fatalf("no form %s", form)
	return nil, nil
}

// TestDateWays reads each example of the ways of writing a date by its own way and by none before it.
func TestDateWays(t *testing.T) {
	all := typers(t, "2026-11")
	for i, way := range dateWays {
		form, field := "problem", "deadline"
		c := sheet.Cell{Row: 1, Col: 1, Text: way.example, Kind: sheet.Text}
		switch way.name {
		case "a month's number":
			form, field = "assistance", "month"
			c.Kind, c.Num = sheet.Number, 7
		case "a stretch of months":
			form, field = "pension_deferral", "end_month"
		case "a day alone":
			form, field = "activity", "held_on"
		}
		ty, col := column(t, all, form, field)
		if form == "activity" { // a week's
			ty, col = column(t, typers(t, "2022-W33"), form, field)
		}
		for j, other := range dateWays[:i+1] {
			d := &dating{Typer: ty, c: &c, col: col, raw: c.Text, text: strings.ReplaceAll(written.Plain(c.Text), " ", "")}
			if ok, f := other.read(d); (ok || f != nil) != (j == i) {
				t.Errorf("%q, an example of %s, by the way of %s: %v %v", way.example, way.name, other.name, ok, f)
			}
		}
	}
}

// FuzzCell types one cell as every column of every form does: whatever stands there, the value is one that its SQL type
// takes, a fault says what is wrong, and nothing that looks like an identity or mobile number gets through.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"2022年7月5日", "二〇二二年七月", "7.5", "2022.1", "44742", "8月10日—12日", "1,234.50万元", "-3", "1e30", "85%", "１２", "９１４３０３００ＭＡ４Ｌ１６ＪＪ５５",
		"430304199001011231", "13812345678", "已办结（销号）", "产业局、财政局", "长期", "2026-11-02T16:00:00.000Z", "11/3/26", "Tue Nov 03 2026 00:00:00 GMT+0800", "已办结（未通过（市级）验收", "d" + strings.Repeat("|", 11_000), "", "—", "2022-02-30", "0000-00-00", "99999999999999999999", "一百二十三"} {
		f.Add(s, 0.0, uint8(0), "")
		f.Add(s, 44742.0, uint8(1), "yyyy-mm-dd")
		f.Add(s, 0.25, uint8(2), "0!.0000")
	}
	all := typers(f, "2022-07")
	f.Fuzz(func(t *testing.T, text string, num float64, kind uint8, format string) {
		if !utf8.ValidString(text) || math.IsNaN(num) || math.IsInf(num, 0) {
			return // the reader gives neither
		}
		c := sheet.Cell{Row: 1, Col: 1, Text: text, Format: format, Kind: sheet.Text}
		switch kind % 3 {
		case 1:
			c.Kind, c.Num = sheet.Number, num
			c.Text = strconv.FormatFloat(num, 'f', -1, 64)
		case 2:
			if num < 1 || num > 2958465 {
				return
			}
			c.Kind, c.Num, c.Text = sheet.Date, num, written.SerialDate(num).String()
		}
		for _, ty := range all {
			for k := range ty.Form.Columns {
				checkTyped(t, ty, c, &ty.Form.Columns[k])
			}
		}
	})
}

func checkTyped(t *testing.T, ty *Typer, c sheet.Cell, col *forms.Column) {
	t.Helper()
	v, fault := ty.Read(&c, col, Facts{})
	if fault != nil && fault.Message == "" || v.Set && v.Text == "" {
		t.Fatalf("%s of %q: %+v %+v", col.Field, c.Text, v, fault)
	}
	if !v.Set {
		return
	}
	switch col.Type {
	case forms.Date, forms.Month:
		if _, err := calendar.ParseDate(v.Text); err != nil {
			t.Fatalf("%s of %q: date %q", col.Field, c.Text, v.Text)
		}
	case forms.Int, forms.Money, forms.Percent:
		if strings.Trim(v.Text, "0123456789.") != "" || strings.Count(v.Text, ".") > 1 {
			t.Fatalf("%s of %q: number %q", col.Field, c.Text, v.Text)
		}
	case forms.Text, forms.Unit, forms.Code:
		if masked := secret.MaskText(v.Text); masked != v.Text {
			t.Fatalf("%s of %q: %q shows a number of a person", col.Field, c.Text, v.Text)
		}
	}
}

// TestDatesAlike: a date that is written again is read as it was; one without its year goes by its own row each time.
func TestDatesAlike(t *testing.T) {
	var typer *Typer
	var deadline *forms.Column
	for _, ty := range typers(t, "2026-W40") {
		for k := range ty.Form.Columns {
			if c := &ty.Form.Columns[k]; c.Type == forms.Date && c.Role == forms.Deadline && deadline == nil {
				typer, deadline = ty, c
			}
		}
	}
	assigned := calendar.NoDate
	typer.Assigned = func() calendar.Date { return assigned }
	for _, c := range []struct {
		text     string
		assigned calendar.Date
		want     string
	}{
		{"2026-11-03", calendar.NewDate(2026, 9, 1), "2026-11-03"},
		{"2026-11-03", calendar.NewDate(2025, 9, 1), "2026-11-03"},
		{"11月3日", calendar.NewDate(2026, 9, 1), "2026-11-03"},
		{"11月3日", calendar.NewDate(2024, 12, 1), "2025-11-03"},
		{"11月3日", calendar.NewDate(2026, 9, 1), "2026-11-03"},
	} {
		assigned = c.assigned
		v, f := typer.Read(&sheet.Cell{Kind: sheet.Text, Text: c.text}, deadline, Facts{})
		if f != nil || v.Text != c.want {
			t.Errorf("%s of an item assigned on %s: %s (%v), want %s", c.text, c.assigned, v.Text, f, c.want)
		}
	}
}
