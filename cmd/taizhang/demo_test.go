package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"taizhang/data"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/archive"
	"taizhang/internal/tooltest"
)

// program runs the program in this process.
func program(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, log bytes.Buffer
	code = run(args, strings.NewReader(""), &out, &log)
	return code, out.String(), log.String()
}

// mustJSON runs a command that prints an array of objects.
func mustJSON(t testing.TB, args ...string) []map[string]any {
	t.Helper()
	code, out, log := program(t, append(args, "-f", "json")...)
	if code != 0 {
		t.Fatalf("taizhang %v: exit code %d\n%s", args, code, log)
	}
	var list []map[string]any
	d := json.NewDecoder(strings.NewReader(out))
	d.UseNumber()
	if err := d.Decode(&list); err != nil {
		t.Fatalf("taizhang %v: %v", args, err)
	}
	return list
}

func num(t testing.TB, v any) (float64, bool) {
	t.Helper()
	if v == nil {
		return 0, false
	}
	f, err := v.(json.Number).Float64()
	if err != nil {
		t.Fatal(err)
	}
	return f, true
}

// figuresOf maps metrics to figures.
func figuresOf(t testing.TB, zone string, args ...string) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, f := range mustJSON(t, append([]string{"metrics", "--zone", zone}, args...)...) {
		out[f["metric"].(string)] = f
	}
	return out
}

// TestArticle is the golden table: the figures that Hunan Daily printed on 15 August 2022 come out of the demo's returns.
func TestArticle(t *testing.T) {
	got := figuresOf(t, demoZone(t))
	golden, err := data.Golden()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range golden {
		f := got[w.Metric]
		if f == nil {
			t.Errorf("%s is no metric", w.Metric)
			continue
		}
		value, ok := num(t, f["value"])
		want, err := strconv.ParseFloat(w.Value, 64)
		if err != nil {
			t.Fatal(err)
		}
		tolerance := 0.0
		if f["unit"] == "ratio" { // printed with one decimal of a per cent
			tolerance = 0.0005
		}
		if !ok || math.Abs(value-want) > tolerance {
			t.Errorf("%s is %v, the article has %s (%s)", w.Metric, f["value"], w.Value, w.Quote)
		}
	}
}

// TestDeliveries compares the outcome of every file of the demo, and of every return in it, with what was meant.
func TestDeliveries(t *testing.T) {
	zone := demoZone(t)
	all, err := data.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	journal, err := archive.View(filepath.Join(zone, "archive"))
	if err != nil {
		t.Fatal(err)
	}
	arrival := map[string]int{}
	events, err := journal.Events()
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, e := range events {
		switch e.Event {
		case archive.Arrive:
			arrival[e.Path] = e.Seq
		case archive.Leave:
			left++
		}
	}
	if len(arrival) != len(all) || left != len(all) {
		t.Errorf("%d files arrived, %d left, want %d", len(arrival), left, len(all))
	}
	byArrival := map[int][]map[string]any{}
	for _, r := range mustJSON(t, "returns", "list", "--zone", zone) {
		seq, _, _ := strings.Cut(r["return"].(string), "-")
		n, err := strconv.Atoi(seq)
		if err != nil {
			t.Fatal(err)
		}
		byArrival[n] = append(byArrival[n], r)
	}
	rank := []string{"accepted", "duplicate", "accepted_with_warnings", "partially_accepted", "rejected"}
	for _, d := range all {
		got := byArrival[arrival[d.Path]]
		worst := ""
		for _, r := range got {
			if s := r["status"].(string); worst == "" || slices.Index(rank, s) > slices.Index(rank, worst) {
				worst = s
			}
		}
		if worst != d.Expect {
			t.Errorf("%s is %s, want %s (%s)", d.Path, worst, d.Expect, d.Note)
		}
		for _, w := range d.Returns {
			found := false
			for _, r := range got {
				if r["submitter"] == w.Submitter && r["form"] == w.Form && r["period"] == w.Period {
					found = true
					rows, _ := num(t, r["rows"])
					refused, _ := num(t, r["rows_refused"])
					if w.Outcome != "rejected" && (int(rows)+int(refused) != w.Rows || int(refused) != w.Refused) {
						t.Errorf("%s, %s: %v rows and %v refused, want %d of %d refused", d.Path, w.Form, rows, refused, w.Refused, w.Rows)
					}
				}
			}
			if !found {
				t.Errorf("%s: no return of %s for %s by %s", d.Path, w.Form, w.Period, w.Submitter)
			}
		}
		if len(d.Returns) > 0 && len(got) != len(d.Returns) {
			t.Errorf("%s: %d returns, want %d", d.Path, len(got), len(d.Returns))
		}
	}
	// One receipt per file, and an empty inbox.
	if n := len(files(t, filepath.Join(zone, "outbox"))); n != len(all) {
		t.Errorf("%d receipts for %d files", n, len(all))
	}
	if n := len(files(t, filepath.Join(zone, "inbox"))); n != 0 {
		t.Errorf("%d files are left in the inbox", n)
	}
}

