package data

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// farOff is a known-at time by which everything has arrived.
var farOff = time.Date(2030, 1, 1, 0, 0, 0, 0, shanghai)

var asOfDemo = time.Date(2022, 8, 15, 0, 0, 0, 0, shanghai)

func mustTruth(t *testing.T) *truth {
	t.Helper()
	tr, err := loadTruth()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestArticleFigures(t *testing.T) {
	got, err := Figures(asOfDemo, farOff)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Golden()
	if err != nil {
		t.Fatal(err)
	}
	if len(want) < 30 {
		t.Fatalf("golden.csv holds only %d figures", len(want))
	}
	for _, w := range want {
		f, ok := got[w.Metric]
		if !ok || f.Value == nil {
			t.Errorf("%s: no figure", w.Metric)
			continue
		}
		value, err := strconv.ParseFloat(w.Value, 64)
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 0.0
		if f.Unit == "ratio" { // printed with one decimal of a per cent
			tolerance = 0.0005
		}
		if math.Abs(*f.Value-value) > tolerance {
			t.Errorf("%s = %v, the article has %s (%s)", w.Metric, *f.Value, w.Value, w.Quote)
		}
	}
	for _, m := range []string{"special_items_overdue", "enterprise_requests_overdue", "problems_new", "problems_closed_week", "problems_due_soon", "problems_long_term"} {
		if *got[m].Value == 0 {
			t.Errorf("%s is 0: the lists would be empty", m)
		}
	}
}

// The metrics of the contract's table, so that none is forgotten.
const contractMetrics = `problems_collected problems_closed closure_rate problems_long_term problems_new problems_closed_week
problems_overdue problems_due_soon on_time_closure_rate due_on_time_rate days_to_close_median satisfaction_rate rated_share
enterprise_requests enterprise_requests_resolved enterprise_resolution_rate enterprise_request_batches enterprise_requests_overdue
special_items_overdue key_tasks_overdue livelihood_overdue city_assigned_items hotline_repeat_items legacy_items key_tasks
livelihood_projects livelihood_completed livelihood_invested_rate leader_visits coordination_meetings one_to_one_enterprises
liaison_cadres liaison_enterprises incentive_paid incentive_enterprises tax_refunded pension_deferred pension_enterprises pension_people
job_fairs job_fair_enterprises positions_offered job_seekers job_intentions hires job_fair_conversion position_fill_rate
poverty_insured_people low_income_households low_income_people financing_granted land_paid land_refund_on_time_rate
return_completeness return_timeliness items_overdue items_due_soon`

func TestEveryMetric(t *testing.T) {
	got, err := Figures(asOfDemo, farOff)
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(contractMetrics)
	for _, m := range names {
		if f, ok := got[m]; !ok || f.Value == nil {
			t.Errorf("%s has no value", m)
		}
	}
	if len(got) != len(names) {
		t.Errorf("%d figures, the contract has %d", len(got), len(names))
	}
}

func TestOverdueBefore(t *testing.T) {
	tr, weeks := mustTruth(t), 0
	for w := 10; w < lastWeek; w++ {
		d := week(2022, w).end
		if *tr.figures(d.time(), farOff, nil)["problems_overdue"].Value > 0 {
			weeks++
		}
	}
	if weeks < 5 {
		t.Errorf("only %d earlier weeks have overdue problems", weeks)
	}
}

func TestFiguresIgnoreOrder(t *testing.T) {
	tr := mustTruth(t)
	shuffled := &truth{tables: map[string][]record{}, calendar: tr.calendar, submitters: tr.submitters}
	r := rand.New(rand.NewPCG(1, 2))
	for name, recs := range tr.tables {
		recs = append([]record(nil), recs...)
		r.Shuffle(len(recs), func(i, j int) { recs[i], recs[j] = recs[j], recs[i] })
		shuffled.tables[name] = recs
	}
	want, got := tr.figures(asOfDemo, farOff, nil), shuffled.figures(asOfDemo, farOff, nil)
	for m := range want {
		if *want[m].Value != *got[m].Value {
			t.Errorf("%s: %v, in another order %v", m, *want[m].Value, *got[m].Value)
		}
	}
}

// Before the correction of May's payments arrived, its first version counted.
func TestCorrectionMovesTheFigure(t *testing.T) {
	tr := mustTruth(t)
	june := civil(2022, 6, 1).time()
	was := *tr.figures(june, civil(2022, 6, 1).at(23, 0), nil)["incentive_paid"].Value
	is := *tr.figures(june, farOff, nil)["incentive_paid"].Value
	if was >= is {
		t.Errorf("incentive_paid as of 1 June: %v as known then, %v as known later", was, is)
	}
}

func TestDeliveriesAreStable(t *testing.T) {
	a, err := Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	b, err := Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	if len(a) != len(b) || len(a) > 500 {
		t.Fatalf("%d and %d deliveries", len(a), len(b))
	}
	paths := map[string]bool{}
	for i := range a {
		if a[i].Path != b[i].Path || !a[i].ReceivedAt.Equal(b[i].ReceivedAt) || !bytes.Equal(a[i].Content, b[i].Content) {
			t.Errorf("%s differs from run to run", a[i].Path)
		}
		if i > 0 && a[i].ReceivedAt.Before(a[i-1].ReceivedAt) {
			t.Errorf("%s arrives out of order", a[i].Path)
		}
		if paths[a[i].Path] {
			t.Errorf("two deliveries at %s", a[i].Path)
		}
		paths[a[i].Path] = true
		if len(a[i].Content) == 0 || a[i].ReceivedAt.After(time.Date(2022, 8, 15, 10, 24, 0, 0, shanghai)) {
			t.Errorf("%s: empty, or after the article", a[i].Path)
		}
	}
}

func TestEveryFormAndSubmitter(t *testing.T) {
	tr := mustTruth(t)
	forms, who := map[string]bool{}, map[string]bool{}
	for _, b := range tr.books() {
		for _, p := range b.parts {
			forms[p.form], who[p.submitter] = true, true
			if !strings.HasPrefix(b.path, p.submitter+"/") {
				t.Errorf("%s isn't in the folder of %s", b.path, p.submitter)
			}
		}
	}
	if len(forms) != 16 || len(sources) != 16 {
		t.Errorf("%d forms delivered, want 16", len(forms))
	}
	for _, s := range tr.submitters {
		if !who[s["名称"]] {
			t.Errorf("%s hands in nothing", s["名称"])
		}
	}
}

func TestTroubles(t *testing.T) {
	tr := mustTruth(t)
	seen := map[string]int{}
	late, nils := 0, 0
	for _, b := range tr.books() {
		seen[b.expect]++
		if strings.HasPrefix(b.note, "迟报") {
			late++
		}
		if b.expect != accepted && b.note == "" {
			t.Errorf("%s is %s without a note", b.path, b.expect)
		}
		for _, p := range b.parts {
			if len(p.rows) == 0 {
				nils++
			}
			if n := len(p.refused); n > 0 && n*5 > len(p.rows) {
				t.Errorf("%s: %d of %d rows refused is more than a fifth", b.path, n, len(p.rows))
			}
		}
	}
	for outcome, least := range map[string]int{duplicate: 1, rejected: 2, partially: 1, warned: 3, accepted: 300} {
		if seen[outcome] < least {
			t.Errorf("%d deliveries %s, want %d", seen[outcome], outcome, least)
		}
	}
	if late < 3 || nils < 3 {
		t.Errorf("%d late, %d nil", late, nils)
	}
	if p := find(t, tr, "社会事务局", "problem", "2022-W17"); len(p.rows) < 3+3 {
		t.Errorf("the shrunken ledger lacks only %d rows", len(p.rows)-3)
	}
}

func find(t *testing.T, tr *truth, submitter, form, period string) *part {
	t.Helper()
	for _, b := range tr.books() {
		for _, p := range b.parts {
			if p.submitter == submitter && p.form == form && p.period.name == period {
				return p
			}
		}
	}
	t.Fatalf("no %s of %s for %s", form, submitter, period)
	return nil
}

// taizhang.yaml and the plan say the same about who owes what.
func TestConfigMatchesPlan(t *testing.T) {
	text := strings.ReplaceAll(string(Config()), "[streets]", "[双马街道, 板塘街道, 宝塔街道]")
	for _, d := range duties {
		line := "{form: " + d.form + ", from: [" + strings.Join(d.from, ", ") + "], due: " + d.due + ", since: " + d.since + "}"
		if !strings.Contains(text, line) {
			t.Errorf("taizhang.yaml lacks %s", line)
		}
	}
	if n := strings.Count(text, "{form:"); n != len(duties) {
		t.Errorf("taizhang.yaml has %d returns, the plan %d", n, len(duties))
	}
	for _, s := range mustTruth(t).submitters {
		line := "{code: " + s["代码"] + ", name: " + s["名称"] + ", kind: " + s["类别"] + ", aliases: [" + strings.ReplaceAll(s["别名"], "|", ", ") + "]}"
		if !strings.Contains(text, line) {
			t.Errorf("taizhang.yaml lacks %s", line)
		}
	}
}

func TestEmbeddedTables(t *testing.T) {
	disk, err := os.ReadDir("truth")
	if err != nil {
		t.Fatal(err)
	}
	embedded, err := truthFS.ReadDir("truth")
	if err != nil || len(disk) != len(embedded) {
		t.Errorf("%d tables embedded, %d files in truth/ (%v)", len(embedded), len(disk), err)
	}
}
