package data

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Figure is one metric. Money is in yuan, ratios are unrounded; what has no value
// (a ratio over nothing) is nil.
type Figure struct {
	Unit            string // count, ratio, yuan, days
	Value, Num, Den *float64
}

// Figures computes the metrics as of a day (its date is taken, the hour ignored) from the returns
// received up to knownAt, in plain Go from the truth: no workbook is read.
func Figures(asOf, knownAt time.Time) (map[string]Figure, error) {
	t, err := loadTruth()
	if err != nil {
		return nil, err
	}
	return t.figures(asOf, knownAt, nil), nil
}

// FiguresOf is Figures over some of the rows that count: those of which of holds, told the form, the submitter's name and
// the row's text under a title.
func FiguresOf(asOf, knownAt time.Time, of func(form, submitter string, text func(title string) string) bool) (map[string]Figure, error) {
	t, err := loadTruth()
	if err != nil {
		return nil, err
	}
	return t.figures(asOf, knownAt, of), nil
}

func (t *truth) figures(asOf, knownAt time.Time, of func(form, submitter string, text func(string) string) bool) map[string]Figure {
	c := &counter{t: t, a: dateOf(asOf), out: map[string]Figure{}, of: of}
	c.books = t.books()
	c.choose(knownAt)
	c.problems()
	c.ledgers()
	c.periods()
	c.returns(knownAt)
	return c.out
}

type counter struct {
	t     *truth
	a     date
	books []*book
	of    func(form, submitter string, text func(string) string) bool // of the rows that count; nil: all
	rows  map[string][]row                                            // by form: those that count
	out   map[string]Figure
}

// arrived lists the accepted parts that had come by k, oldest first.
func arrived(books []*book, k time.Time) (parts []*part, at []time.Time) {
	for _, b := range books {
		for _, p := range b.parts {
			if !b.at.After(k) && p.outcome != rejected {
				parts, at = append(parts, p), append(at, b.at)
			}
		}
	}
	return
}

// choose finds the rows that count at (as-of, known-at).
func (c *counter) choose(k time.Time) {
	type slot struct{ form, submitter, period string }
	newest := map[slot]*part{}
	var order []slot
	parts, _ := arrived(c.books, k)
	for _, p := range parts {
		if p.cutoff() > c.a {
			continue
		}
		s := slot{p.form, p.submitter, p.period.name}
		if newest[s] == nil {
			order = append(order, s)
		} else if len(p.rows) == 0 && !sources[p.form].period {
			continue // a nil return says "nothing new": the ledger stays
		}
		newest[s] = p
	}
	c.rows = map[string][]row{}
	ledger := map[slot]*part{}
	for _, s := range order {
		p := newest[s]
		if src := sources[s.form]; src.period {
			for _, r := range p.counting() {
				if d := ownDate(r, src.own); d >= civil(c.a.time().Year(), 1, 1) && d <= c.a && c.wanted(p, r) {
					c.rows[s.form] = append(c.rows[s.form], r)
				}
			}
			continue
		}
		who := slot{form: s.form, submitter: s.submitter}
		if len(p.rows) > 0 && (ledger[who] == nil || p.cutoff() >= ledger[who].cutoff()) {
			ledger[who] = p
		}
	}
	for _, s := range order {
		who := slot{form: s.form, submitter: s.submitter}
		if ledger[who] == newest[s] && ledger[who] != nil {
			for _, r := range newest[s].counting() {
				if c.wanted(newest[s], r) {
					c.rows[s.form] = append(c.rows[s.form], r)
				}
			}
		}
	}
}

func (c *counter) wanted(p *part, r row) bool {
	return c.of == nil || c.of(p.form, p.submitter, r.text)
}

func (c *counter) count(metric string, n int) {
	v := float64(n)
	c.out[metric] = Figure{Unit: "count", Value: &v, Num: &v}
}