// files lists all files below a folder.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(out)
	return out
}

// copyZone copies a zone, so that a test may change it.
func copyZone(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "zone")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestDemoRebuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	zone := copyZone(t, demoZone(t))
	strip := func(list []map[string]any) string {
		for _, f := range list {
			delete(f, "known_at")
		}
		text, err := json.MarshalIndent(list, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	before, returns := strip(mustJSON(t, "metrics", "--zone", zone)), strip(mustJSON(t, "returns", "list", "--zone", zone))
	code, _, log := program(t, "rebuild", "--zone", zone)
	if code != 0 || !strings.Contains(log, "the figures are the same") {
		t.Errorf("exit code %d\n%s", code, log)
	}
	if after := strip(mustJSON(t, "metrics", "--zone", zone)); after != before {
		t.Errorf("the figures differ:\n%s\nwere\n%s", after, before)
	}
	if after := strip(mustJSON(t, "returns", "list", "--zone", zone)); after != returns {
		t.Error("the returns differ")
	}
	if code, _, log := program(t, "run", "--zone", zone); code != 0 || !strings.Contains(log, "Nothing new") {
		t.Errorf("a run after the rebuild: exit code %d\n%s", code, log)
	}
}

// TestTracesAddUp recomputes every figure from the rows of its trace.
func TestTracesAddUp(t *testing.T) {
	tooltest.Thorough(t)
	zone := demoZone(t)
	for name, f := range figuresOf(t, zone) {
		rows := mustJSON(t, "trace", name, "--zone", zone)
		var sum, den float64
		var list []float64
		seen := map[string]bool{}
		for _, r := range rows {
			c, ok := num(t, r["contributes"])
			if ok {
				list = append(list, c)
			}
			sum += c
			d, _ := num(t, r["contributes_den"])
			den += d
			if r["row"] != nil {
				key := r["return"].(string) + " " + r["sheet"].(string) + " " + r["row"].(json.Number).String()
				if seen[key] {
					t.Errorf("%s: row %s twice", name, key)
				}
				seen[key] = true
			}
		}
		want, ok := num(t, f["value"])
		var got float64
		switch f["unit"] {
		case "ratio":
			n, _ := num(t, f["num"])
			if math.Abs(sum-n) > 0.005 {
				t.Errorf("%s: the rows add up to %v, the numerator is %v", name, sum, n)
			}
			if d, _ := num(t, f["den"]); math.Abs(den-d) > 0.005 {
				t.Errorf("%s: the rows add up to %v, the denominator is %v", name, den, d)
			}
			got = sum / den
		case "days":
			sort.Float64s(list)
			got = (list[(len(list)-1)/2] + list[len(list)/2]) / 2
		default:
			got = sum
		}
		if !ok || math.Abs(got-want) > 1e-6 {
			t.Errorf("%s is %v, its %d rows give %v", name, f["value"], len(rows), got)
		}
	}
}

// TestTraceLeadsToTheCell follows traces into the archived originals: the cell holds what the row contributes.
func TestTraceLeadsToTheCell(t *testing.T) {
	zone := demoZone(t)
	for metric, want := range map[string]struct {
		titles []string
		scales []float64
	}{
		"job_seekers":    {[]string{"求职人次", "参会求职人数", "求职"}, []float64{1}},
		"incentive_paid": {[]string{"兑付", "拨付"}, []float64{1, 1e4}},
		"tax_refunded":   {[]string{"退税"}, []float64{1, 1e4, 1e8}},
	} {
		checked := 0
		for _, r := range mustJSON(t, "trace", metric, "--zone", zone) {
			content, err := os.ReadFile(filepath.Join(zone, filepath.FromSlash(r["archive"].(string))))
			if err != nil {
				t.Fatal(err)
			}
			book, err := anyfile.Open(context.Background(), r["file"].(string), content, sheet.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			shown := map[string]string{}
			for i, s := range book.Sheets() {
				if s.Name != r["sheet"] {
					continue
				}
				g, err := book.Grid(i)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range g.Rows {
					for _, c := range row.Cells {
						shown[sheet.ColumnName(c.Col)+strconv.Itoa(row.N)] = c.Text
					}
				}
			}
			contributes, _ := num(t, r["contributes"])
			hit := false
			for title, address := range r["cells"].(map[string]any) {
				if !slices.ContainsFunc(want.titles, func(s string) bool { return strings.Contains(title, s) }) {
					continue
				}
				digits := strings.NewReplacer(",", "", "万元", "", "元", "", "¥", "", " ", "").Replace(shown[address.(string)])
				value, err := strconv.ParseFloat(digits, 64)
				for _, scale := range want.scales {
					hit = hit || err == nil && math.Abs(value*scale-contributes) < 0.006
				}
			}
			if !hit {
				t.Errorf("%s: %s %s row %v contributes %v, its cells hold %v", metric, r["file"], r["sheet"], r["row"], contributes, r["cells"])
			}
			checked++
		}
		if checked == 0 {
			t.Errorf("%s has no rows", metric)
		}
	}
}
