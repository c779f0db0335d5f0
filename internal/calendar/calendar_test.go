package calendar

import (
	"encoding/json"
	"testing"
	"time"
)

func day(t testing.TB, text string) Date {
	t.Helper()
	d, err := ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDate(t *testing.T) {
	for text, want := range map[string]Date{"1970-01-01": 0, "1969-12-31": -1, "2015-01-01": Epoch, "2022-08-15": 19219, "2000-02-29": 11016} {
		d := day(t, text)
		if d != want || d.String() != text {
			t.Errorf("%s = %d (%s), want %d", text, d, d, want)
		}
		if back := NewDate(d.Year(), d.Month(), d.Day()); back != d {
			t.Errorf("NewDate of %s = %s", text, back)
		}
	}
	for _, text := range []string{"", "2022-2-1", "2022-02-30", "2022-13-01", "20220815", "2022-08-15 ", "2022-08-15T00:00:00Z", "2022/08/15"} {
		if d, err := ParseDate(text); err == nil || d.Valid() {
			t.Errorf("ParseDate(%q) = %s, want an error", text, d)
		}
	}
	if got := NewDate(2022, 2, 31); got != day(t, "2022-03-03") {
		t.Errorf("31 February = %s", got)
	}
	if got := NewDate(2022, 3, 0); got != day(t, "2022-02-28") {
		t.Errorf("day 0 of March = %s", got)
	}
	if NoDate.Valid() || NoDate.String() != "" || NoDate.Year() != 0 || NoDate.Day() != 0 || NoDate.Month() != 0 {
		t.Error("NoDate has a value")
	}
	if d := day(t, "2022-08-15"); d.Weekday() != time.Monday || (d+6).Weekday() != time.Sunday || (d-19219-4).Weekday() != time.Sunday {
		t.Errorf("weekdays: %s %s", d.Weekday(), (d - 19219 - 4).Weekday())
	}
	for d := Date(-800000); d < 800000; d += 997 {
		if d.Weekday() != d.Time(time.UTC).Weekday() || Of(d.Time(time.UTC)) != d {
			t.Fatalf("%s: weekday or Of", d)
		}
	}
}

func TestDateInZones(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Skip(err)
	}
	at := time.Date(2022, 8, 14, 16, 30, 0, 0, time.UTC) // half past midnight of the 15th in Shanghai
	if got := Of(at.In(shanghai)); got != day(t, "2022-08-15") {
		t.Errorf("Of = %s", got)
	}
	if got := day(t, "2022-08-15").Time(shanghai); got.UTC().Format(time.RFC3339) != "2022-08-14T16:00:00Z" {
		t.Errorf("midnight = %s", got)
	}
}

