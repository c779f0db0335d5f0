package queries

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/metric"
)

func TestCellFeedsFigures(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	for cell, want := range map[string]string{
		"2-1!表1!H6":             "problems_closed[value]0/<nil> closure_rate[num]0/1 problems_long_term[value]0/<nil> problems_closed_week[value]0/<nil> problems_overdue[value]1/<nil>",
		"问题台账32.xlsx!表1!$H$7":   "problems_closed[value]0/<nil>",
		"产业局/问题台账32.xlsx!表1!B6": "no metric uses the column 标题problem_no; it is shown in ",
		"2-1!表1!C6":             "column C of the sheet was not read as a column of problem",
		"2-1!表1!H3":             "row 3 is not among the data rows",
		"2-1!表1!H50":            "row 50 is no data row",
	} {
		a, err := ParseCell(cell)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Cell(ctx, a)
		if err != nil || len(got) != 1 {
			t.Fatal(cell, got, err)
		}
		text := got[0].Note
		for _, u := range got[0].Uses {
			text += fmt.Sprintf("%s[%s]%v/%v ", u.Metric.ID, strings.Join(u.Parts, ","), u.Contributes, u.ContributesDen)
		}
		if !strings.HasPrefix(text, want) {
			t.Errorf("%s:\n got %s\nwant %s", cell, text, want)
		}
	}
	for cell, want := range map[string]string{"2-1!H6": "FILE!SHEET!A1", "2-1!表1!6H": "FILE!SHEET!A1"} {
		if _, err := ParseCell(cell); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", cell, err)
		}
	}
	for cell, want := range map[string]string{"问题台帐32.xlsx!表1!H6": "did you mean", "2-1!表2!H6": "no sheet \"表2\""} {
		a, err := ParseCell(cell)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Cell(ctx, a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", cell, err)
		}
	}
}

// TestCellIsTheWayBack: for every metric, from the cells of a traced row that
// the metric reads the way leads back to it, with the same contribution.
func TestCellIsTheWayBack(t *testing.T) {
	ctx := context.Background()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := randomReader(t, seed)
	found := 0
	for _, m := range r.Catalogue.Metrics {
		if m.Fact.Mode == metric.Obligation {
			continue
		}
		rows, err := r.Trace(ctx, Ask{Metrics: []string{m.ID}})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			continue
		}
		row := rows[int(seed%uint64(len(rows)))]
		fed := false
		for _, c := range row.Cells {
			got, err := r.Cell(ctx, CellAsk{File: row.Return, Sheet: row.Sheet, Cell: c.Address})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || got[0].Field != c.Field {
				t.Fatalf("%s: %+v, want %s", c.Address, got, c.Field)
			}
			i := slices.IndexFunc(got[0].Uses, func(u CellUse) bool { return u.Metric == m })
			if i < 0 {
				continue
			}
			u := got[0].Uses[i]
			fed = fed || len(u.Parts) > 0
			if !sameValue(u.Contributes, row.Contributes) || !sameValue(u.ContributesDen, row.ContributesDen) {
				t.Errorf("%s, %s: adds %v/%v, by its trace %v/%v", m.ID, c.Address, u.Contributes, u.ContributesDen, row.Contributes, row.ContributesDen)
			}
		}
		bare := m.Fact.Mode == metric.Ledger && !m.IsRatio() && m.Value.Expr == "" && m.Value.Where == "" // counts rows whatever they hold
		if fed == bare {
			t.Errorf("%s is fed by a cell: %v", m.ID, fed)
		}
		found++
	}
	if found < 20 {
		t.Errorf("only %d metrics have rows", found)
	}
}
