package data

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"
)

// Outcomes that a delivery may expect.
const (
	accepted  = "accepted"
	warned    = "accepted_with_warnings"
	partially = "partially_accepted"
	rejected  = "rejected"
	duplicate = "duplicate"
)

// duty is one line of `returns` in the demo's taizhang.yaml.
type duty struct {
	form  string
	from  []string
	due   string
	since string
}

var duties = []duty{
	{"problem", []string{"产业局", "社会事务局", "建设局", "政务服务中心"}, "monday 12:00", "2022-W01"},
	{"problem", []string{"双马街道", "板塘街道", "宝塔街道"}, "monday 12:00", "2022-W06"},
	{"problem", []string{"高新集团"}, "monday 12:00", "2022-W09"},
	{"enterprise_request", []string{"产业局"}, "monday 12:00", "2022-W03"},
	{"special_item", []string{"建设局", "政务服务中心", "党政办"}, "monday 12:00", "2022-W10"},
	{"key_task", []string{"党政办"}, "monday 12:00", "2022-W10"},
	{"activity", []string{"党政办"}, "this friday 17:00", "2022-W01"},
	{"contact", []string{"党政办", "政法办"}, "5 working days", "2022-03"},
	{"livelihood", []string{"社会事务局", "建设局"}, "5 working days", "2022-02"},
	{"assistance", []string{"社会事务局", "残联"}, "5 working days", "2022-01"},
	{"beneficiary", []string{"残联"}, "5 working days", "2022-01"},
	{"incentive", []string{"财政局"}, "5 working days", "2022-01"},
	{"tax_refund", []string{"税务局"}, "5 working days", "2022-01"},
	{"pension_deferral", []string{"人社局"}, "5 working days", "2022-05"},
	{"job_fair", []string{"人社局", "总工会"}, "5 working days", "2021-11"},
	{"financing", []string{"产业局", "创业中心"}, "5 working days", "2022-01"},
	{"land_payment", []string{"高新集团"}, "5 working days", "2022-03"},
	{"enterprise", []string{"产业局"}, "5 working days", "2021-12"},
}

// lastWeek and lastMonth are the newest periods due by 15 August 2022.
const lastWeek, lastMonth = 32, 7

// part is one form of one submitter and period, as sent.
type part struct {
	form, submitter string
	period          period
	until           date  // 截至: the day the rows describe
	received        date  // the cut-off can't be later
	rows            []row // as written
	refused         []int // of rows: those with a fault in a required field
	outcome         string
}

func (p *part) cutoff() date {
	if p.form == "activity" { // its layouts name the week and no 截至: the cut-off is the period's end
		return min(p.period.end, p.received)
	}
	return min(p.until, p.received)
}

// counting are the rows that an intake would load.
func (p *part) counting() []row {
	var out []row
	for i, r := range p.rows {
		if !slices.Contains(p.refused, i) {
			out = append(out, r)
		}
	}
	return out
}

// book is one file.
type book struct {
	submitter string
	path      string
	at        time.Time
	parts     []*part
	expect    string
	note      string
	copyOf    *book                 // a duplicate: the same bytes
	wrongSum  fen                   // added to every 合计 the book shows
	relayout  func(l layout) layout // a trouble that lies in the layout
}

// route is what an office sends regularly: these forms together, in this rhythm.
type route struct {
	submitter string
	forms     []string
	first     string
	rhythm    string // fri, sun, mon: the day a weekly return describes; this: due in its own week; month
	path      string // with the placeholders of a layout's texts
}