func TestJSON(t *testing.T) {
	type row struct {
		D Date   `json:"d"`
		N Date   `json:"n"`
		P Period `json:"p"`
		Q Period `json:"q"`
	}
	in := row{D: day(t, "2022-08-15"), N: NoDate, P: WeekOf(day(t, "2022-08-15"))}
	text, err := json.Marshal(in)
	if err != nil || string(text) != `{"d":"2022-08-15","n":null,"p":"2022-W33","q":null}` {
		t.Fatalf("%s %v", text, err)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("%+v %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"d":"15.8.2022"}`), &out); err == nil {
		t.Error("a wrong date is read")
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct{ text, start, end, next, prev string }{
		{"2022-W33", "2022-08-15", "2022-08-21", "2022-W34", "2022-W32"},
		{"2021-W52", "2021-12-27", "2022-01-02", "2022-W01", "2021-W51"},
		{"2020-W53", "2020-12-28", "2021-01-03", "2021-W01", "2020-W52"},
		{"2022-08", "2022-08-01", "2022-08-31", "2022-09", "2022-07"},
		{"2024-02", "2024-02-01", "2024-02-29", "2024-03", "2024-01"},
		{"2022-12", "2022-12-01", "2022-12-31", "2023-01", "2022-11"},
	} {
		p, err := ParsePeriod(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if p.String() != c.text || p.Start.String() != c.start || p.End().String() != c.end || p.Next().String() != c.next || p.Prev().String() != c.prev {
			t.Errorf("%s: %s %s–%s next %s prev %s", c.text, p, p.Start, p.End(), p.Next(), p.Prev())
		}
		for d := p.Start; d <= p.End(); d++ {
			if p.Kind.Of(d) != p || !p.Contains(d) {
				t.Errorf("%s does not hold %s", p, d)
			}
		}
		if p.Contains(p.Start-1) || p.Contains(p.End()+1) || p.Contains(NoDate) {
			t.Errorf("%s holds too much", p)
		}
	}
	for _, text := range []string{"", "2022", "2022-W53", "2022-W00", "2022-W1", "2022-13", "2022-00", "2022-8", "2022-w33", "2022W33", "2022-08-15", "２０22-08"} {
		if p, err := ParsePeriod(text); err == nil || p.Valid() {
			t.Errorf("ParsePeriod(%q) = %s, want an error", text, p)
		}
	}
	var none Period
	if none.Valid() || none.String() != "" || none.End().Valid() || none.Next().Valid() || none.Prev().Valid() || none.Contains(0) {
		t.Error("the zero period is a period")
	}
	if WeekOf(NoDate).Valid() || MonthOf(NoDate).Valid() || PeriodOf(0, 0).Valid() {
		t.Error("a period of nothing")
	}
}

func TestWorkdays(t *testing.T) {
	w := New(nil, nil)
	for _, c := range []struct {
		day    string
		worked bool
	}{
		{"2022-01-03", false}, {"2022-01-04", true}, // 元旦
		{"2022-01-29", true}, {"2022-01-30", true}, {"2022-01-31", false}, {"2022-02-06", false}, {"2022-02-07", true}, // 春节
		{"2022-04-02", true}, {"2022-04-04", false}, {"2022-04-05", false}, {"2022-04-06", true}, // 清明
		{"2022-04-24", true}, {"2022-05-02", false}, {"2022-05-04", false}, {"2022-05-05", true}, {"2022-05-07", true}, {"2022-05-08", false},
		{"2022-08-13", false}, {"2022-08-15", true}, {"2022-10-03", false}, {"2022-10-08", true}, {"2022-10-09", true},
		{"2015-09-03", false}, {"2015-09-04", false}, {"2015-09-06", true}, // extraordinary
		{"2020-01-31", false}, {"2020-02-01", false}, {"2020-02-03", true}, // prolonged
		{"2026-01-02", false}, {"2026-01-04", true}, {"2026-02-14", true}, {"2026-02-23", false}, {"2026-09-20", true}, {"2026-10-07", false}, {"2026-10-10", true},
		{"2027-01-01", true}, {"2027-02-08", true}, {"2027-01-02", false}, // not announced: Monday to Friday
		{"2014-10-01", true},
	} {
		if got := w.IsWorkday(day(t, c.day)); got != c.worked {
			t.Errorf("IsWorkday(%s) = %v", c.day, got)
		}
	}
	for year, want := range map[int]bool{2014: false, 2015: true, 2022: true, 2026: true, 2027: false} {
		if w.Covered(year) != want {
			t.Errorf("Covered(%d) = %v", year, !want)
		}
	}
}

// The number of working days of each year, counted from another collection of
// the announcements.
func TestWorkdaysOfYears(t *testing.T) {
	w := New(nil, nil)
	for year, want := range map[int]int{
		2015: 249, 2016: 250, 2017: 249, 2018: 250, 2019: 250, 2020: 249,
		2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248,
	} {
		if got := w.WorkdayNo(NewDate(year, 12, 31)) - w.WorkdayNo(NewDate(year-1, 12, 31)); got != want {
			t.Errorf("%d: %d working days, want %d", year, got, want)
		}
	}
}

func TestAddWorkdays(t *testing.T) {
	w := New(nil, nil)
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2022-04-30", 5, "2022-05-10"}, // 5., 6., 7. (make-up), 9., 10. May
		{"2022-01-31", 1, "2022-02-07"},
		{"2022-08-12", 1, "2022-08-15"},
		{"2022-08-15", 0, "2022-08-15"},
		{"2022-08-15", -1, "2022-08-12"},
		{"2022-09-30", 5, "2022-10-12"}, // 8., 9. (make-up), 10., 11., 12. October
		{"2022-08-15", 15, "2022-09-05"},
	} {
		if got := w.AddWorkdays(day(t, c.from), c.n); got.String() != c.want {
			t.Errorf("%s + %d = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	for from, want := range map[string]string{"2022-01-31": "2022-02-07", "2022-01-29": "2022-01-29", "2022-10-01": "2022-10-08", "2022-08-15": "2022-08-15"} {
		if got := w.NextWorkday(day(t, from)); got.String() != want {
			t.Errorf("NextWorkday(%s) = %s, want %s", from, got, want)
		}
	}
}

func TestWorkdayNo(t *testing.T) {
	own := New([]Date{day(t, "2022-08-15"), day(t, "2014-12-31"), day(t, "2022-08-14")}, []Date{day(t, "2022-10-01"), day(t, "2027-01-02")})
	for name, w := range map[string]*Workdays{"plain": New(nil, nil), "own": own} {
		n := 0
		for d := Epoch; d < NewDate(2029, 1, 1); d++ {
			if w.IsWorkday(d) {
				n++
			}
			if got := w.WorkdayNo(d); got != n {
				t.Fatalf("%s: WorkdayNo(%s) = %d, want %d", name, d, got, n)
			}
		}
		n = 0
		for d := Epoch - 1; d > NewDate(2012, 1, 1); d-- {
			if got := w.WorkdayNo(d); got != n {
				t.Fatalf("%s: WorkdayNo(%s) = %d, want %d", name, d, got, n)
			}
			if w.IsWorkday(d) {
				n--
			}
		}
	}
	if own.IsWorkday(day(t, "2022-08-15")) || !own.IsWorkday(day(t, "2022-10-01")) || !own.IsWorkday(day(t, "2027-01-02")) {
		t.Error("a zone's own days do not count")
	}
}

func TestParseStateCouncilRefuses(t *testing.T) {
	for _, text := range []string{
		"rest 2022-01-01 2022-01-03 元旦",
		"covers 2022 2022\nrest 2022-01-03 2022-01-01 元旦",
		"covers 2022 2022\nwork 2022-01-04 元旦",
		"covers 2022 2022\nrest 2022-01-01 2022-01-03 元旦\nrest 2022-01-03 2022-01-04 元旦",
		"covers 2022 2022\nfree 2022-01-01",
		"covers 2022 2022\nrest 2022-02-30 2022-03-01 元旦",
		"covers 2022 x",
	} {
		if _, err := parseStateCouncil(text); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

func BenchmarkWorkdayNo(b *testing.B) {
	w, d := New(nil, nil), NewDate(2022, 8, 15)
	for b.Loop() {
		w.WorkdayNo(d)
	}
}

// What is written by hand is what the library writes, for every day of two thousand years and beyond.
func TestDatesAreWrittenAsTheLibraryDoes(t *testing.T) {
	for d := NewDate(-1, 12, 30); d < NewDate(2300, 1, 1); d++ {
		if want := time.Unix(int64(d)*secondsPerDay, 0).UTC().Format(time.DateOnly); d.String() != want {
			t.Fatalf("%d is written %s, want %s", d, d, want)
		}
	}
	for _, d := range []Date{NewDate(9999, 12, 31), NewDate(10000, 1, 1)} {
		if want := time.Unix(int64(d)*secondsPerDay, 0).UTC().Format(time.DateOnly); d.String() != want {
			t.Errorf("%d is written %s, want %s", d, d, want)
		}
	}
}
