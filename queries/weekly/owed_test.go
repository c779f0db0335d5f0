package weekly

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
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
			if s.Name == "文字材料" { // and both sentences on what is to be handed in add up to it
				next := nextSteps(s)
				if asked := numberIn(next, `本周尚未报送的(\d+)份`) + numberIn(next, `仍缺的(\d+)份`); asked != numberIn(page, `仍缺报表(\d+)份`) {
					t.Errorf("seed %d: page one says %q, the next steps are %q", seed+1, page, next)
				}
				if strings.Contains(next, "确保不出现新的") && page != "" {
					t.Errorf("seed %d: nothing is left to do, although %q", seed+1, page)
				}
			}
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

// nextSteps are the texts of the last section of 文字材料.
func nextSteps(s workbook.Sheet) string {
	var out strings.Builder
	below := false
	for _, x := range s.Blocks {
		switch b := x.(type) {
		case workbook.Heading:
			below = strings.HasSuffix(b.Text, "下步打算")
		case workbook.Note:
			if below {
				out.WriteString(b.Text)
			}
		}
	}
	return out.String()
}

// numberIn is the number that a pattern finds, 0 for none.
func numberIn(text, pattern string) int {
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
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

// TestUnitsGetTheRowsThatWereCut: a table of the zone's page that lists its first rows only gives each unit all of its own.
func TestUnitsGetTheRowsThatWereCut(t *testing.T) {
	cut := listsOf(declared(t, smallReader(t), "", `
      - table:
          id: t
          most: 2
          total: true
          columns: [{title: 责任单位, from: unit}, {title: 数, from: n, kind: int, sum: true}]
          sql: "select * from (values ('产业局', 1), ('双马街道', 2), ('产业局', 3), ('产业局', 4)) as v(unit, n)"
`))["t"]
	if len(cut.Rows) != 2 || fmt.Sprint(cut.Total[1]) != "10" || !strings.Contains(cut.Note, "共4行，本表只列前2行") {
		t.Fatalf("the zone's table: %v, total %v: %s", cut.Rows, cut.Total, cut.Note)
	}
	for unit, want := range map[string]string{"产业局": "[1 3 4]", "双马街道": "[2]"} {
		own := ofUnit(workbook.Sheet{Name: "页", Blocks: []workbook.Block{cut}}, unit).Blocks[0].(workbook.Table)
		var got []any
		for _, r := range own.Rows {
			got = append(got, r[1])
		}
		if fmt.Sprint(got) != want || own.Note != "" || len(own.Rest) > 0 {
			t.Errorf("%s gets %v, want %s: %s", unit, got, want, own.Note)
		}
	}
}

// TestTotalOfACutTableSaysOfWhat: under the first rows alone the total row says that it adds up all of them; under a table that
// is whole it says no more than that it is the total. Both of a SELECT and of figures by a dimension.
func TestTotalOfACutTableSaysOfWhat(t *testing.T) {
	lists := listsOf(declared(t, smallReader(t), "", `
      - table: {id: cut, most: 2, total: true, columns: [{title: 项, from: a}, {title: 数, from: n, kind: int, sum: true}], sql: "select * from (values ('甲', 1), ('乙', 2), ('丙', 4)) as v(a, n)"}
      - table: {id: whole, most: 3, total: true, columns: [{title: 项, from: a}, {title: 数, from: n, kind: int, sum: true}], sql: "select * from (values ('甲', 1), ('乙', 2), ('丙', 4)) as v(a, n)"}
      - table: {id: cut_by, most: 1, total: true, by: list, metrics: [problems_collected], columns: [{title: 责任清单, from: list}, {title: 数, from: problems_collected, kind: int}]}
      - table: {id: whole_by, total: true, by: list, metrics: [problems_collected], columns: [{title: 责任清单, from: list}, {title: 数, from: problems_collected, kind: int}]}
`))
	all := len(lists["whole_by"].Rows)
	if all < 2 {
		t.Fatalf("%d lists: nothing is cut", all)
	}
	for id, want := range map[string]string{"cut": "合计（全部3行）", "whole": "合计", "cut_by": fmt.Sprintf("合计（全部%d行）", all), "whole_by": "合计"} {
		if got := fmt.Sprint(lists[id].Total[0]); got != want {
			t.Errorf("%s: the total is headed %q, want %q", id, got, want)
		}
	}
	for _, pair := range [][2]string{{"cut", "whole"}, {"cut_by", "whole_by"}} {
		if cut, whole := lists[pair[0]].Total[1], lists[pair[1]].Total[1]; fmt.Sprint(cut) != fmt.Sprint(whole) {
			t.Errorf("%s: the total is %v, of the whole table %v", pair[0], cut, whole)
		}
	}
}

// TestZoneOfOneOwnForm: of a zone that hands in a form of its own alone the paper says neither that there are no problems nor
// that nothing is overdue: none of the built-in ledgers is kept there.
func TestZoneOfOneOwnForm(t *testing.T) {
	r := open(t, warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, func(db *warehouse.DB) {
		for _, s := range []string{
			"insert into ctl.zone by name select 'dbq' as zone, '单表区' as name, 'Asia/Shanghai' as timezone",
			"insert into ctl.submitter by name select 'dbq' as zone, 'a' as code, '甲局' as name, 'department' as kind, 1 as seq",
			"insert into ctl.obligation by name select 'dbq' as zone, 'a' as submitter, 'hazard' as form, 'ledger' as mode, '2022-W32' as period, date '2022-08-08' as period_start, date '2022-08-14' as period_end, timestamp '2022-08-15 12:00:00' as due_at",
			`insert into raw.return by name select 'dbq' as zone, '000001-1' as return_id, 1 as arrival, '甲局/隐患.csv' as file, 'a' as submitter, 'hazard' as form, 'ledger' as mode, '2022-W32' as period,
				date '2022-08-08' as period_start, date '2022-08-14' as period_end, date '2022-08-14' as cutoff, 'accepted' as status, false as is_nil, 4 as rows_loaded, 0 as rows_refused, 0 as values_emptied,
				timestamp '2022-08-15 09:00:00' as received_at`,
		} {
			warehousetest.Exec(t, db, s)
		}
	}))
	text, err := Text(context.Background(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "没有收集的问题") || strings.Contains(text, "没有超期事项") || !strings.Contains(text, "没有缺报报表") {
		t.Error(text)
	}
}

// TestNothingIsAskedOfAbolishedUnits: of a unit that reports no more the last period, which it never handed in, is not among
// what is to be chased, and a month later it is not reminded either.
func TestNothingIsAskedOfAbolishedUnits(t *testing.T) {
	fill := func(db *warehouse.DB) {
		for _, s := range []string{
			"insert into ctl.zone by name select 'dbq' as zone, '单表区' as name, 'Asia/Shanghai' as timezone",
			"insert into ctl.submitter by name select 'dbq' as zone, 'a' as code, '甲局' as name, 'department' as kind, 1 as seq",
			"insert into ctl.submitter by name select 'dbq' as zone, 'b' as code, '乙街道' as name, 'street' as kind, 2 as seq, date '2022-08-03' as until_on",
			`insert into ctl.obligation by name select 'dbq' as zone, unnest(['a', 'b']) as submitter, 'problem' as form, 'ledger' as mode, '2022-W31' as period,
				date '2022-08-01' as period_start, date '2022-08-07' as period_end, timestamp '2022-08-08 12:00:00' as due_at`,
		} {
			warehousetest.Exec(t, db, s)
		}
	}
	r := open(t, warehousetest.Publish(t, "2022-08-15", warehousetest.Evening, fill))
	b, err := Build(t.Context(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	later := open(t, warehousetest.Publish(t, "2022-11-15", warehousetest.Evening.AddDate(0, 3, 0), fill))
	for reader, chased := range map[*queries.Reader]bool{r: true, later: false} {
		text, err := Remind(t.Context(), reader, warehouse.Point{})
		if err != nil || !strings.Contains(text, "甲局") || strings.Contains(text, "乙街道") != chased {
			t.Errorf("the text for the group: %v %s", err, text)
		}
		each, err := Reminders(t.Context(), reader, warehouse.Point{}, reader.Published().KnownAt, 0)
		if _, reminded := each["乙街道"]; err != nil || each["甲局"] == "" || reminded != chased {
			t.Errorf("the reminders: %v %v", err, each)
		}
	}
	owed := listsOf(b)["owed"]
	if len(owed.Rows) != 1 || owed.Rows[0][0] != "甲局" {
		t.Errorf("to be chased are %v", owed.Rows)
	}
}
