package weekly

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// TestStillOwedIsSaidAlike: how many returns page one says are still missing is the total that 报送情况 shows under 仍缺, to
// which the sentence leads; 缺报 of the year beside it also counts the ledgers that a later one has made good.
func TestStillOwedIsSaidAlike(t *testing.T) {
	said := 0
	for seed := range uint64(3) {
		b, err := Build(context.Background(), randomReader(t, seed+1), warehouse.Point{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		page := ""
		for _, x := range b.Sheets[0].Blocks {
			if n, ok := x.(workbook.Note); ok && strings.HasPrefix(n.Text, "至今仍缺报表") {
				page = n.Text
				if n.Link == nil || n.Link.Table != "reporting" {
					t.Errorf("%s leads to %+v", page, n.Link)
				}
			}
		}
		for _, s := range b.Sheets {
			for _, x := range s.Blocks {
				if tab, ok := x.(workbook.Table); ok && tab.ID == "reporting" {
					at, sum := titles(tab)["仍缺"], int64(0)
					for _, r := range tab.Rows {
						n, _ := r[at].(int64)
						sum += n
					}
					if sum > 0 && !strings.HasPrefix(page, fmt.Sprintf("至今仍缺报表%d份", sum)) || sum == 0 && page != "" {
						t.Errorf("seed %d: page one says %q, the table sums up to %d", seed+1, page, sum)
					}
					said++
				}
			}
		}
	}
	if said != 3 {
		t.Errorf("%d tables were found", said)
	}
}

// TestUnitsOfJoinedZonesKeepTheirReturns: two zones number their units and returns alike and call them otherwise; each unit's
// row of 报送情况 holds its own returns, each row of a list names the file that it came in.
func TestUnitsOfJoinedZonesKeepTheirReturns(t *testing.T) {
	listed := 0
	rowsOf := func(r *queries.Reader) map[string][]any {
		t.Helper()
		b, err := Build(context.Background(), r, warehouse.Point{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for id, list := range listsOf(b) {
			at, ok := titles(list)[rowsFile]
			for _, row := range list.Rows {
				unit, _ := row[0].(string)
				if file, _ := row[at].(string); ok && strings.HasPrefix(file, "别区/") != strings.HasPrefix(unit, "别区") {
					t.Errorf("%s: a row of %s is said to come from %s", id, unit, file)
				}
				listed++
			}
		}
		out := map[string][]any{}
		for _, row := range listsOf(b)["reporting"].Rows {
			name, _ := row[0].(string)
			out[name] = row
		}
		return out
	}
	alone := rowsOf(smallReader(t))
	joined := rowsOf(open(t, warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		warehousetest.FillSmall(t, db)
		tables, err := warehouse.Strings(context.Background(), db.Conn, `select distinct '"' || schema_name || '"."' || table_name || '"' from duckdb_columns()
			where column_name = 'zone' and (schema_name = 'raw' or schema_name = 'ctl' and table_name not in ('return_state', 'calendar'))`)
		if err != nil || len(tables) < 20 {
			t.Fatal(tables, err)
		}
		for _, table := range tables {
			warehousetest.Exec(t, db, "insert into "+table+" by name select * replace ('other' as zone) from "+table)
		}
		warehousetest.Exec(t, db, "update ctl.submitter set name = '别区' || name where zone = 'other'; update raw.return set file = '别区/' || file where zone = 'other'")
	})))
	if listed == 0 {
		t.Error("no row was listed")
	}
	if len(alone) < 2 || len(joined) != 2*len(alone) {
		t.Fatalf("%d units alone, %d joined", len(alone), len(joined))
	}
	for name, want := range alone {
		for _, got := range [][]any{joined[name], joined["别区"+name]} {
			if len(got) == 0 || fmt.Sprint(got[1:]) != fmt.Sprint(want[1:]) {
				t.Errorf("%s: %v, alone %v", name, got, want)
			}
		}
	}
}