func (c *counter) yuan(metric string, f fen) {
	v := scaled(f, 2)
	c.out[metric] = Figure{Unit: "yuan", Value: &v, Num: &v}
}

func (c *counter) ratio(metric string, num, den float64) {
	f := Figure{Unit: "ratio", Num: &num, Den: &den}
	if den != 0 {
		v := num / den
		f.Value = &v
	}
	c.out[metric] = f
}

func (c *counter) share(metric string, num, den int) { c.ratio(metric, float64(num), float64(den)) }

// number counts the rows for which all tests hold.
func number(rows []row, tests ...func(row) bool) int {
	n := 0
next:
	for _, r := range rows {
		for _, t := range tests {
			if !t(r) {
				continue next
			}
		}
		n++
	}
	return n
}

func is(col string, values ...string) func(row) bool {
	return func(r row) bool { return slices.Contains(values, r.text(col)) }
}

func has(col string) func(row) bool {
	return func(r row) bool { _, ok := r[col]; return ok }
}

// dated holds where the column has a date from … to.
func dated(col string, from, to date) func(row) bool {
	return func(r row) bool { d := r.day(col); return d != 0 && d >= from && d <= to }
}

func before(col string, a date) func(row) bool { return dated(col, 1, a-1) }

func distinct(rows []row, key func(row) string) int {
	seen := map[string]bool{}
	for _, r := range rows {
		if k := key(r); k != "" {
			seen[k] = true
		}
	}
	return len(seen)
}

func total[T int | fen](rows []row, col string) T {
	var sum T
	for _, r := range rows {
		if v, ok := r[col].(T); ok {
			sum += v
		}
	}
	return sum
}

func where(rows []row, test func(row) bool) []row {
	var out []row
	for _, r := range rows {
		if test(r) {
			out = append(out, r)
		}
	}
	return out
}

func (c *counter) problems() {
	rows, a := c.rows["problem"], c.a
	closed := where(rows, is("办理状态", "已办结"))
	open := where(rows, is("办理状态", "未启动", "办理中"))
	withDate := where(closed, has("办结日期"))
	punctual := func(r row) bool {
		return r.day("办结日期") != 0 && r.day("办结时限") != 0 && r.day("办结日期") <= r.day("办结时限")
	}
	c.count("problems_collected", len(rows))
	c.count("problems_closed", len(closed))
	c.share("closure_rate", len(closed), len(rows))
	c.count("problems_long_term", number(rows, is("办理状态", "长期推进")))
	c.count("problems_new", number(rows, dated("交办日期", a-6, a)))
	c.count("problems_closed_week", number(closed, dated("办结日期", a-6, a)))
	c.count("problems_overdue", number(open, before("办结时限", a)))
	c.count("problems_due_soon", number(open, dated("办结时限", a, a+7)))
	c.share("on_time_closure_rate", number(withDate, punctual), len(withDate))
	due := where(rows, func(r row) bool { return before("办结时限", a)(r) && r.text("办理状态") != "长期推进" })
	c.share("due_on_time_rate", number(due, punctual), len(due))
	rated := where(closed, has("满意度"))
	c.share("satisfaction_rate", number(rated, is("满意度", "满意", "基本满意")), len(rated))
	c.share("rated_share", len(rated), len(closed))
	var days []int
	for _, r := range withDate {
		days = append(days, int(r.day("办结日期")-r.day("交办日期")))
	}
	f := Figure{Unit: "days"}
	if n := len(days); n > 0 {
		slices.Sort(days)
		m := float64(days[(n-1)/2]+days[n/2]) / 2
		f.Value = &m
	}
	c.out["days_to_close_median"] = f
}