var routes = []route{
	{"产业局", []string{"enterprise"}, "2021-12", "month", "产业局/企业名录{Y}{MM}.xlsx"},
	{"产业局", []string{"problem", "enterprise_request"}, "2022-W01", "fri", "产业局/产业局周报{Y}年第{W}周.xlsx"},
	{"产业局", []string{"financing"}, "2022-01", "month", "产业局/融资对接台账（{Y}年{M}月）.xlsx"},
	{"财政局", []string{"incentive"}, "2022-01", "month", "财政局/惠企资金兑付台账{Y}.{M}.xlsx"},
	{"税务局", []string{"tax_refund"}, "2022-01", "month", "税务局/留抵退税台账_{Y}{MM}.xlsx"},
	{"人社局", []string{"job_fair", "pension_deferral"}, "2021-11", "month", "人社局/人社局{Y}年{M}月报表.xlsx"},
	{"社会事务局", []string{"problem"}, "2022-W01", "sun", "社会事务局/社会事务局问题台账（第{W}周）.xlsx"},
	{"社会事务局", []string{"livelihood", "assistance"}, "2022-01", "month", "社会事务局/民生实事及帮扶{Y}年{M}月.xlsx"},
	{"建设局", []string{"problem", "special_item"}, "2022-W01", "mon", "建设局/建设局台账{duemd}.xlsx"},
	{"建设局", []string{"livelihood"}, "2022-02", "month", "建设局/建设局民生实事项目进度{Y}-{MM}.xlsx"},
	{"政务服务中心", []string{"problem", "special_item"}, "2022-W01", "fri", "政务服务中心/政务中心周报表{Y}W{WW}.xlsx"},
	{"创业中心", []string{"financing"}, "2022-01", "month", "创业中心/创业中心融资对接台账{Y}年{M}月.xlsx"},
	{"总工会", []string{"job_fair"}, "2021-12", "month", "总工会/工会招聘活动{Y}年{M}月.xlsx"},
	{"高新集团", []string{"problem"}, "2022-W09", "fri", "高新集团/高新集团问题台账-{until.}.xlsx"},
	{"高新集团", []string{"land_payment"}, "2022-03", "month", "高新集团/土地款缴返台账{Y}{MM}.csv"},
	{"政法办", []string{"contact"}, "2022-03", "month", "政法办/政法干警联点村（社区）联系表{Y}{MM}.csv"},
	{"党政办", []string{"key_task", "special_item"}, "2022-W10", "sun", "党政办/重点任务及专班问题{Y}年第{W}周.xlsx"},
	{"党政办", []string{"activity"}, "2022-W01", "this", "党政办/走访会议记录第{W}周.xlsx"},
	{"党政办", []string{"contact"}, "2022-03", "month", "党政办/联系表{Y}年{M}月.xlsx"},
	{"残联", []string{"assistance"}, "2022-01", "month", "残联/残联帮扶发放表{Y}.{MM}.xlsx"},
	{"残联", []string{"beneficiary"}, "2022-01", "month", "残联/帮扶对象花名册{Y}.{MM}.xlsx"},
	{"双马街道", []string{"problem"}, "2022-W06", "fri", "双马街道/双马街道问题台账{untilmd}.xlsx"},
	{"板塘街道", []string{"problem"}, "2022-W06", "sun", "板塘街道/问题台账（板塘街道）第{W}周.xlsx"},
	{"宝塔街道", []string{"problem"}, "2022-W06", "fri", "宝塔街道/{Y}年宝塔街道问题台账{until-}.xlsx"},
}

// jitter is a fixed whim: 0 … n-1 from the words given.
func jitter(n int, words ...string) int {
	h := fnv.New32a()
	h.Write([]byte(strings.Join(words, "|")))
	return int(h.Sum32()>>8) % n
}

// periodsFrom lists the periods from first to the newest due one.
func periodsFrom(first string) []period {
	var out []period
	if strings.Contains(first, "W") {
		for w := 1; w <= lastWeek; w++ {
			if p := week(2022, w); p.name >= first {
				out = append(out, p)
			}
		}
		return out
	}
	for _, m := range []period{month(2021, 11), month(2021, 12)} {
		if m.name >= first {
			out = append(out, m)
		}
	}
	for m := 1; m <= lastMonth; m++ {
		if p := month(2022, m); p.name >= first {
			out = append(out, p)
		}
	}
	return out
}

