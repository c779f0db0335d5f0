package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/data"
)

// TestFiguresAgreeWithTruth compares every metric with its independent computation from the truth tables, at chosen and
// at random dates and times.
func TestFiguresAgreeWithTruth(t *testing.T) {
	zone := demoZone(t)
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	points := []struct{ asOf, known string }{
		{"2022-08-15", ""},
		{"2022-08-15", "2022-08-15 09:00"},
		{"2022-07-31", "2022-07-31 23:00"},
		{"2022-05-02", ""},
		{"2022-03-31", "2022-04-10 08:00"},
		{"2022-01-20", ""},
		{"2022-06-04", "2022-06-14 08:28"}, // a week handed in after its holiday
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 20 { // known a week before the date up to six weeks after it
		day := time.Date(2022, 1, 4, 0, 0, 0, 0, shanghai).AddDate(0, 0, r.IntN(224))
		known := day.Add(time.Duration(r.Int64N(int64(49*24*time.Hour))) - 7*24*time.Hour)
		points = append(points, struct{ asOf, known string }{day.Format("2006-01-02"), known.Format("2006-01-02 15:04")})
	}
	for _, c := range points {
		day, err := time.ParseInLocation("2006-01-02", c.asOf, shanghai)
		if err != nil {
			t.Fatal(err)
		}
		known := time.Date(2030, 1, 1, 0, 0, 0, 0, shanghai)
		args := []string{"--as-of", c.asOf}
		if c.known != "" {
			if known, err = time.ParseInLocation("2006-01-02 15:04", c.known, shanghai); err != nil {
				t.Fatal(err)
			}
			args = append(args, "--known-at", c.known)
		}
		want, err := data.Figures(day, known)
		if err != nil {
			t.Fatal(err)
		}
		got := figuresOf(t, zone, args...)
		for name := range got {
			if _, ok := want[name]; !ok {
				t.Fatalf("%s is declared, and the truth doesn't have it: count it in data/figures.go, too", name)
			}
		}
		for name, w := range want {
			if f := got[name]; f == nil {
				t.Errorf("%s is no metric", name)
			} else if problem := disagrees(t, f, w); problem != "" {
				t.Errorf("as of %s, known at %q: %s: %s", c.asOf, c.known, name, problem)
			}
		}
	}
}

// disagrees says how a figure differs from the truth, empty where it doesn't.
func disagrees(t *testing.T, f map[string]any, w data.Figure) string {
	t.Helper()
	var out []string
	if f["unit"] != w.Unit {
		out = append(out, "the unit is "+f["unit"].(string)+", the truth has "+w.Unit)
	}
	for key, wanted := range map[string]*float64{"value": w.Value, "num": w.Num, "den": w.Den} {
		if key == "num" && w.Den == nil {
			continue // a plain figure has no numerator
		}
		value, ok := num(t, f[key])
		if ok != (wanted != nil) || ok && math.Abs(value-*wanted) > 1e-9 {
			out = append(out, fmt.Sprintf("%s is %v, the truth has %v", key, f[key], show(wanted)))
		}
	}
	return strings.Join(out, "; ")
}

func show(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}

// TestBreakdownsAgreeWithTruth compares every metric's breakdown by every dimension with the truth over the rows of each
// value: the values are those of the truth, one by one, those without a value among them.
func TestBreakdownsAgreeWithTruth(t *testing.T) {
	zone := demoZone(t)
	day := time.Date(2022, 8, 15, 0, 0, 0, 0, time.UTC)
	known := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	// Which column of a form is the dimension, by the forms' own titles.
	titles := map[string]map[string]string{
		"street":     {"problem": "所属街道", "contact": "所属街道", "livelihood": "所属街道", "assistance": "所属街道"},
		"department": {"problem": "牵头单位", "enterprise_request": "承办单位", "special_item": "责任单位", "key_task": "牵头单位", "livelihood": "牵头单位"},
		"category":   {"problem": "责任清单", "enterprise_request": "问题类型", "special_item": "清单名称"},
		"list":       {"problem": "责任清单", "special_item": "清单名称"},
		"source":     {"problem": "问题来源"},
		"type":       {"enterprise_request": "问题类型", "contact": "联系方式", "activity": "类型"},
		"programme":  {"contact": "专项行动", "assistance": "帮扶项目", "incentive": "政策项目"},
		"batch":      {"key_task": "批次"},
		"industry":   {"tax_refund": "所属行业"},
		"series":     {"job_fair": "活动系列"},
		"enterprise": {"problem": "涉及企业或单位", "enterprise_request": "企业名称", "contact": "联系对象", "incentive": "企业名称", "pension_deferral": "企业名称", "financing": "企业名称", "land_payment": "企业名称"},
		"submitter":  nil,
	}
	total, err := data.Figures(day, known)
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for dim, columns := range titles {
		valueOf := func(form, submitter string, text func(string) string) string {
			if dim == "submitter" {
				return submitter
			}
			value := text(columns[form])
			if dim == "department" { // of several units in charge the first counts
				value, _, _ = strings.Cut(strings.NewReplacer("，", "、", ",", "、").Replace(value), "、")
			}
			return value
		}
		covered := func(form string) bool { return dim == "submitter" || columns[form] != "" }
		values := map[string]bool{}
		if _, err := data.FiguresOf(day, known, func(form, submitter string, text func(string) string) bool {
			if covered(form) {
				values[valueOf(form, submitter, text)] = true
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		got := map[string]map[string]map[string]any{} // metric, value
		for _, f := range mustJSON(t, "metrics", "--zone", zone, "--by", dim) {
			name, value := f["metric"].(string), ""
			if f[dim] != nil {
				value = f[dim].(string)
			}
			if got[name] == nil {
				got[name] = map[string]map[string]any{}
			}
			got[name][value] = f
		}
		if len(got) == 0 {
			t.Errorf("no metric has the dimension %s", dim)
		}
		names := make([]string, 0, len(values))
		for v := range values {
			names = append(names, v)
		}
		slices.Sort(names)
		if dim == "enterprise" && len(names) > 40 { // hundreds: some of them, each with another figure
			names = append(names[:20], names[len(names)-20:]...)
		}
		for _, v := range names {
			want, err := data.FiguresOf(day, known, func(form, submitter string, text func(string) string) bool {
				return covered(form) && valueOf(form, submitter, text) == v
			})
			if err != nil {
				t.Fatal(err)
			}
			for name, parts := range got {
				w, ok := want[name]
				if strings.HasPrefix(name, "return_") || !ok {
					continue
				}
				f := parts[v]
				if f == nil {
					if w.Value != nil && *w.Value != 0 {
						t.Errorf("%s by %s has no %q, the truth has %v", name, dim, v, *w.Value)
					}
					continue
				}
				if problem := disagrees(t, f, w); problem != "" {
					t.Errorf("%s by %s, %q: %s", name, dim, v, problem)
				}
				compared++
			}
		}
	}
	if compared < 500 || len(total) < 40 {
		t.Errorf("only %d figures were compared", compared)
	}
	t.Logf("%d figures", compared)
}