func (c *counter) ledgers() {
	a := c.a
	req := c.rows["enterprise_request"]
	solved := number(req, is("办理状态", "已解决"))
	c.count("enterprise_requests", len(req))
	c.count("enterprise_requests_resolved", solved)
	c.share("enterprise_resolution_rate", solved, len(req))
	c.count("enterprise_request_batches", distinct(req, func(r row) string { return string(rune(r.count("交办批次"))) }))
	c.count("enterprise_requests_overdue", number(req, is("办理状态", "办理中", "未到期"), before("办结时限", a)))

	special := c.rows["special_item"]
	c.count("special_items_overdue", number(special, is("办理状态", "未启动", "办理中"), before("办结时限", a)))
	c.count("city_assigned_items", number(special, is("清单名称", "市活动专班交办问题")))
	c.count("hotline_repeat_items", number(special, is("清单名称", "12345热线反复投诉问题")))
	c.count("legacy_items", number(special, is("清单名称", "建设领域历史遗留问题")))

	tasks, projects := c.rows["key_task"], c.rows["livelihood"]
	c.count("key_tasks", len(tasks))
	c.count("key_tasks_overdue", number(tasks, is("状态", "未启动", "推进中"), before("完成时限", a)))
	c.count("livelihood_projects", len(projects))
	c.count("livelihood_completed", number(projects, is("状态", "已完成")))
	c.count("livelihood_overdue", number(projects, is("状态", "未开工", "推进中"), before("计划完成日期", a)))
	problems := c.rows["problem"]
	overdue, soon := 0, 0
	for _, l := range []struct {
		rows   []row
		status string
		until  string
		open   []string
	}{
		{problems, "办理状态", "办结时限", []string{"未启动", "办理中"}}, {req, "办理状态", "办结时限", []string{"办理中", "未到期"}},
		{special, "办理状态", "办结时限", []string{"未启动", "办理中"}}, {tasks, "状态", "完成时限", []string{"未启动", "推进中"}},
		{projects, "状态", "计划完成日期", []string{"未开工", "推进中"}},
	} {
		unfinished := where(l.rows, is(l.status, l.open...))
		overdue += number(unfinished, before(l.until, a))
		soon += number(unfinished, dated(l.until, a, a+7))
	}
	c.count("items_overdue", overdue)
	c.count("items_due_soon", soon)
	both := where(where(projects, has("计划投资")), has("完成投资"))
	c.ratio("livelihood_invested_rate", scaled(total[fen](both, "完成投资"), 2), scaled(total[fen](both, "计划投资"), 2))

	contacts := c.rows["contact"]
	target := func(r row) string { return r.text("联系对象") }
	c.count("one_to_one_enterprises", distinct(where(contacts, is("专项行动", "“一对一”联点")), target))
	liaison := where(contacts, is("专项行动", "百名干部联千企"))
	c.count("liaison_cadres", distinct(liaison, func(r row) string { return r.text("联系人") }))
	c.count("liaison_enterprises", distinct(liaison, target))

	c.yuan("financing_granted", total[fen](where(c.rows["financing"], is("状态", "已授信", "已放款")), "授信金额"))

	land := c.rows["land_payment"]
	c.yuan("land_paid", total[fen](land, "实缴金额"))
	num, den := 0, 0
	for _, r := range land {
		paid := r.day("缴款日期")
		if paid == 0 || r.money("实缴金额") == 0 {
			continue
		}
		limit := c.t.addWorkdays(paid, 15)
		full := r.money("返还金额") >= r.money("实缴金额") && r.day("返还日期") != 0
		if full || limit < a {
			den++
		}
		if full && r.day("返还日期") <= limit {
			num++
		}
	}
	c.share("land_refund_on_time_rate", num, den)
}

