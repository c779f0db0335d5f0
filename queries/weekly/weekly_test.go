package weekly

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"taizhang/data"
	"taizhang/internal/calendar"
	"taizhang/internal/metric"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/internal/warehouse/warehousetest"
	"taizhang/internal/workbook"
	"taizhang/queries"
)

// fakeSource is a zone whose figures are given.
type fakeSource struct {
	t      *testing.T
	cat    *metric.Catalogue
	value  func(metric string, at warehouse.Point) (value, num, den *float64)
	units  map[string]func(metric string, at warehouse.Point) *float64 // by submitter
	parts  map[string]func(metric string, at warehouse.Point) (num, den *float64)
	due    [][]any // submitter, form, received
	target [][]any
	late   [][]any // unit, how many items are overdue, longest, place
	owed   [][]any // unit, how many returns are owed, longest, place
	covers func(metric string, at warehouse.Point) queries.Coverage
}

func (f *fakeSource) ReturnsDiff(context.Context, string, string) ([]result.Record, error) {
	return nil, nil
}

func (f *fakeSource) At(p warehouse.Point) warehouse.Point { return p }

func (f *fakeSource) Figures(_ context.Context, points []warehouse.Point, metrics []string, by string) ([]queries.Figure, error) {
	var out []queries.Figure
	for _, p := range points {
		out = append(out, f.figuresAt(p, metrics, by)...)
	}
	return out, nil
}

func (f *fakeSource) figuresAt(at warehouse.Point, metrics []string, by string) []queries.Figure {
	var out []queries.Figure
	plain := func(v *float64) any {
		if v == nil {
			return nil
		}
		return *v
	}
	for _, name := range metrics {
		m, err := f.cat.Metric(name)
		if err != nil {
			f.t.Fatal(err)
		}
		v, n, d := f.value(name, at)
		out = append(out, queries.Figure{Metric: m, Point: at, Value: plain(v), Num: plain(n), Den: plain(d), Coverage: f.came(name, at)})
		for unit, value := range f.units {
			if by == "submitter" {
				out = append(out, queries.Figure{Metric: m, Point: at, Dims: []queries.DimValue{{Dimension: by, Value: &unit}}, Value: plain(value(name, at))})
			}
		}
		for unit, parts := range f.parts {
			if n, d := parts(name, at); (by == "submitter" || by == "department") && n != nil {
				out = append(out, queries.Figure{Metric: m, Point: at, Dims: []queries.DimValue{{Dimension: by, Value: &unit}}, Num: plain(n), Den: plain(d)})
			}
		}
	}
	return out
}

// came is how many returns a figure had: all, unless the zone says otherwise.
func (f *fakeSource) came(name string, at warehouse.Point) queries.Coverage {
	if f.covers != nil {
		return f.covers(name, at)
	}
	return queries.Coverage{Expected: 1, Received: 1}
}

// SelectAt answers the builder's own questions; the declared SELECTs find nothing.
func (f *fakeSource) SelectAt(_ context.Context, _ warehouse.Point, query string) (result.Table, error) {
	switch {
	case strings.Contains(query, "from ctl.zone"):
		return result.Table{Columns: []result.Column{{Name: "name"}, {Name: "zone"}}, Rows: [][]any{{"湘潭高新区", "xt"}}}, nil
	case strings.Contains(query, "from ctl.target"):
		return result.Table{Rows: f.target}, nil
	case strings.Contains(query, "from ctl.submitter"):
		return result.Table{Rows: [][]any{{"产业局", int64(1)}, {"残联", int64(2)}, {"双马街道", int64(3)}}}, nil
	case strings.Contains(query, "is_due_this_week and not o.is_waived"):
		return result.Table{Rows: f.due}, nil
	case strings.Contains(query, "array_agg(programme"):
		return result.Table{Rows: [][]any{{"智能制造、制造强省、高新技术企业、科技研发奖补、135工程奖补"}}}, nil
	case strings.Contains(query, "array_agg('“'"):
		return result.Table{Rows: [][]any{{"“春风行动”"}}}, nil
	case strings.Contains(query, "max(days_overdue), min(unit_seq)"):
		return result.Table{Rows: f.late}, nil
	case strings.Contains(query, "o.is_awaited and not o.is_received"):
		return result.Table{Rows: f.owed}, nil
	case strings.Contains(query, "form as fed"):
		out := result.Table{}
		for _, f := range f.cat.Facts {
			for _, form := range f.Forms {
				out.Rows = append(out.Rows, []any{form})
			}
		}
		return out, nil
	case strings.Contains(query, "from ctl.form"):
		return result.Table{Rows: [][]any{{"problem", "问题台账"}}}, nil
	}
	return result.Table{Columns: everyColumn(f.t)}, nil
}

