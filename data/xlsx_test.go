package data

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Every formula carries its stored value, as Excel leaves it: without one a sheet shows nothing to a reader that doesn't calculate.
func TestFormulasHaveStoredValues(t *testing.T) {
	all, err := Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	formulas := 0
	for _, d := range all {
		if !strings.HasPrefix(d.Path, "财政局/") {
			continue
		}
		f, err := excelize.OpenReader(bytes.NewReader(d.Content))
		if err != nil {
			t.Fatalf("%s: %v", d.Path, err)
		}
		sheet := f.GetSheetList()[0]
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, stored := range row {
				ref := columnName(c+1) + strconv.Itoa(r+1)
				formula, err := f.GetCellFormula(sheet, ref)
				if err != nil {
					t.Fatal(err)
				}
				if formula == "" {
					continue
				}
				formulas++
				if _, err := strconv.ParseFloat(stored, 64); err != nil {
					t.Errorf("%s!%s: %s stored as %q", d.Path, ref, formula, stored)
				}
				if kind, _ := f.GetCellType(sheet, ref); kind == excelize.CellTypeFormula {
					t.Errorf("%s!%s: stored as text", d.Path, ref)
				}
			}
		}
	}
	if formulas < 12 {
		t.Errorf("only %d formulas", formulas)
	}
}

// Hidden rows are data, so some office must hide some.
func TestSomeRowsAreHidden(t *testing.T) {
	p := find(t, mustTruth(t), "建设局", "problem", "2022-W32")
	hidden := 0
	for _, r := range layoutOf(p.form, p.submitter).lay(p, 0)[0].rows {
		if r.hidden {
			hidden++
		}
	}
	if hidden == 0 || hidden > len(p.rows)/2 {
		t.Errorf("%d of %d rows hidden", hidden, len(p.rows))
	}
}
