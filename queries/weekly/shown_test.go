package weekly

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

func num(f float64) *float64 { return &f }

// attention are the sentences under 需要关注, each with its light.
func attention(t *testing.T, z *fakeSource) (said []string, notes []workbook.Note) {
	t.Helper()
	w, err := weeklyOf(z, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	under := ""
	for _, x := range b.Sheets[0].Blocks {
		switch x := x.(type) {
		case workbook.Heading:
			under = x.Text
		case workbook.Note:
			if under == "需要关注" {
				said, notes = append(said, string(x.Light)+x.Text), append(notes, x)
			}
		case workbook.Figures:
			under = ""
		}
	}
	return said, notes
}

// TestWorstFirst: page one leads with what is bad, red before yellow, then by
// how many things it concerns, with unit, number and days.
func TestWorstFirst(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"closure_rate", 0.9, "plain"}, {"livelihood_completed", 20.0, "plain"}}
	z.late = [][]any{{"产业局", int64(3), int64(46), int64(1)}, {"残联", int64(14), int64(24), int64(2)}}
	z.owed = [][]any{{"残联", int64(2), int64(3), int64(2)}}
	said, notes := attention(t, z)
	want := []string{
		"红超期事项17项，最长超期46天，最多的是残联（14项）。",
		"红民生实事已完成6项，距目标20项差14项。",
		"黄办结率82.9%，距目标90.0%差7.1个百分点（179/216）。",
	}
	if !slices.Equal(said, want) {
		t.Errorf("page one says\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	if len(notes) == 0 || notes[len(notes)-1].Link == nil && notes[0].Link == nil {
		t.Errorf("no sentence leads to its sheet: %+v", notes)
	}
	z.target = nil
	said, _ = attention(t, z)
	if len(said) != 2 || said[1] != "黄至今仍缺报表2份，最长已迟3天，均为残联。" {
		t.Errorf("who owes: %q", said)
	}
	z = articleZone(t)
	value := z.value
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "items_overdue" {
			return num(0), nil, nil
		}
		return value(m, at)
	}
	if said, _ = attention(t, z); len(said) != 1 || said[0] != "没有超期事项、缺报报表和未达目标的指标，也没有指标比上周变差。" {
		t.Errorf("nothing is bad: %q", said)
	}
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "items_overdue" {
			return num(0), nil, nil
		}
		if m == "livelihood_completed" && at.AsOf < asOf.AsOf {
			return num(9), nil, nil
		}
		return value(m, at)
	}
	if said, _ = attention(t, z); len(said) != 1 || said[0] != "民生实事已完成6项，较上周减少3项。" {
		t.Errorf("what fell: %q", said)
	}
}

// TestCardsByLight: red cards stand first, and a figure with a target has its
// light on the page or in a list, declared there or not.
func TestCardsByLight(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"closure_rate", 0.9, "plain"}, {"job_fairs", 100.0, "plain"}, {"problems_overdue", 0.0, "plain"}}
	w, err := weeklyOf(z, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var lights []string
	for _, x := range b.Sheets[0].Blocks {
		if f, ok := x.(workbook.Figures); ok {
			for _, i := range f.Items {
				lights = append(lights, i.Label+string(i.Light))
			}
		}
	}
	if len(lights) > 12 || !slices.Equal(lights[:3], []string{"超期事项红", "招聘活动红", "办结率黄"}) {
		t.Errorf("cards: %q", lights)
	}
	found := false
	for _, r := range listsOf(b)["quality"].Rows {
		found = found || fmt.Sprint(r[0].(workbook.Cell).Value) == "超期问题" && r[6] == workbook.Green
	}
	if !found {
		t.Error("the target of 超期问题 has no light")
	}
}