// everyColumn are all columns that weekly.yaml asks for.
func everyColumn(t *testing.T) []result.Column {
	b, err := LoadDir(nil, mustLoad(t))
	if err != nil {
		t.Fatal(err)
	}
	var out []result.Column
	for _, s := range b.sheets {
		for _, x := range s.blocks {
			if x.table != nil {
				for _, c := range x.table.columns {
					out = append(out, result.Column{Name: c.from})
				}
			}
		}
	}
	return out
}

func weeklyOf(z *fakeSource, o Options) (*weekly, error) {
	return newWeekly(context.Background(), z, z.cat, asOf, o)
}

func mustLoad(t testing.TB) *metric.Catalogue {
	t.Helper()
	c, err := metric.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// article is the newspaper's figures of 15 August 2022.
var article = map[string]float64{
	"problems_collected": 216, "problems_closed": 179, "problems_overdue": 0, "items_overdue": 17, "enterprise_requests": 256,
	"enterprise_requests_resolved": 189, "enterprise_request_batches": 6, "enterprise_requests_overdue": 0,
	"city_assigned_items": 59, "hotline_repeat_items": 20, "legacy_items": 3, "key_tasks": 22,
	"livelihood_projects": 27, "livelihood_completed": 6, "livelihood_overdue": 0, "leader_visits": 38,
	"coordination_meetings": 18, "one_to_one_enterprises": 202, "liaison_cadres": 144, "liaison_enterprises": 663,
	"incentive_paid": 24600000, "incentive_enterprises": 53, "tax_refunded": 580000000, "pension_deferred": 703000,
	"pension_enterprises": 7, "pension_people": 346, "job_fairs": 16, "job_fair_enterprises": 387,
	"positions_offered": 4293, "job_seekers": 10892, "job_intentions": 969, "poverty_insured_people": 720,
	"low_income_households": 440, "low_income_people": 692,
}

var asOf = warehouse.Point{
	AsOf:    calendar.NewDate(2022, 8, 15),
	KnownAt: time.Date(2022, 8, 15, 12, 0, 0, 0, time.UTC),
}

// articleZone has the article's figures, 13 problems fewer a week before.
func articleZone(t *testing.T) *fakeSource {
	p := func(f float64) *float64 { return &f }
	return &fakeSource{t: t, cat: mustLoad(t), value: func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "closure_rate" {
			if at.AsOf < asOf.AsOf {
				return p(166.0 / 203), p(166), p(203)
			}
			return p(179.0 / 216), p(179), p(216)
		}
		f, ok := article[m]
		if !ok {
			return nil, nil, nil
		}
		if m == "problems_collected" && at.AsOf < asOf.AsOf {
			f = 203
		}
		return &f, nil, nil
	}}
}