// timing says which day a return describes and when it arrives.
func (t *truth) timing(r route, p period) (until date, at time.Time) {
	j := jitter(100, r.submitter, r.forms[0], p.name)
	friday, monday := p.start+4, p.end+1
	due := t.nextWorkday(monday)
	switch r.rhythm {
	case "month":
		n := 1 + j%4
		if r.forms[0] == "contact" { // after the directory of enterprises
			n = 3 + j%2
		}
		if r.forms[0] == "enterprise" {
			return p.end, t.addWorkdays(p.end, 1).at(8, 40+j%15)
		}
		return p.end, t.addWorkdays(p.end, n).at(9+j%8, j%60)
	case "this":
		until = t.lastWorkday(friday)
		if until < p.start {
			until = p.end
		}
		return until, t.nextWorkday(friday).at(15, j)
	case "fri":
		if until = t.lastWorkday(friday); until >= p.start {
			return until, until.at(15, 20+j)
		}
	case "mon":
		if due-monday <= 3 {
			return due, due.at(8, 20+j)
		}
	}
	// over a long holiday: before people leave, or when they are back
	if last := t.lastWorkday(p.end); due-monday > 3 && last >= p.start {
		return last, last.at(16, j%60)
	}
	return p.end, due.at(8, 25+j)
}

// since is the first period for which a submitter owes a form.
func since(form, submitter string) string {
	for _, d := range duties {
		if d.form == form && slices.Contains(d.from, submitter) {
			return d.since
		}
	}
	panic("data: nobody asked " + submitter + " for " + form)
}

// books are all files of the demo in the order of arrival. They are made once and only read afterwards.
func (t *truth) books() []*book {
	t.once.Do(func() { t.made = t.makeBooks() })
	return t.made
}

func (t *truth) makeBooks() []*book {
	var out []*book
	for _, r := range routes {
		for _, p := range periodsFrom(r.first) {
			until, at := t.timing(r, p)
			b := &book{submitter: r.submitter, at: at, expect: accepted}
			for _, form := range r.forms {
				if p.name < since(form, r.submitter) {
					continue
				}
				b.parts = append(b.parts, &part{form: form, submitter: r.submitter, period: p, until: until,
					received: dateOf(at), rows: t.rows(form, r.submitter, p, until), outcome: accepted})
			}
			if len(b.parts) == 0 {
				continue
			}
			b.path = b.parts[0].fill(r.path)
			out = append(out, b)
		}
	}
	out = t.withTroubles(out)
	slices.SortStableFunc(out, func(a, b *book) int { return a.at.Compare(b.at) })
	askMoved(out)
	return out
}

// askMoved expects a question where a ledger puts a deadline off, or gives it up, against the one handed in before.
func askMoved(books []*book) {
	before := map[string]*part{}
	for _, b := range books {
		for _, p := range b.parts {
			deadline := map[string]string{"problem": "办结时限", "enterprise_request": "办结时限", "special_item": "办结时限", "key_task": "完成时限"}[p.form]
			if deadline == "" || p.outcome == rejected {
				continue
			}
			was := map[string]any{}
			if old := before[p.submitter+p.form]; old != nil && p.cutoff() >= old.cutoff() {
				for _, r := range old.counting() {
					was[itemOf(r)] = r[deadline]
				}
			}
			for _, r := range p.counting() {
				old, _ := was[itemOf(r)].(date)
				if old != 0 && (r.text(deadline) == "长期" || r.day(deadline) > old) && p.outcome == accepted {
					p.outcome = warned
					if b.expect == accepted {
						b.expect, b.note = warned, "请核实：办结时限推后或改为长期"
					}
				}
			}
			before[p.submitter+p.form] = p
		}
	}
}

// itemOf tells the items of a ledger apart.
func itemOf(r row) string {
	return fmt.Sprint(r["问题编号"], r["交办批次"], r["清单名称"], r["编号"], r["任务编号"])
}

// fill puts the part's dates into a text of a layout or a path.
func (p *part) fill(s string) string {
	_, w := p.period.start.time().ISOWeek()
	mon := p.period.start.time()
	month := int(mon.Month())
	return strings.NewReplacer(
		"{Y}", fmt.Sprint(mon.Year()), "{M}", fmt.Sprint(month), "{MM}", fmt.Sprintf("%02d", month),
		"{W}", fmt.Sprint(w), "{WW}", fmt.Sprintf("%02d", w),
		"{from}", p.period.start.format("1月2日"), "{to}", p.period.end.format("1月2日"),
		"{until}", p.until.format("2006年1月2日"), "{until.}", p.until.format("2006.1.2"), "{until-}", p.until.format("2006-01-02"),
		"{untilmd}", p.until.format("0102"), "{duemd}", p.until.format("0102"),
		"{filled}", p.received.format("2006年1月2日"), "{filled.}", p.received.format("2006.1.2"),
	).Replace(s)
}