// TestFewForms: a zone of two forms gets a book without figures, tables and sheets
// of forms it doesn't have, and nothing leads to them.
func TestFewForms(t *testing.T) {
	b, err := Build(context.Background(), smallReader(t), warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sheets, tables := map[string]bool{}, listsOf(b)
	for _, s := range b.Sheets {
		sheets[s.Name] = true
		for _, other := range []string{"就业", "助企", "民生", "联系表", "退税"} {
			if strings.Contains(s.Name, other) {
				t.Errorf("sheet %s of a form that the zone lacks", s.Name)
			}
		}
	}
	if len(b.Sheets) > 12 || !sheets["总览"] || !sheets["问题办结"] {
		t.Errorf("%d sheets: %v", len(b.Sheets), sheets)
	}
	for label := range cards(b) {
		for _, other := range []string{"退税", "授信", "招聘", "民生", "企业反馈"} {
			if strings.Contains(label, other) {
				t.Errorf("the card %s of a form that the zone lacks", label)
			}
		}
	}
	leads := func(l *workbook.Link) {
		if l != nil && !(l.Table != "" && tables[l.Table].ID != "" || l.Table == "" && sheets[l.Sheet]) {
			t.Errorf("a link to nothing: %+v", *l)
		}
	}
	for _, s := range b.Sheets {
		numbers := ""
		for _, x := range s.Blocks {
			switch x := x.(type) {
			case workbook.Title:
				leads(x.Link)
			case workbook.Note:
				leads(x.Link)
			case workbook.Figures:
				for _, f := range x.Items {
					leads(f.Link)
					leads(f.More)
				}
			case workbook.Charts:
				for _, c := range x.Items {
					if len(tables[c.Table].Rows) == 0 {
						t.Errorf("a chart of nothing: %s", c.Title)
					}
				}
			case workbook.Table:
				numbers += ordinal().FindString(x.Title)
			}
		}
		if !strings.HasPrefix("一、二、三、四、五、六、", numbers) {
			t.Errorf("sheet %s counts its tables %s", s.Name, numbers)
		}
	}
}

// TestMoversMatter: a target crossed comes first, then the change in most
// things; a unit is named only where it explains the change, and never where it
// files the whole form.
func TestMoversMatter(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"return_completeness", 1.0, "plain"}}
	before := func(at warehouse.Point) bool { return at.AsOf < asOf.AsOf }
	value := z.value
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		switch {
		case m == "return_completeness" && before(at):
			return num(1), num(30), num(30)
		case m == "return_completeness":
			return num(29.0 / 30), num(29), num(30)
		case m == "job_intentions" && before(at):
			return num(900), nil, nil
		}
		return value(m, at)
	}
	unit := func(now, then float64) func(string, warehouse.Point) *float64 {
		return func(m string, at warehouse.Point) *float64 {
			switch {
			case m == "problems_collected" && before(at):
				return num(then)
			case m == "problems_collected":
				return num(now)
			}
			return num(0)
		}
	}
	z.units = map[string]func(string, warehouse.Point) *float64{"双马街道": unit(110, 99), "产业局": unit(106, 104)}
	said := func() []string {
		w, err := weeklyOf(z, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w.movers(w.shown(w.first()), 3)
	}
	got := said()
	want := []string{
		"报送完整率96.7%，较上周下降3.3个百分点（30/30→29/30），由绿灯转黄灯。",
		"招聘达成意向969人次，较上周增加69人次。",
	}
	if len(got) != 3 || !slices.Equal(got[:2], want) || !strings.Contains(strings.Join(got, ""), "（166/203→179/216）") {
		t.Errorf("movers:\n%s", strings.Join(got, "\n"))
	}
	// A ratio that stays where it was is no change however many rows came, and one that fell by much goes before one that hardly moved.
	z.target = nil
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		switch {
		case m == "closure_rate" && before(at):
			return num(0.8), num(400), num(500)
		case m == "closure_rate":
			return num(0.8), num(480), num(600)
		case m == "due_on_time_rate" && before(at):
			return num(0.5), num(250), num(500)
		case m == "due_on_time_rate":
			return num(0.502), num(301), num(600)
		case m == "return_completeness" && before(at):
			return num(1), num(60), num(60)
		case m == "return_completeness":
			return num(0.75), num(45), num(60)
		}
		return value(m, asOf) // nothing else moved
	}
	if got := strings.Join(said(), "\n"); strings.Contains(got, "持平") || !strings.Contains(got, "报送完整率75.0%") || strings.Contains(got, "按期办结率50.2%") && strings.Index(got, "按期办结率50.2%") < strings.Index(got, "报送完整率75.0%") {
		t.Errorf("movers:\n%s", got)
	}
	z.value = value
	all := func() string {
		w, err := weeklyOf(z, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return w.driver("problems_collected")
	}
	if got := all(); got != "，主要在双马街道（+11）" {
		t.Errorf("the unit that explains the change: %q", got)
	}
	z.units = map[string]func(string, warehouse.Point) *float64{"双马街道": unit(216, 203)}
	if got := all(); got != "" {
		t.Errorf("the only filer is named: %q", got)
	}
	z.units = map[string]func(string, warehouse.Point) *float64{"双马街道": unit(70, 65), "产业局": unit(70, 66), "残联": unit(76, 72)}
	if got := all(); got != "" {
		t.Errorf("a unit that explains a third is named: %q", got)
	}
}

