package workbook

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// TestStreamGoesOn: where a sheet is full the next one has the head too, and no row is lost.
func TestStreamGoesOn(t *testing.T) {
	for _, n := range []int{0, 1, 3, 4, 250, 1000} {
		var b bytes.Buffer
		s := NewStream(&b, []string{"甲", "n"})
		s.most = 3
		for i := range n {
			if err := s.Row([]any{"行", int64(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if want := max(1, (n+2)/3); s.Sheets() != want {
			t.Errorf("%d rows: %d sheets, want %d", n, s.Sheets(), want)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name)
			if err != nil || len(rows) == 0 || rows[0][0] != "甲" {
				t.Fatalf("%d rows, %s: %v %v", n, name, rows, err)
			}
			total += len(rows) - 1
		}
		if total != n {
			t.Errorf("%d rows arrived of %d", total, n)
		}
	}
}

func TestStreamKeepsValues(t *testing.T) {
	var b bytes.Buffer
	s := NewStream(&b, []string{"x"})
	at := time.Date(2022, 8, 15, 12, 34, 56, 0, time.UTC)
	values := []any{int64(123456789012345), int64(1234567890123456), json.Number("12345678901234.56"), json.Number("1.50"), 0.1, Day(at), Moment(at), Day(time.Date(1800, 1, 2, 0, 0, 0, 0, time.UTC)), "=1+1", " a\x1b<b>&_x0041_\n", true, nil}
	for _, v := range values {
		if err := s.Row([]any{v}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows[1:] {
		got = append(got, strings.Join(r, ""))
	}
	want := []string{"123456789012345", "1234567890123456", "12345678901234.56", "1.50", "0.1", "2022-08-15", "2022-08-15 12:34:56", "1800-01-02", "=1+1", " a\x1b<b>&_x0041_\n", "TRUE"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q\nwant %q", got, want)
	}
	if kind, err := f.GetCellType("Sheet1", "A3"); err != nil || kind != excelize.CellTypeInlineString {
		t.Error("a number of 16 digits is no text:", kind, err)
	}
	if err := NewStream(&b, []string{"x"}).row([]any{strings.Repeat("长", longestCell+1)}); err == nil {
		t.Error("a text was cut without a word")
	}
}