// textIn is the text of a zone by a declaration, the built-in one for nil.
func textIn(t *testing.T, z *fakeSource, d *Declaration) string {
	t.Helper()
	w, err := weeklyOf(z, Options{Declaration: d})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := w.report(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(textsOf(parts), "\n")
}

// TestTextIsTheArticles: the demo's own text has the words of its article; the built-in one has none of them that are no
// figures, and leads from the week's work over what is wrong to what comes next.
func TestTextIsTheArticles(t *testing.T) {
	demo, err := LoadDir(fstest.MapFS{"weekly.yaml": {Data: data.Weekly()}}, mustLoad(t))
	if err != nil {
		t.Fatal(err)
	}
	text := textIn(t, articleZone(t), demo)
	for _, want := range []string{
		"截至目前，湘潭高新区共收集问题216个，办结179个，办结率为82.9%，未办结问题均按照完成时限有序推进中。",
		"共交办6批次256个企业反馈的问题，目前已解决189个，其余问题未到时间节点或是长期执行的问题，正在积极办理中。",
		"目前已兑现园区53家企业在智能制造、制造强省、高新技术企业、科技研发奖补、135工程奖补等各类项目奖励资金共计2460万元，为企业留抵退税5.8亿元。",
		"受理缓交养老保险企业7家，涉及346人，缓交金额约70.3万元。",
		"举办“春风行动”系列招聘活动16场，参与企业387家，提供职位数量4293个，参会求职者10892人次，达成求职意向969人。",
		"为辖区脱贫户、监测对象共720人购买防贫保险，为440户692人（次）落实低保救助政策。",
		"派出144名干部联点区内四上企业、中小企业共663家。",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %s\n%s", want, text)
		}
	}
	article := articleZone(t)
	value := article.value
	article.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "problems_overdue" {
			f := 5.0
			return &f, nil, nil
		}
		if strings.HasPrefix(m, "pension") {
			f := 0.0
			return &f, nil, nil
		}
		return value(m, at)
	}
	text = textIn(t, article, demo)
	if strings.Contains(text, "有序推进") || !strings.Contains(text, "其中5个问题超过办结时限") || strings.Contains(text, "缓交") {
		t.Errorf("conditions don't follow the figures:\n%s", text)
	}
	text = textIn(t, article, nil)
	at := -1
	for _, want := range []string{"一、本周工作", "共收集问题216个，办结179个，办结率为82.9%，其中5个问题超过办结时限，正在督办。", "二、存在问题", "本周报送：", "三、下步打算"} {
		i := strings.Index(text, want)
		if i <= at {
			t.Errorf("%q is missing, or before its place:\n%s", want, text)
		}
		at = i
	}
	for _, word := range []string{"自选动作", "统筹推进", "有序推进", "全面铺开", "春风行动"} {
		if strings.Contains(text, word) {
			t.Errorf("the built-in text has the demo's %q:\n%s", word, text)
		}
	}
}

func cards(b workbook.Book) map[string]workbook.Figure {
	out := map[string]workbook.Figure{}
	for _, s := range b.Sheets {
		for _, x := range s.Blocks {
			if f, ok := x.(workbook.Figures); ok {
				for _, i := range f.Items {
					out[i.Label] = i
				}
			}
		}
	}
	return out
}

