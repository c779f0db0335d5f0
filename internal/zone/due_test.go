package zone

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/calendar"
)

const stamp = "2006-01-02 15:04:05.999999"

func TestRuleAt(t *testing.T) {
	days, loc := calendar.New(nil, nil), time.FixedZone("CST", 8*3600)
	for _, c := range []struct{ rule, period, want string }{
		{"monday 12:00", "2022-W32", "2022-08-15 12:00:00"},
		{"Monday  9:30", "2022-W32", "2022-08-15 09:30:00"},
		{"monday 12：00", "2022-W32", "2022-08-15 12:00:00"},
		{"monday", "2022-W32", "2022-08-15 23:59:59.999999"},
		{"sunday 12:00", "2022-W32", "2022-08-22 12:00:00"}, // a Sunday is no working day
		{"this friday 17:00", "2022-W33", "2022-08-19 17:00:00"},
		{"this friday", "2022-W33", "2022-08-19 23:59:59.999999"},
		// Spring Festival: 31 January to 6 February
		{"monday 12:00", "2022-W04", "2022-02-07 12:00:00"},
		{"monday 12:00", "2022-W05", "2022-02-07 12:00:00"},
		{"this friday 17:00", "2022-W05", "2022-02-07 17:00:00"},
		{"saturday 12:00", "2022-W03", "2022-01-29 12:00:00"}, // make-up day
		// 清明 3 to 5 April, 劳动节 30 April to 4 May, 国庆 1 to 7 October, 8 and 9 worked
		{"monday 12:00", "2022-W13", "2022-04-06 12:00:00"},
		{"tuesday 12:00", "2022-W13", "2022-04-06 12:00:00"},
		{"monday 12:00", "2022-W17", "2022-05-05 12:00:00"},
		{"monday 12:00", "2022-W39", "2022-10-08 12:00:00"},
		{"monday 12:00", "2022-W40", "2022-10-10 12:00:00"},
		{"this friday 17:00", "2022-W40", "2022-10-08 17:00:00"},
		{"5 working days", "2022-04", "2022-05-10 23:59:59.999999"},
		{"5 working days 17:00", "2022-07", "2022-08-05 17:00:00"},
		{"1 working day", "2022-01", "2022-02-07 23:59:59.999999"},
		{"5 working days", "2022-09", "2022-10-12 23:59:59.999999"},
		{"day 5 12:00", "2022-07", "2022-08-05 12:00:00"},
		{"day 5", "2022-10", "2022-11-07 23:59:59.999999"},
		{"5 days", "2022-03", "2022-04-06 23:59:59.999999"},
		{"次周一 12:00", "2022-W32", "2022-08-15 12:00:00"},
		{"下周一12点前", "2022-W32", "2022-08-15 12:00:00"},
		{"周二9时30分", "2022-W32", "2022-08-16 09:30:00"},
		{"当周五 17：00", "2022-W33", "2022-08-19 17:00:00"},
		{"本周五17点之前", "2022-W33", "2022-08-19 17:00:00"},
		{"星期天", "2022-W32", "2022-08-22 23:59:59.999999"},
		{"月后5个工作日内", "2022-04", "2022-05-10 23:59:59.999999"},
		{"5个工作日 17:00", "2022-07", "2022-08-05 17:00:00"},
		{"次月5日12:00", "2022-07", "2022-08-05 12:00:00"},
		{"5号", "2022-03", "2022-04-06 23:59:59.999999"},
		{"day 31", "2022-05", "2022-06-30 23:59:59.999999"},
		{"monday 12:00", "2022-08", ""},
		{"5 working days", "2022-W32", ""},
		// not announced yet: Monday to Friday
		{"monday 12:00", "2027-W39", "2027-10-04 12:00:00"},
	} {
		r, err := ParseRule(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		got := r.At(period(t, c.period), days, loc)
		if text := got.Format(stamp); text != c.want && !(c.want == "" && got.IsZero()) {
			t.Errorf("%s of %s = %s, want %s", c.rule, c.period, text, c.want)
		}
	}
	for _, text := range []string{"", "12:00", "this 12:00", "monday noon", "this 5 working days", "0 working days", "32 days", "day x", "monday 24:00", "monday 12:60", "monday 12:00 17:00", "working days", "monday -1:00", "5", "周八", "次周 12:00", "0个工作日", "次月32日", "周一 25点"} {
		if r, err := ParseRule(text); err == nil {
			t.Errorf("ParseRule(%q) = %+v", text, r)
		}
	}
}

func TestObligations(t *testing.T) {
	z := parse(t, demo)
	first := map[string]calendar.Period{"activity": period(t, "2022-W32"), "assistance": period(t, "2022-05")}
	list := z.Obligations(date(t, "2022-08-15"), first)
	if !slices.IsSortedFunc(list, func(a, b Obligation) int { return a.DueAt.Compare(b.DueAt) }) {
		t.Error("not by due time")
	}
	var last []string
	count := map[string]int{}
	for _, o := range list {
		count[o.Submitter+" "+o.Form]++
		if o.Period.End() >= date(t, "2022-08-07") {
			last = append(last, fmt.Sprintf("%s %s %s %s", o.Submitter, o.Form, o.Period, o.DueAt.Format("01-02 15:04")))
		}
		if at, ok := z.DueAt(o.Submitter, o.Form, o.Period); !ok || !at.Equal(o.DueAt) {
			t.Errorf("DueAt of %+v = %s %v", o, at, ok)
		}
	}
	want := []string{
		"cyj problem 2022-W31 08-08 12:00",
		"dzb activity 2022-W32 08-12 17:00",
		"cyj problem 2022-W32 08-15 12:00",
		"dzb activity 2022-W33 08-19 17:00",
		"cyj problem 2022-W33 08-22 12:00",
		"btj assistance 2022-08 09-05 12:00",
		"czj incentive 2022-08 09-07 23:59",
	}
	if !slices.Equal(last, want) {
		t.Errorf("got:\n%s", strings.Join(last, "\n"))
	}
	// until 2022-06-30, a Thursday of W26: W01 to W26, and of the assistance May and June
	for who, n := range map[string]int{"cyj problem": 33, "smj problem": 26, "smj assistance": 2, "btj assistance": 4, "czj incentive": 8, "dzb activity": 2} {
		if count[who] != n {
			t.Errorf("%s owes %d, want %d", who, count[who], n)
		}
	}
	// Equal due times: by submitter, then form.
	list = z.Obligations(date(t, "2022-02-06"), nil)
	var spring []string
	for _, o := range list {
		if z.DateOf(o.DueAt) == date(t, "2022-02-07") {
			spring = append(spring, o.Submitter+" "+o.Period.String())
		}
	}
	if want := []string{"cyj 2022-W04", "cyj 2022-W05", "smj 2022-W04", "smj 2022-W05"}; !slices.Equal(spring, want) {
		t.Errorf("due on 7 February: %v", spring)
	}
	if list := z.Obligations(date(t, "2022-01-02"), nil); len(list) != 1 || list[0].Form != "incentive" {
		t.Errorf("before the first week: %v", list)
	}
}

func TestDueAtNotOwed(t *testing.T) {
	z := parse(t, demo)
	for _, c := range []struct {
		submitter, form, period string
		owed                    bool
	}{
		{"cyj", "problem", "2022-W01", true}, {"cyj", "problem", "2021-W52", false}, {"cyj", "problem", "2022-01", false},
		{"smj", "problem", "2022-W26", true}, {"smj", "problem", "2022-W27", false}, {"btj", "problem", "2022-W26", false},
		{"smj", "assistance", "2022-06", true}, {"smj", "assistance", "2022-07", false}, {"nobody", "problem", "2022-W01", false},
		{"dzb", "activity", "2019-W01", true}, // no since: whenever it was handed in
	} {
		if _, ok := z.DueAt(c.submitter, c.form, period(t, c.period)); ok != c.owed {
			t.Errorf("%+v: owed %v", c, ok)
		}
	}
	if _, ok := z.DueAt("cyj", "problem", calendar.Period{}); ok {
		t.Error("no period is owed")
	}
}

func TestSince(t *testing.T) {
	for _, c := range []struct{ form, due, since, want string }{
		{"problem", "monday", "2022-W05", "2022-W05"},
		{"problem", "monday", "2022-01", "2022-W01"},
		{"problem", "monday", "2022-02", "2022-W06"},
		{"problem", "monday", "2022-01-05", "2022-W01"},
		{"problem", "monday", "2022-01-01", "2021-W52"},
		{"assistance", "5 days", "2022-03", "2022-03"},
		{"assistance", "5 days", "2022-03-31", "2022-03"},
		{"assistance", "5 days", "2022-W05", "2022-02"},
	} {
		z := parse(t, "zone: 高新区\nsubmitters: [{name: 产业局}]\nreturns: [{form: "+c.form+", from: all, due: "+c.due+", since: "+c.since+"}]")
		if got := z.Returns[0].Since.String(); got != c.want {
			t.Errorf("since %s of %s = %s, want %s", c.since, c.form, got, c.want)
		}
	}
}

func TestPeriodFor(t *testing.T) {
	z := parse(t, strings.Replace(demo, "holidays: [2022-08-16]\nworkdays: [2022-08-20]\n", "", 1))
	week, month := calendar.Week, calendar.Month
	for _, c := range []struct {
		submitter, form string
		kind            calendar.PeriodKind
		date, want      string
	}{
		// due Monday 12:00
		{"cyj", "problem", week, "2022-08-14", "2022-W32"},
		{"cyj", "problem", week, "2022-08-15", "2022-W32"},
		{"cyj", "problem", week, "2022-08-16", "2022-W33"},
		{"cyj", "problem", week, "2022-08-19", "2022-W33"},
		// W13 due on Wednesday 6 April, after 清明
		{"cyj", "problem", week, "2022-04-04", "2022-W13"},
		{"cyj", "problem", week, "2022-04-06", "2022-W13"},
		{"cyj", "problem", week, "2022-04-07", "2022-W14"},
		// W04 and W05 both due on 7 February
		{"cyj", "problem", week, "2022-01-30", "2022-W04"},
		{"cyj", "problem", week, "2022-01-31", "2022-W04"},
		{"cyj", "problem", week, "2022-02-03", "2022-W04"},
		{"cyj", "problem", week, "2022-02-07", "2022-W05"},
		{"cyj", "problem", week, "2022-02-08", "2022-W06"},
		// May: W17 due on 5 May; October: W39 due on Saturday 8 October
		{"cyj", "problem", week, "2022-05-05", "2022-W17"},
		{"cyj", "problem", week, "2022-05-06", "2022-W18"},
		{"cyj", "problem", week, "2022-10-08", "2022-W39"},
		{"cyj", "problem", week, "2022-10-09", "2022-W40"},
		{"cyj", "problem", week, "2021-08-16", "2021-W32"}, // before since
		{"smj", "problem", week, "2022-08-15", "2022-W32"}, // after until
		// due within the week, not owed, another kind
		{"dzb", "activity", week, "2022-08-15", "2022-W33"},
		{"czj", "problem", week, "2022-08-15", "2022-W33"},
		{"nobody", "problem", week, "2022-08-15", "2022-W33"},
		{"cyj", "problem", month, "2022-08-01", "2022-08"},
		// due 5 working days after the month: April until 10 May
		{"czj", "incentive", month, "2022-05-06", "2022-04"},
		{"czj", "incentive", month, "2022-05-10", "2022-04"},
		{"czj", "incentive", month, "2022-05-11", "2022-05"},
		{"czj", "incentive", month, "2022-04-30", "2022-04"},
		{"czj", "incentive", month, "2022-01-05", "2021-12"},
		{"btj", "assistance", month, "2022-08-05", "2022-07"},
		{"btj", "assistance", month, "2022-08-06", "2022-08"},
	} {
		if got := z.PeriodFor(c.submitter, c.form, c.kind, date(t, c.date)); got.String() != c.want {
			t.Errorf("%s %s %s = %s, want %s", c.submitter, c.form, c.date, got, c.want)
		}
	}
	if got := z.PeriodFor("cyj", "problem", week, calendar.NoDate); got.Valid() {
		t.Errorf("no date = %s", got)
	}
}

func TestSummaries(t *testing.T) {
	z := parse(t, demo)
	for week, want := range map[string]string{
		"2022-W32": "2022-08-12 17:00:00",
		"2022-W05": "", // all of it a holiday
		"2022-W06": "2022-02-11 17:00:00",
		"2022-W40": "2022-10-08 17:00:00", // both moved to the make-up Saturday
	} {
		at, ok := z.LastDue(period(t, week))
		if ok != (want != "") || ok && at.Format(stamp) != want {
			t.Errorf("LastDue(%s) = %s %v, want %s", week, at, ok, want)
		}
	}
	for now, want := range map[string]string{
		"2022-08-15 12:00:00": "2022-08-19 17:00:00",
		"2022-08-19 17:00:00": "2022-08-26 17:00:00",
		"2022-01-29 09:00:00": "2022-02-11 17:00:00",
	} {
		from, _ := time.ParseInLocation(time.DateTime, now, z.Location)
		if at, ok := z.NextSummary(from); !ok || at.Format(stamp) != want {
			t.Errorf("NextSummary(%s) = %s %v, want %s", now, at, ok, want)
		}
	}
	monthly := parse(t, "zone: 高新区\nsubmitters: [{name: 产业局}]\nreturns: [{form: assistance, from: all, due: 5 working days}]")
	from := time.Date(2022, 8, 15, 0, 0, 0, 0, monthly.Location)
	if at, ok := monthly.NextSummary(from); !ok || at.Format(stamp) != "2022-09-07 23:59:59.999999" {
		t.Errorf("monthly: %s %v", at, ok)
	}
}

func BenchmarkObligations(b *testing.B) {
	z := parse(b, demo)
	through := date(b, "2022-08-15")
	for b.Loop() {
		z.Obligations(through, nil)
	}
}

// TestRuleInChinese: what a rule says of itself in Chinese is read as the same rule.
func TestRuleInChinese(t *testing.T) {
	for text, want := range map[string]string{
		"monday 12:00": "次周一 12:00", "this friday 17:00": "当周五 17:00", "this sunday": "当周日", "5 working days": "5个工作日", "10 working days 09:30": "10个工作日 09:30", "day 5 12:00": "次月5日 12:00", "次月3日": "次月3日",
	} {
		r, err := ParseRule(text)
		if err != nil || r.Chinese() != want {
			t.Errorf("%s: %q, %v", text, r.Chinese(), err)
		}
		again, err := ParseRule(want)
		again.text, r.text = "", ""
		if err != nil || again != r {
			t.Errorf("%s is read as %+v instead of %+v, %v", want, again, r, err)
		}
	}
}

// TestUnitsFoundedLater: a unit that was founded, or split off, after its forms had begun owes nothing from before.
func TestUnitsFoundedLater(t *testing.T) {
	z := parse(t, strings.Replace(strings.Replace(demo, "{code: btj, name: 板塘街道, kind: street}", "{code: btj, name: 板塘街道, kind: street, since: 2022-07-14}", 1),
		"from: [产业局, 双马街道], due: monday 12:00", "from: [产业局, 双马街道, 板塘街道], due: monday 12:00", 1))
	owed := map[string][]string{}
	for _, o := range z.Obligations(date(t, "2022-08-07"), map[string]calendar.Period{"assistance": period(t, "2022-05")}) {
		if o.Submitter == "btj" {
			owed[o.Form] = append(owed[o.Form], o.Period.String())
		}
	}
	if want := "map[assistance:[2022-07 2022-08] problem:[2022-W28 2022-W29 2022-W30 2022-W31]]"; fmt.Sprint(owed) != want {
		t.Errorf("owed %v, want %s", owed, want)
	}
	for p, want := range map[string]bool{"2022-W27": false, "2022-W28": true, "2022-W40": true} {
		if _, ok := z.DueAt("btj", "problem", period(t, p)); ok != want {
			t.Errorf("%s is owed: %v", p, ok)
		}
	}
}
