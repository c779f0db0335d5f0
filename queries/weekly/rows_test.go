package weekly

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// listsOf are the list sheets of a workbook by table.
func listsOf(b workbook.Book) map[string]workbook.Table {
	out := map[string]workbook.Table{}
	for _, s := range b.Sheets {
		for _, x := range s.Blocks {
			if t, ok := x.(workbook.Table); ok {
				out[t.ID] = t
			}
		}
	}
	return out
}

func titles(t workbook.Table) map[string]int {
	out := map[string]int{}
	for i, c := range t.Columns {
		out[c.Title] = i
	}
	return out
}

// TestListsAreTheTraces: every headline figure is derived from a list whose
// column holds what the trace of the figure holds, row by row.
func TestListsAreTheTraces(t *testing.T) {
	ctx := context.Background()
	for seed := range uint64(2) {
		r := randomReader(t, seed+10)
		for _, p := range []warehouse.Point{{}, {AsOf: calendar.NewDate(2022, 6, 20), From: calendar.NoDate}} {
			w, err := newWeekly(ctx, r, r.Catalogue, p, Options{})
			if err != nil {
				t.Fatal(err)
			}
			b, err := w.build(ctx)
			if err != nil {
				t.Fatal(err)
			}
			lists := listsOf(b)
			checked := 0
			for _, block := range w.book.rows {
				list := lists[block.table.id]
				at := titles(list)
				for _, m := range block.metrics {
					trace, err := r.Trace(ctx, queries.Ask{Metrics: []string{m.ID}, Point: w.ask})
					if err != nil {
						t.Fatal(err)
					}
					want := map[string]string{}
					for _, row := range trace {
						key := fmt.Sprint(row.Submitter, row.File, row.Sheet, row.Row, row.Period)
						if row.Return == "" { // an obligation
							key = fmt.Sprint(row.Submitter, row.Form, row.Period)
						}
						want[key] += fmt.Sprint(floatOf(row.Contributes), "/", floatOf(row.ContributesDen), ";")
					}
					got := map[string]string{}
					for _, row := range list.Rows {
						num := row[at[block.measure[m.ID][0]]]
						var den any
						if m.IsRatio() {
							den = row[at[block.measure[m.ID][1]]]
						}
						if block.fact.Mode == metric.Obligation {
							continue
						}
						key := fmt.Sprint(row[0], row[at[rowsFile]], row[at[rowsSheet]], row[at[rowsRow]], "")
						s := fmt.Sprint(floatOf(num), "/", floatOf(den), ";")
						if _, ok := want[key]; !ok { // a row that only other figures count adds nothing here
							if floatOf(num) != "0" && floatOf(num) != "" || m.IsRatio() && floatOf(den) != "0" {
								t.Errorf("%s: row %s is in no trace and adds %s", m.ID, key, s)
							}
							continue
						}
						got[key] += s
						checked++
					}
					if block.fact.Mode == metric.Obligation {
						continue
					}
					for key, s := range want {
						if got[key] != s {
							t.Fatalf("%s: row %s adds %q in the trace, %q in the list", m.ID, key, s, got[key])
						}
					}
				}
			}
			t.Logf("%d contributions", checked)
			checkDerived(t, w, lists)
		}
	}
}

func floatOf(v any) string {
	if f := result.Float(v); f != nil {
		return fmt.Sprint(*f)
	}
	if f, ok := v.(float64); ok {
		return fmt.Sprint(f)
	}
	return ""
}

// checkDerived computes the figures from the lists as the formulas do.
func checkDerived(t *testing.T, w *weekly, lists map[string]workbook.Table) {
	t.Helper()
	for _, block := range w.book.rows {
		list := lists[block.table.id]
		at := titles(list)
		sum := func(title string) (s float64) {
			for _, r := range list.Rows {
				if f := result.Float(r[at[title]]); f != nil {
					s += *f
				}
			}
			return s
		}
		for _, m := range block.metrics {
			d := w.derived(m, scale{factor: 1})
			if d == nil || d.Table != block.table.id {
				t.Fatalf("%s is not derived from %s", m.ID, block.table.id)
			}
			have := w.now[m.ID].Value
			switch d.Op {
			case workbook.Quotient:
				n, den := sum(d.Column), sum(d.Over)
				if (den == 0) != (have == nil) || have != nil && math.Abs(n/den-*have) > 1e-9 {
					t.Errorf("%s: %v / %v in the list, the figure is %v", m.ID, n, den, have)
				}
			case workbook.Median:
				var all []float64
				for _, r := range list.Rows {
					if f := result.Float(r[at[d.Column]]); f != nil {
						all = append(all, *f)
					}
				}
				slices.Sort(all)
				if n := len(all); (n == 0) != (have == nil) || have != nil && math.Abs((all[(n-1)/2]+all[n/2])/2-*have) > 1e-9 {
					t.Errorf("%s: the median of %v in the list, the figure is %v", m.ID, all, have)
				}
			case workbook.Sum:
				if s := sum(d.Column); have == nil || math.Abs(s-*have) > 1e-6 {
					t.Errorf("%s: %v in the list, the figure is %v", m.ID, s, have)
				}
			}
		}
	}
}