// declared builds a book of one sheet of blocks.
func declared(t *testing.T, r *queries.Reader, head, blocks string) workbook.Book {
	t.Helper()
	d, err := load("w.yaml", []byte(head+"sheets:\n  - name: 一\n    blocks:\n"+blocks), mustLoad(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Build(context.Background(), r, warehouse.Point{}, Options{Declaration: d})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestTotals: a total is the sum of its column, the quotient of two, or the
// metric's own, and then the sheet says so.
func TestTotals(t *testing.T) {
	r := smallReader(t)
	b := declared(t, r, "", `
      - table:
          id: t
          title: 表
          total: true
          columns:
            - {title: 甲, from: a}
            - {title: 数, from: n, kind: int, sum: true}
            - {title: 率, from: rate, kind: percent, of: [m, n]}
            - {title: 收集, from: n, kind: int, total: problems_collected}
          sql: select * from (values ('一', 10, 1, 0.1), ('二', 30, 9, 0.3)) as x(a, n, m, rate)
`)
	table := listsOf(b)["t"]
	figures, err := r.Metrics(context.Background(), queries.Ask{Metrics: []string{"problems_collected"}, Point: warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(table.Total), fmt.Sprintf("[合计 40 0.25 %v]", *result.Float(figures[0].Value)); got != want {
		t.Errorf("totals %s, want %s", got, want)
	}
	if !strings.Contains(table.Note, "合计行的“收集”按指标口径对全区计算，不是各行相加。") {
		t.Errorf("the note: %q", table.Note)
	}
	units := builtinTable(t, "deferrals")
	for _, c := range units.columns {
		if c.title == "企业数" && (c.sum || c.total != "pension_enterprises") {
			t.Error("enterprises that defer in two months are counted twice in the total")
		}
	}
}

// builtinTable is a table of the built-in declaration.
func builtinTable(t *testing.T, id string) *tableBlock {
	d, err := LoadDir(nil, mustLoad(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range d.sheets {
		for _, b := range s.blocks {
			if b.table != nil && b.table.id == id {
				return b.table
			}
		}
	}
	t.Fatalf("no table %s", id)
	return nil
}

// TestWeeksAreTheMetrics: what the book says of a week is what metrics --by week says.
func TestWeeksAreTheMetrics(t *testing.T) {
	r := randomReader(t, 1)
	b, err := Build(context.Background(), r, warehouse.Point{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	weeks := listsOf(b)["weeks"]
	figures, err := r.Metrics(context.Background(), queries.Ask{Metrics: []string{"closure_rate"}, By: []string{"week"}, Point: warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate}})
	if err != nil {
		t.Fatal(err)
	}
	figures = figures[max(len(figures)-len(weeks.Rows), 0):]
	at := titles(weeks)
	if len(weeks.Rows) == 0 || len(weeks.Rows) > 18 {
		t.Fatalf("%d weeks", len(weeks.Rows))
	}
	for i, f := range figures {
		want, got := result.Float(f.Value), result.Float(weeks.Rows[i][at["办结率"]])
		if (want == nil) != (got == nil) || want != nil && *want != *got {
			t.Errorf("%s: the book says %v, metrics %v", *f.Dims[0].Value, weeks.Rows[i][at["办结率"]], f.Value)
		}
	}
}

// TestWeeksGoOverTheTurn: in January the weeks before it are still there, of what follows from ledgers.
func TestWeeksGoOverTheTurn(t *testing.T) {
	b, err := Build(t.Context(), smallReader(t), warehouse.Point{AsOf: calendar.NewDate(2023, 1, 9)}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	weeks := listsOf(b)["weeks"]
	var days []string
	for _, row := range weeks.Rows {
		days = append(days, fmt.Sprint(row[0]))
	}
	if len(days) != 18 || days[0] != "09-18" || days[15] != "01-01" || days[17] != "01-09" {
		t.Errorf("the weeks are %v", days)
	}
}

// TestMonthsWithoutRows: a month in which nothing was paid stands on the axis.
func TestMonthsWithoutRows(t *testing.T) {
	b := declared(t, smallReader(t), "", `
      - table:
          id: t
          axis: month
          columns: [{title: 月份, from: month, kind: mark}, {title: 笔数, from: n, kind: int, sum: true}]
          sql: select * from (values ('2022-05', 3), ('2022-07', 4)) as x(month, n)
`)
	if got := fmt.Sprint(listsOf(b)["t"].Rows); got != "[[2022-05 3] [2022-06 0] [2022-07 4] [2022-08 0]]" {
		t.Errorf("months: %s", got)
	}
}

// TestMonthsThatHaveNotCome: the nought of a month of which no return has come nor was due is none; of which months returns are
// missing is said.
func TestMonthsThatHaveNotCome(t *testing.T) {
	d := &tableBlock{axis: "month", columns: []column{{from: "month"}, {from: "n", sum: true}}}
	for _, c := range []struct {
		owed       map[string][3]int64
		rows, note string
	}{
		{nil, "[[2026-08 3] [2026-09 0] [2026-10 4] [2026-11 0] [2026-12 0]]", ""}, // nothing is known of what is owed
		{map[string][3]int64{"2026-08": {2, 1, 1}, "2026-09": {2, 2, 0}, "2026-10": {2, 2, 0}, "2026-11": {0, 0, 0}}, "[[2026-08 3] [2026-09 0] [2026-10 4]]",
			"2026-08缺报1份。2026-11尚未到报送期，未列。2026-12尚未到报送期，未列。"},
		{map[string][3]int64{"2026-08": {1, 1, 0}, "2026-11": {1, 0, 1}}, "[[2026-08 3] [2026-09 0] [2026-10 4] [2026-11 0]]", "2026-11缺报1份。2026-12尚未到报送期，未列。"},
		{map[string][3]int64{"2026-08": {1, 1, 0}, "2026-12": {0, 1, 0}}, "[[2026-08 3] [2026-09 0] [2026-10 4] [2026-12 0]]", "2026-11尚未到报送期，未列。"}, // a nil return before its time
	} {
		got := grid{Columns: []string{"month", "n"}, Rows: [][]any{{"2026-08", 3}, {"2026-10", 4}}}
		note := d.fillMonths(calendar.NewDate(2026, 12, 7), 0, c.owed, &got)
		if rows := fmt.Sprint(got.Rows); rows != c.rows || note != c.note {
			t.Errorf("%v:\n%s %s\nwant\n%s %s", c.owed, rows, note, c.rows, c.note)
		}
	}
}

// TestChangesShow: two values that differ never read alike in 更正说明.
func TestChangesShow(t *testing.T) {
	for _, x := range []struct {
		unit      string
		a, b      float64
		from, now string
	}{
		{"yuan", 580000000, 580100000, "58000.00万元", "58010.00万元"},
		{"yuan", 580000000, 580000030, "580000000.00元", "580000030.00元"},
		{"yuan", 580000000, 590000000, "5.8亿元", "5.9亿元"},
		{"ratio", 0.82901, 0.82912, "82.90%", "82.91%"},
		{"count", 3, 4, "3", "4"},
	} {
		s := tellingScale(metric.Unit(x.unit), &x.a, &x.b)
		if s.text(x.a) != x.from || s.text(x.b) != x.now {
			t.Errorf("%v→%v reads %s→%s", x.a, x.b, s.text(x.a), s.text(x.b))
		}
	}
}

// TestListsAreBounded: a list of rows holds so many and says how many there are;
// a figure is no formula over a part of its rows.
func TestListsAreBounded(t *testing.T) {
	blocks := `
      - rows: {fact: problem, metrics: [problems_collected], columns: [{title: 编号, from: problem_no}]}
`
	r := randomReader(t, 1)
	whole := listsOf(declared(t, r, "details: 100000\n", blocks))["rows_problem"]
	book := declared(t, r, "details: 10\n", blocks+"      - list: {id: l, title: 数, items: [{metric: problems_collected}]}\n")
	cut := listsOf(book)["rows_problem"]
	if len(whole.Rows) <= 10 || len(cut.Rows) != 10 || !strings.Contains(cut.Note, fmt.Sprintf("共%d行，本表只列前10行", len(whole.Rows))) {
		t.Fatalf("%d rows, then %d: %s", len(whole.Rows), len(cut.Rows), cut.Note)
	}
	for i := range cut.Rows {
		if fmt.Sprint(cut.Rows[i]) != fmt.Sprint(whole.Rows[i]) {
			t.Errorf("row %d: %v, of the whole list %v", i, cut.Rows[i], whole.Rows[i])
		}
	}
	unit := cut.Rows[0][0].(string)
	own := ofUnit(workbook.Sheet{Name: "明细", Blocks: []workbook.Block{cut}}, unit)
	if own == nil || own.Blocks[0].(workbook.Table).Note != partOfPart {
		t.Errorf("the unit's own rows don't say that they are part of a part: %+v", own)
	}
	if all := ofUnit(workbook.Sheet{Name: "明细", Blocks: []workbook.Block{whole}}, unit); all.Blocks[0].(workbook.Table).Note != "" {
		t.Errorf("%+v", all)
	}
	if c := listsOf(book)["l"].Rows[0][1].(workbook.Cell); c.From != nil || c.Value != float64(len(whole.Rows)) {
		t.Errorf("the figure over a part of its rows: %+v", c)
	}
}

// TestTablesAreBounded: a table that says nothing of it prints as many rows as a list holds, and says how many there are;
// its total is of all of them. So does one with a filter: at 5 million rows one of projects filled three hundred pages.
func TestTablesAreBounded(t *testing.T) {
	book := listsOf(declared(t, smallReader(t), "details: 10\n", `
      - table: {id: t, total: true, columns: [{title: 甲, from: a}, {title: 数, from: n, kind: int, sum: true}], sql: "select 'x' as a, unnest(range(1, 31)) as n"}
      - table: {id: filtered, filter: true, columns: [{title: 数, from: n, kind: int}], sql: "select unnest(range(1, 31)) as n"}
`))
	x := book["t"]
	if len(x.Rows) != 10 || !strings.Contains(x.Note, "共30行，本表只列前10行，其余用 taizhang sql 查询。") || fmt.Sprint(x.Total) != "[合计（全部30行） 465]" {
		t.Errorf("%d rows, total %v: %s", len(x.Rows), x.Total, x.Note)
	}
	if x := book["filtered"]; len(x.Rows) != 10 || !strings.Contains(x.Note, "共30行，本表只列前10行") {
		t.Errorf("the table with a filter: %d rows, %s", len(x.Rows), x.Note)
	}
}

// TestOverdueIsShort: counts come first, the printed list is bounded and leads
// to the list of all.
func TestOverdueIsShort(t *testing.T) {
	if x := builtinTable(t, "overdue"); x.most == 0 || x.most > 20 || x.rest == "" {
		t.Errorf("the list of overdue items: at most %d rows, the rest in %q", x.most, x.rest)
	}
	b := declared(t, smallReader(t), "", `
      - table: {id: t, most: 2, rest: 明细, columns: [{title: 甲, from: a, kind: int}], sql: "select unnest([1, 2, 3]) as a"}
`)
	if x := listsOf(b)["t"]; len(x.Rows) != 2 || !strings.Contains(x.Note, "共3行，本表只列前2行，全部见“明细”") {
		t.Errorf("%d rows: %s", len(x.Rows), x.Note)
	}
}