func (c *counter) periods() {
	visits := c.rows["activity"]
	c.count("leader_visits", number(visits, is("类型", "领导走访")))
	c.count("coordination_meetings", number(visits, is("类型", "解难题协调会")))

	paid := c.rows["incentive"]
	c.yuan("incentive_paid", total[fen](paid, "兑付金额"))
	firm := func(r row) string { return cmp.Or(r.text("统一社会信用代码"), r.text("企业名称")) }
	c.count("incentive_enterprises", distinct(paid, firm))
	c.yuan("tax_refunded", total[fen](c.rows["tax_refund"], "退税金额"))
	deferred := c.rows["pension_deferral"]
	c.yuan("pension_deferred", total[fen](deferred, "缓缴金额"))
	c.count("pension_enterprises", distinct(deferred, firm))
	c.count("pension_people", total[int](deferred, "涉及人数"))

	fairs := c.rows["job_fair"]
	c.count("job_fairs", len(fairs))
	for metric, col := range map[string]string{"job_fair_enterprises": "参会企业数", "positions_offered": "提供岗位数",
		"job_seekers": "求职人次", "job_intentions": "达成意向数", "hires": "实际入职数"} {
		c.count(metric, total[int](fairs, col))
	}
	c.share("job_fair_conversion", total[int](fairs, "达成意向数"), total[int](fairs, "求职人次"))
	c.share("position_fill_rate", total[int](fairs, "达成意向数"), total[int](fairs, "提供岗位数"))

	help := c.rows["assistance"]
	c.count("poverty_insured_people", total[int](where(help, is("帮扶项目", "防贫保险")), "人数"))
	low := where(help, is("帮扶项目", "低保救助"))
	newest := map[string]date{}
	for _, r := range low {
		s := r.text("所属街道")
		newest[s] = max(newest[s], ownDate(r, "月份"))
	}
	low = where(low, func(r row) bool { return ownDate(r, "月份") == newest[r.text("所属街道")] })
	c.count("low_income_households", total[int](low, "户数"))
	c.count("low_income_people", total[int](low, "人数"))
}

// returns counts the obligations that fell due in the week up to the earlier of
// the as-of day's end and the known-at time.
func (c *counter) returns(k time.Time) {
	end := (c.a + 1).at(0, 0)
	if k.Before(end) {
		end = k
	}
	type slot struct{ form, submitter, period string }
	first := map[slot]time.Time{}
	parts, at := arrived(c.books, k)
	for i, p := range parts {
		s := slot{p.form, p.submitter, p.period.name}
		if _, ok := first[s]; !ok {
			first[s] = at[i]
		}
	}
	expected, received, punctual := 0, 0, 0
	for _, d := range duties {
		for _, who := range d.from {
			for _, p := range allPeriods(d.since) {
				due := c.t.due(d, p)
				if !due.After(end.AddDate(0, 0, -7)) || due.After(end) {
					continue
				}
				expected++
				if got, ok := first[slot{d.form, who, p.name}]; ok {
					received++
					if !got.After(due) {
						punctual++
					}
				}
			}
		}
	}
	c.share("return_completeness", received, expected)
	c.share("return_timeliness", punctual, expected)
}

// due is the moment a return of that period falls due.
func (t *truth) due(d duty, p period) time.Time {
	switch d.due {
	case "monday 12:00":
		return t.nextWorkday(p.end+1).at(12, 0)
	case "this friday 17:00":
		return t.nextWorkday(p.start+4).at(17, 0)
	case "5 working days":
		return (t.addWorkdays(p.end, 5) + 1).at(0, 0)
	}
	panic("data: no such due rule: " + d.due)
}

// allPeriods lists the periods since first to the end of 2022, whether or not
// anything was sent: an obligation stands also where nobody met it.
func allPeriods(first string) []period {
	var out []period
	if strings.Contains(first, "W") {
		for w := 1; w <= 52; w++ {
			if p := week(2022, w); p.name >= first {
				out = append(out, p)
			}
		}
		return out
	}
	for m := -1; m <= 12; m++ { // from November 2021
		y, mm := 2022, m
		if m < 1 {
			y, mm = 2021, m+12
		}
		if p := month(y, mm); p.name >= first {
			out = append(out, p)
		}
	}
	return out
}