func TestCards(t *testing.T) {
	z := articleZone(t)
	z.target = [][]any{{"closure_rate", 0.9, "plain"}, {"incentive_paid", 40e6, "year_progress"}, {"problems_overdue", 0.0, "plain"}}
	z.due = [][]any{{"产业局", "问题台账", true}, {"残联", "帮扶救助发放表", false}, {"残联", "重点民生实事", false}}
	w, err := weeklyOf(z, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.build(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	got := cards(b)
	rate := got["办结率"]
	if rate.Detail != "179/216" || rate.Light != workbook.Amber || rate.Tone != workbook.Better || rate.Value.Value != 179.0/216 {
		t.Errorf("办结率: %+v", rate)
	}
	if d := rate.Change.Value.(float64); math.Abs(d-1.1) > 1e-9 || !strings.Contains(rate.Change.Format, "百分点") { // 82.9 − 81.8
		t.Errorf("办结率 changed by %v, shown as %s", d, rate.Change.Format)
	}
	if c := got["收集问题"]; c.Change.Value != 13.0 || c.Tone != workbook.Neutral || c.Light != "" || c.Value.Format != `#,##0"个"` {
		t.Errorf("收集问题: %+v", c)
	}
	if c := got["兑付惠企资金"]; c.Value.Value != 2460.0 || c.Value.Format != `#,##0"万元"` || c.Light != workbook.Amber { // 40 million × 227/365
		t.Errorf("兑付惠企资金: %+v", c)
	}
	if c := got["超期事项"]; c.Light != workbook.Red || c.Value.Value != 17.0 { // 0 in one ledger, 17 in the others
		t.Errorf("超期事项: %+v", c)
	}
	if c := got["留抵退税"]; c.Value.Value != 5.8 || c.Value.Format != `#,##0.0"亿元"` {
		t.Errorf("留抵退税: %+v", c)
	}
	if s := w.returns.sentence(); s != "应报3份，实报1份，缺报2份：残联（帮扶救助发放表）、残联（重点民生实事）。" {
		t.Error(s)
	}
	for _, words := range []string{"兑付率", "融资额"} {
		if strings.Contains(fmt.Sprint(b), words) {
			t.Errorf("the workbook says %s", words)
		}
	}
}

func TestChanges(t *testing.T) {
	z := articleZone(t)
	value := z.value
	early := func(at warehouse.Point) bool { return at.KnownAt.Before(asOf.KnownAt) }
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if f := 24500000.0; m == "incentive_paid" && early(at) {
			return &f, nil, nil
		}
		return value(m, at)
	}
	z.units = map[string]func(string, warehouse.Point) *float64{"产业局": func(m string, at warehouse.Point) *float64 {
		f := 0.0
		if m == "incentive_paid" && !early(at) {
			f = 100000
		}
		return &f
	}}
	o := Options{Issued: []Previous{{AsOf: calendar.NewDate(2022, 8, 8), KnownAt: asOf.KnownAt.AddDate(0, 0, -7)}}}
	w, err := weeklyOf(z, o)
	if err != nil {
		t.Fatal(err)
	}
	rows := w.changes()
	if len(rows) != 1 || rows[0][0] != "兑付惠企资金" || rows[0][6] != "产业局+10万元" {
		t.Fatalf("changes: %v", rows)
	}
	for i, want := range map[int]any{1: 2450.0, 3: 2460.0, 5: 10.0} {
		if got := rows[0][i].(workbook.Cell).Value; got != want {
			t.Errorf("column %d: %v, want %v", i, got, want)
		}
	}
	// An enterprise that two units paid is one of each: what a unit has fewer is not what all have fewer together.
	z.value = func(m string, at warehouse.Point) (v, n, d *float64) {
		if m == "incentive_enterprises" && early(at) {
			return num(20), nil, nil
		} else if m == "incentive_enterprises" {
			return num(18), nil, nil
		}
		return value(m, at)
	}
	z.units["产业局"] = func(m string, at warehouse.Point) *float64 {
		switch {
		case m != "incentive_enterprises":
			return num(0)
		case early(at):
			return num(17)
		}
		return num(14)
	}
	z.units["双马街道"] = func(string, warehouse.Point) *float64 { return num(5) }
	if w, err = weeklyOf(z, o); err != nil {
		t.Fatal(err)
	}
	if rows := w.changes(); len(rows) != 1 || rows[0][0] != "兑付惠及企业" || rows[0][6] != "产业局（17→14）" {
		t.Errorf("changes of a distinct count: %v", rows)
	}
	if got := w.driver("incentive_enterprises"); got != "" {
		t.Errorf("a unit is said to make the change of a distinct count: %q", got)
	}
	if !strings.Contains(w.word("previous", ""), "上期周报（截至2022年8月8日，数据版本2022-08-08 12:00）") {
		t.Error(w.word("previous", ""))
	}
}

func TestOfRandomZones(t *testing.T) {
	for seed := range uint64(2) {
		r := randomReader(t, seed)
		checkWeekly(t, r, warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate})
		checkWeekly(t, r, warehouse.Point{AsOf: calendar.NewDate(2022, 6, 20), From: calendar.NoDate})
	}
}

func TestOfAnEmptyZone(t *testing.T) {
	r := open(t, warehousetest.Publish(t, "2022-08-15", asOf.KnownAt, func(*warehouse.DB) {}))
	b, err := Build(context.Background(), r, warehouse.Point{}, Options{})
	if err != nil || len(b.Sheets) == 0 || b.Sheets[0].Name != "总览" || len(cards(b)) != 0 {
		t.Errorf("%v %+v", err, b.Sheets)
	}
	text, err := Text(context.Background(), r, warehouse.Point{}, Options{})
	if err != nil || text != "一、本周工作\n截至目前，尚未收到问题台账。\n二、存在问题\n还没有应报的报表，也没有收到数据。\n本周报送：本周没有到期的报表。\n三、下步打算\n继续按时限推进各项在办事项，确保不出现新的超期和缺报。\n" {
		t.Errorf("%v\n%s", err, text)
	}
}

