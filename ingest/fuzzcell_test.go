package ingest

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"taizhang/ingest/cell"
	"taizhang/ingest/forms"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
)

// FuzzCell types one cell as every column of every form does: whatever stands there, the value is one that its SQL type
// takes, a fault says what is wrong, and nothing that looks like an identity or mobile number gets through.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"2022年7月5日", "二〇二二年七月", "7.5", "2022.1", "44742", "8月10日—12日", "1,234.50万元", "-3", "1e30", "85%", "１２", "９１４３０３００ＭＡ４Ｌ１６ＪＪ５５",
		"430304199001011231", "13812345678", "已办结（销号）", "产业局、财政局", "长期", "", "—", "2022-02-30", "0000-00-00", "99999999999999999999", "一百二十三"} {
		f.Add(s, 0.0, uint8(0), "")
		f.Add(s, 44742.0, uint8(1), "yyyy-mm-dd")
		f.Add(s, 0.25, uint8(2), "0!.0000")
	}
	in := testIntake(f, officeZone)
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
		period, err := calendar.ParsePeriod("2022-07")
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range in.Forms.Forms {
			ty := &cell.Typer{Register: in.read.Units, Form: form, Period: period, Cutoff: calendar.NewDate(2022, time.July, 31), Keys: in.Keys, Lists: in.read.Vocab.Lists, Private: form.Sensitive()}
			for k := range form.Columns {
				checkTyped(t, ty, c, &form.Columns[k])
			}
		}
	})
}

func checkTyped(t *testing.T, ty *cell.Typer, c sheet.Cell, col *forms.Column) {
	t.Helper()
	v, fault := ty.Read(&c, col, cell.Facts{})
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