// TestEveryFigureHasItsRows: whatever figure the workbook shows, its rows are
// listed in it, and it is calculated from them beside the stored value.
func TestEveryFigureHasItsRows(t *testing.T) {
	b, err := Build(context.Background(), smallReader(t), warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	lists := listsOf(b)
	catalog := lists["catalog"]
	at := titles(catalog)
	n := 0
	for _, m := range mustLoad(t).Metrics {
		if len(m.Fact.Forms) == 0 || m.Fact.Reads("problem") || m.Fact.Reads("incentive") { // the zone's forms
			n++
		}
	}
	if len(catalog.Rows) != n {
		t.Errorf("%d of %d metrics are explained", len(catalog.Rows), n)
	}
	for _, row := range catalog.Rows {
		name, again := row[at["指标"]].(workbook.Cell), row[at["按明细重算"]].(workbook.Cell)
		if name.Link == nil || lists[name.Link.Table].ID == "" || again.From == nil {
			t.Errorf("%v has no rows behind it", name.Value)
			continue
		}
		list := titles(lists[name.Link.Table])
		if _, ok := list[again.From.Column]; !ok {
			t.Errorf("%v is calculated from %s, which %s lacks", name.Value, again.From.Column, name.Link.Table)
		}
	}
	units := lists["units"] // what doesn't add up stands in the total as its metric has it
	if got, want := units.Total[titles(units)["办结率"]], cards(b)["办结率"].Value.Value; got != want {
		t.Errorf("办结率 in total is %v, the card shows %v", got, want)
	}
	for label, c := range cards(b) {
		if c.Link == nil || c.Value.From == nil {
			t.Errorf("the card %s has no rows behind it", label)
		}
	}
}

// TestListAddresses: a row of a list names the cells of the sender's sheet.
func TestListAddresses(t *testing.T) {
	b, err := Build(context.Background(), smallReader(t), warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	list := listsOf(b)["rows_problem"]
	at := titles(list)
	if len(list.Rows) != 7 {
		t.Fatalf("%d rows: %v", len(list.Rows), list.Rows)
	}
	r := list.Rows[0]
	for title, want := range map[string]any{
		"填报单位": "产业局", "来源文件": "产业局/问题台账32.xlsx", "工作表": "表1", "行号": int64(4), "数据区域": "B4:H4", "办理状态所在格": "H4", "办结日期所在格": nil,
		"收集问题": int64(1), "办结问题": int64(1), "办结率（分子）": int64(1), "办结率（分母）": int64(1), "超期问题": int64(0), "办结用时中位数": int64(40),
	} {
		if got := r[at[title]]; got != want {
			t.Errorf("%s: %v (%T), want %v", title, got, got, want)
		}
	}
	c := cards(b)["办结率"]
	if c.Link == nil || c.Link.Table != "rows_problem" || c.More == nil || c.More.Table != "units" || c.Value.From == nil {
		t.Errorf("the card: %+v", c)
	}
}

func TestExtends(t *testing.T) {
	cat := mustLoad(t)
	load := func(text string) (*Declaration, error) { return load("w.yaml", []byte(text), cat, nil) }
	b, err := load(`extends: built-in
title: "{zone}重点工作通报"
order: [自选, 文字材料]
drop: [民生实事, 明细_民生实事, 总览]
words: {fair_series: select '我的系列'}
sheets:
  - {name: 就业招聘, blocks: [{heading: 本区自编, }, {table: {id: funnel, sql: select 1 as a, columns: [{title: 甲, from: a}]}}]}
  - {name: 自选, blocks: [{heading: '{fair_series}'}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range b.sheets {
		names = append(names, s.plain)
	}
	got := strings.Join(names, " ")
	if !strings.HasPrefix(got, "自选 文字材料 问题办结 超期与临期 临期与停滞 惠企资金 就业招聘 助企服务 报送情况 更正说明 指标口径 明细_问题台账") || strings.Contains(got, "民生实事") {
		t.Errorf("sheets: %s", got)
	}
	for text, want := range map[string]string{
		"extends: other\n":                             `w.yaml:1:10: extends is one of built-in, not "other"`,
		"extends: built-in\ndrop: [总揽]\n":              `w.yaml:2:8: the built-in workbook has no sheet "总揽"`,
		"extends: built-in\norder: [没有]\n":             `w.yaml:2:9: no sheet "没有"`,
		"order: [总览]\nsheets: [{name: 一}]\n":           `w.yaml:1:1: unknown key "order"`,
		"extends: built-in\nlogo: x.png\n":             `w.yaml:2:7: a logo lies beside weekly.yaml`,
		"extends: built-in\nsheets: [{name: 一, b: 2}]": `w.yaml:2:20: unknown key "b"`,
		"extends: built-in\ndrop: [问题办结]\n":            `unknown table "weeks"`,
	} {
		if _, err := load(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestRowsRefusals(t *testing.T) {
	for text, want := range map[string]string{
		"rows: {fact: problems}":                         `unknown fact "problems"; did you mean "problem"`,
		"rows: {columns: []}":                            "rows without fact",
		"rows: {fact: problem, metrics: [tax_refunded]}": "metric tax_refunded counts rows of tax_refund, not of problem",
		"rows: {fact: problem, columns: [{title: 甲}]}":   "a column has a title and says",
		"rows: {fact: problem}}, {rows: {fact: problem}": "the rows of problem are listed twice",
	} {
		_, err := load("w.yaml", []byte("sheets:\n  - name: 一\n    blocks: [{"+text+"}]\n"), mustLoad(t), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	d, err := load("w.yaml", []byte("sheets:\n  - name: 一\n    blocks:\n      - rows: {fact: problem, metrics: [closure_rate], columns: [{title: 甲, from: nothing}]}\n"), mustLoad(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Build(context.Background(), smallReader(t), warehouse.Point{}, Options{Declaration: d}); err == nil || !strings.Contains(err.Error(), "w.yaml:4:15: rows of problem") {
		t.Errorf("a column that the fact lacks: %v", err)
	}
}

// TestRanking: 位次 only where the zone asks for it, and none for units with
// under five items.
func TestRanking(t *testing.T) {
	r := smallReader(t)
	for _, ranking := range []bool{false, true} {
		b, err := Build(context.Background(), r, warehouse.Point{}, Options{Ranking: ranking})
		if err != nil {
			t.Fatal(err)
		}
		units := listsOf(b)["units"]
		at, shown := titles(units)["位次"]
		if shown != ranking {
			t.Errorf("ranking %v: 位次 shown: %v", ranking, shown)
		}
		if !ranking {
			continue
		}
		for _, row := range units.Rows {
			n, _ := asFloat(row[1])
			if (n >= 5) != (row[at] != nil) {
				t.Errorf("%v of %v items has the place %v", row[0], n, row[at])
			}
		}
	}
}

func TestRemind(t *testing.T) {
	ctx := context.Background()
	r := smallReader(t)
	text, err := Remind(ctx, r, warehouse.Point{})
	if err != nil {
		t.Fatal(err)
	}
	if text != "【催报】截至2022年8月15日18:00，以下单位尚未报送：产业局（《惠企资金兑付台账》2022年7月，填“报送表_产业局.xlsx”）；双马街道（《问题台账》2022年第32周（8月8日—14日），填“报送表_双马街道.xlsx”），请于2022年8月16日12:00前报送。" {
		t.Error(text)
	}
	if text, err = Remind(ctx, r, warehouse.Point{KnownAt: time.Date(2022, 8, 15, 9, 30, 0, 0, r.Location()), From: calendar.NoDate, AsOf: calendar.NoDate}); err != nil || !strings.Contains(text, "2022年8月15日17:00前") {
		t.Errorf("in the morning: %v %s", err, text)
	}
	if text, err = Remind(ctx, r, warehouse.Point{KnownAt: time.Date(2022, 8, 13, 9, 30, 0, 0, r.Location()), From: calendar.NoDate, AsOf: calendar.NoDate}); err != nil || !strings.Contains(text, "2022年8月15日12:00前") {
		t.Errorf("on the morning of a Saturday: %v %s", err, text)
	}
	empty := open(t, warehousetest.Publish(t, "2022-08-15", asOf.KnownAt, func(*warehouse.DB) {}))
	if text, err = Remind(ctx, empty, warehouse.Point{}); err != nil || text != "" {
		t.Errorf("nobody owes: %v %q", err, text)
	}
}

// TestOfOddNames: names that sheets, files and XML don't like.
func TestOfOddNames(t *testing.T) {
	odd := `双马[街]道:*?/\🏠𠮷` + strings.Repeat("长", 280)
	r := open(t, warehousetest.Publish(t, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Random{Seed: 3, Rows: 3}.Fill(t, db)
		warehousetest.Exec(t, db, "update ctl.submitter set name = name || '"+odd+"' where seq = 1")
		warehousetest.Exec(t, db, "update raw.livelihood set project_name = '=1+1"+odd+"'")
		warehousetest.Exec(t, db, "update raw.return set file = '<&>"+odd+".xlsx'")
	}))
	w, err := Whole(context.Background(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Book.Write(&bytes.Buffer{}); err != nil {
		t.Fatal(err)
	}
	if len(w.Extracts) == 0 {
		t.Error("no extracts")
	}
	led := 0 // rows of other submitters that the unit has to do what they say
	for _, x := range w.Extracts {
		if err := x.Book.Write(&bytes.Buffer{}); err != nil {
			t.Fatalf("%s: %v", x.Unit, err)
		}
		for _, s := range x.Book.Sheets {
			numbers := ""
			for _, block := range s.Blocks {
				tab, ok := block.(workbook.Table)
				if numbers += ordinal().FindString(tab.Title); !strings.HasPrefix("一、二、三、四、五、六、七、", numbers) {
					t.Errorf("the extract of %s counts the tables of %s %s", x.Unit, s.Name, numbers)
				}
				if !ok || !tab.Dense {
					continue
				}
				leads := slices.IndexFunc(tab.Columns, func(c workbook.Column) bool { return slices.Contains(leadColumns, c.Title) })
				for _, row := range tab.Rows {
					if leads >= 0 && plainOf(row[leads]) == x.Unit {
						led++
						continue
					}
					if row[0] != x.Unit {
						t.Fatalf("the extract of %s holds a row of %v", x.Unit, row[0])
					}
				}
			}
		}
	}
	if led == 0 {
		t.Error("no extract holds what its unit leads of others' rows")
	}
}

// BenchmarkLarge is the workbook of a zone with 100,000 problems, each a
// row of the list sheet. Budget: 3 s of CPU and 300 MiB, the warehouse's own
// memory included.
func BenchmarkLarge(b *testing.B) {
	path := warehousetest.Publish(b, "2022-08-15", time.Date(2022, 8, 15, 18, 0, 0, 0, time.UTC), func(db *warehouse.DB) {
		warehousetest.Random{Seed: 3, Rows: 3}.Fill(b, db)
		warehousetest.Exec(b, db, `insert into raw.problem by name select p.* replace (cast(1000 + n as integer) as row_no, p.problem_no || '-' || n as problem_no)
			from (select * from raw.problem where return_id = (select max(return_id) from raw.return where form = 'problem' and cutoff = (select max(cutoff) from raw.return where form = 'problem' and status <> 'rejected')) limit 1) as p, generate_series(1, 100000) as g(n)`)
	})
	var cpu time.Duration
	peak := 0.0
	for b.Loop() {
		b.StopTimer() // each time from as little memory as a command begins with
		debug.FreeOSMemory()
		_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak begins anew; Linux only
		b.StartTimer()
		at := warehousetest.CPU()
		r, err := queries.Open(path, nil)
		if err != nil {
			b.Fatal(err)
		}
		book, err := Build(context.Background(), r, warehouse.Point{}, Options{})
		if err = errors.Join(err, r.Close()); err != nil { // as the command does before it writes
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(listsOf(book)["rows_problem"].Rows)), "rows")
		if err := book.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
		cpu += warehousetest.CPU() - at
		peak = max(peak, peakMiB())
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
	b.ReportMetric(peak, "peak-MiB")
}

// peakMiB is the most memory that this process has had, 0 where that isn't told.
func peakMiB() float64 {
	text, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	kib := 0.0
	_, _ = fmt.Sscan(after, &kib)
	return kib / 1024
}