// checkWeekly builds and writes a workbook and compares its cards with the metrics.
func checkWeekly(t *testing.T, r *queries.Reader, p warehouse.Point) {
	t.Helper()
	ctx := context.Background()
	b, err := Build(ctx, r, p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range b.Sheets {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "总览 问题办结 超期与临期 临期与停滞 惠企资金 就业招聘 助企服务 民生实事 报送情况 指标口径 文字材料 "+
		"明细_问题台账 明细_超期与临期 明细_惠企资金 明细_留抵退税 明细_缓缴养老保险 明细_融资对接 明细_土地款缴返 明细_招聘活动 明细_企业反馈问题 明细_专项问题 明细_联系表 "+
		"明细_走访与会议 明细_民生实事 明细_重点任务 明细_帮扶救助 明细_报送" {
		t.Errorf("sheets: %s", got)
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	figures, err := r.Metrics(ctx, queries.Ask{Metrics: []string{"problems_collected", "closure_rate"}, Point: p})
	if err != nil {
		t.Fatal(err)
	}
	got := cards(b)
	for _, f := range figures {
		want, card := result.Float(f.Value), got[f.Metric.Label]
		if have := result.Float(card.Value.Value); (want == nil) != (have == nil) || want != nil && *want != *have {
			t.Errorf("%s: the card shows %v, the metric is %v", f.Metric.ID, card.Value.Value, f.Value)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	r := randomReader(b, 1)
	for b.Loop() {
		book, err := Build(context.Background(), r, warehouse.Point{}, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := book.Write(&bytes.Buffer{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestOfAZone(t *testing.T) {
	dir := t.TempDir()
	if _, err := LoadDir(os.DirFS(dir), mustLoad(t)); err != nil {
		t.Errorf("a zone without weekly.yaml: %v", err)
	}
	if err := os.WriteFile(dir+"/weekly.yaml", []byte("sheets:\n  - {name: 一, blocks: [{heading: '{zone}'}]}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := LoadDir(os.DirFS(dir), mustLoad(t))
	if err != nil {
		t.Fatal(err)
	}
	w, err := weeklyOf(articleZone(t), Options{Declaration: d})
	if err != nil {
		t.Fatal(err)
	}
	b, err := w.build(context.Background())
	if err != nil || len(b.Sheets) != 1 || b.Sheets[0].Blocks[0].(workbook.Heading).Text != "湘潭高新区" {
		t.Errorf("%v %+v", err, b)
	}
}

// TestProperties: a workbook says from when, as known when, and from what it was made.
func TestProperties(t *testing.T) {
	r := smallReader(t)
	said := func(p warehouse.Point) map[string]any {
		b, err := Build(context.Background(), r, p, Options{Version: "1.2"})
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]any{}
		for _, p := range b.Props.Custom {
			out[p.Name] = p.Value
		}
		return out
	}
	now := said(warehouse.Point{})
	if now["截至日期"] != "2022-08-15" || now["数据版本时点"] != "2022-08-15 18:00:00" || now["程序版本"] != "1.2" {
		t.Errorf("properties: %v", now)
	}
	hash, _ := now["输入SHA-256"].(string)
	if len(hash) != 64 || said(warehouse.Point{})["输入SHA-256"] != hash {
		t.Errorf("the hash of the inputs is %q, then %q", hash, said(warehouse.Point{})["输入SHA-256"])
	}
	before := warehouse.Point{AsOf: calendar.NoDate, From: calendar.NoDate, KnownAt: time.Date(2022, 8, 1, 9, 0, 0, 0, r.Location())}
	if said(before)["输入SHA-256"] == hash {
		t.Error("the same hash of fewer returns")
	}
}
