package warehousetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sort"
	"testing"
	"time"

	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// Random describes a zone of random returns.
type Random struct {
	Seed uint64
	From string // first day, default 2022-01-03
	To   string // last day, default 2022-08-14
	Rows int    // rows of a return, at most; default 12
}

// Units of the random zone: code, name, kind.
var Units = [][3]string{{"cyj", "产业局", "department"}, {"czj", "财政局", "department"}, {"rsj", "人社局", "department"},
	{"smj", "双马街道", "street"}, {"btj", "板塘街道", "street"}}

var lists = map[string][]string{
	"problem.source": {"走访调研", "企业反映", "12345热线"}, "problem.list": {"企业难题", "实事项目", "安全生产"},
	"problem.status": {"未启动", "办理中", "已办结", "已办结", "长期推进"}, "problem.satisfaction": {"满意", "基本满意", "不满意", ""},
	"enterprise_request.problem_type": {"融资", "用工"}, "enterprise_request.status": {"已解决", "办理中", "未到期", "长期执行"},
	"special_item.list_name": {"建设领域历史遗留问题", "12345热线反复投诉问题", "市活动专班交办问题"}, "special_item.status": {"办理中", "已办结", "长期推进"},
	"contact.contact_type": {"领导干部联点基层", "领导干部联点企业"}, "contact.programme": {"“一对一”联点", "百名干部联千企", ""},
	"key_task.batch": {"第一批", "第二批"}, "key_task.status": {"未启动", "推进中", "已完成"},
	"livelihood.status": {"未开工", "推进中", "已完成"}, "activity.activity_type": {"领导走访", "解难题协调会", "志愿服务"},
	"assistance.programme": {"防贫保险", "低保救助", "临时救助"}, "beneficiary.programme": {"低保救助"},
	"incentive.programme": {"智能制造", "制造强省"}, "job_fair.series": {"春风行动", "纾困增效", ""},
	"financing.status": {"对接中", "已授信", "已放款", "未达成"}, "enterprise.enterprise_type": {"四上", "中小"}, "enterprise.tier": {"百亿", "亿元", ""},
}

type maker struct {
	*rand.Rand
	opt       Random
	arrival   int
	returns   [][]any
	rows      map[string][][]any
	columns   [][]any
	owed      [][]any
	decisions [][]any
}

// Fill loads the zone into a warehouse that Fill or New made ready.
func (o Random) Fill(t testing.TB, db *warehouse.DB) {
	t.Helper()
	if o.From == "" {
		o.From = "2022-01-03"
	}
	if o.To == "" {
		o.To = "2022-08-14"
	}
	if o.Rows == 0 {
		o.Rows = 12
	}
	m := &maker{Rand: rand.New(rand.NewPCG(o.Seed, 7)), opt: o, rows: map[string][][]any{}}
	var units [][]any
	for i, u := range Units {
		units = append(units, []any{"xt", u[0], u[1], u[2], fmt.Sprint(i + 1), nil, nil, nil})
	}
	forms := Forms(t)
	for _, f := range forms {
		for i, u := range Units {
			if i == 0 || m.IntN(3) == 0 {
				m.submitter(f, u[0])
			}
		}
	}
	chronological(m.returns, 20, 2)
	chronological(m.decisions, 8, 1)
	load(t, db, "ctl.zone", [][]any{{"xt", "湘潭高新区", "Asia/Shanghai"}})
	load(t, db, "ctl.submitter", units)
	load(t, db, "raw.return", m.returns)
	load(t, db, "raw.return_column", m.columns)
	load(t, db, "ctl.obligation", m.owed)
	load(t, db, "raw.decision", m.decisions)
	for _, f := range forms {
		if err := warehouse.Load(context.Background(), db.Conn, f.RawTable(), m.rows[f.ID]); err != nil {
			t.Fatal(err)
		}
	}
}

// chronological numbers rows in the order of a time, as intake does.
func chronological(rows [][]any, at, number int) {
	sort.SliceStable(rows, func(i, j int) bool { return rows[i][at].(string) < rows[j][at].(string) })
	for i := range rows {
		rows[i][number] = fmt.Sprint(i + 1)
	}
}

const stamp = "2006-01-02 15:04:05"

func day(t time.Time) string { return t.Format("2006-01-02") }

// submitter hands in one form, period after period, with ordinary trouble.
func (m *maker) submitter(f Form, who string) {
	start, _ := time.Parse("2006-01-02", m.opt.From)
	last, _ := time.Parse("2006-01-02", m.opt.To)
	step := func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }
	if f.Frequency == "month" {
		start = time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, time.UTC)
		step = func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }
	}
	for ; !start.After(last); start = step(start) {
		end := step(start).AddDate(0, 0, -1)
		period := start.Format("2006-01")
		if f.Frequency == "week" {
			y, w := start.ISOWeek()
			period = fmt.Sprintf("%d-W%02d", y, w)
		}
		due := end.AddDate(0, 0, 1).Add(12 * time.Hour)
		m.owed = append(m.owed, []any{"xt", who, f.ID, f.Mode, period, day(start), day(end), due.Format(stamp), nil})
		switch {
		case m.IntN(25) == 0:
			m.decide("waive", nil, who, f.ID, period, due)
		case m.IntN(12) == 0: // missing
		default:
			at := due.Add(time.Duration(m.IntN(60)-50) * time.Hour)
			m.hand(f, who, period, start, end, due, at)
			for m.IntN(6) == 0 {
				at = at.Add(time.Duration(1+m.IntN(200)) * time.Hour)
				m.hand(f, who, period, start, end, due, at)
			}
		}
		if f.Mode == "ledger" && m.IntN(60) == 0 {
			m.decide("clear", nil, who, f.ID, "", due.Add(30*time.Hour))
		}
	}
}

func (m *maker) decide(kind string, id any, who, form, period string, at time.Time) {
	var p any
	if period != "" {
		p = period
	}
	m.decisions = append(m.decisions, []any{"xt", fmt.Sprint(len(m.decisions) + 1), kind, id, who, form, p, "测试", at.Format(stamp), day(at), "张三"})
	if kind != "undo" && m.IntN(4) == 0 {
		m.decide("undo", id, who, form, period, at.Add(time.Duration(1+m.IntN(100))*time.Hour))
	}
}

func (m *maker) hand(f Form, who, period string, start, end, due, at time.Time) {
	m.arrival++
	id := fmt.Sprintf("%06d-1", m.arrival)
	cutoff := end
	if at.Before(end) {
		cutoff = at.Truncate(24 * time.Hour)
	}
	status, rows, refused, isNil := "accepted", 1+m.IntN(m.opt.Rows), 0, false
	switch m.IntN(14) {
	case 0:
		status = "rejected"
		if m.IntN(2) == 0 {
			m.decide("accept", id, who, f.ID, period, at.Add(20*time.Hour))
		} else {
			rows = 0
		}
	case 1:
		rows, isNil = 0, true
	case 2:
		status, refused = "partially_accepted", 1+m.IntN(3)
	case 3:
		status = "accepted_with_warnings"
	case 4:
		if m.IntN(2) == 0 {
			m.decide("withdraw", id, who, f.ID, period, at.Add(40*time.Hour))
		}
	}
	m.returns = append(m.returns, []any{"xt", id, fmt.Sprint(m.arrival), who + "/" + f.ID + period + ".xlsx", "ab/" + id, "sha", who, f.ID, f.Mode, period,
		day(start), day(end), day(cutoff), status, fmt.Sprint(isNil), fmt.Sprint(rows), fmt.Sprint(refused), fmt.Sprint(m.IntN(3)), "0", "0",
		at.Format(stamp), due.Format(stamp), fmt.Sprint(at.After(due))})
	for i, c := range f.Fields {
		m.columns = append(m.columns, []any{"xt", id, "表1", c.Name, string(rune('A' + i)), "标题" + c.Name, "1", "2", "500"})
	}
	for i := range rows {
		m.rows[f.ID] = append(m.rows[f.ID], m.row(f, id, i, start, end, cutoff))
	}
}

func (m *maker) row(f Form, id string, i int, start, end, cutoff time.Time) []any {
	out := []any{"xt", id, "表1", fmt.Sprint(i + 2), fmt.Sprintf("K%d", i)}
	assigned := cutoff.AddDate(0, 0, -m.IntN(90))
	firm := m.IntN(8)
	for _, c := range f.Fields {
		v := m.value(f, c, i, firm, assigned, start, end)
		out = append(out, v)
		if c.Names {
			out = append(out, folded(v))
		}
		if c.Sensitive() {
			var hash any
			if v != nil {
				hash = "h" + v.(string)
			}
			out = append(out, hash)
		}
	}
	return out
}

// folded is what a name is counted by, nil where that is the name as written.
func folded(v any) any {
	if name, _ := v.(string); spelling.Fold(name) != name {
		return spelling.Fold(name)
	}
	return nil
}

func (m *maker) value(f Form, c Field, i, firm int, assigned, start, end time.Time) any {
	if !c.Required && m.IntN(5) == 0 {
		return nil
	}
	if pool := lists[f.ID+"."+c.Name]; pool != nil {
		if s := pool[m.IntN(len(pool))]; s != "" {
			return s
		}
		return nil
	}
	switch c.Type {
	case "date":
		switch c.Name {
		case "assigned_on", "started_on":
			return day(assigned)
		case "held_on", "paid_on", "refunded_on":
			if f.Mode == "period" {
				return day(start.AddDate(0, 0, m.IntN(int(end.Sub(start).Hours()/24)+1)-m.IntN(2)*3))
			}
		}
		return day(assigned.AddDate(0, 0, m.IntN(60)))
	case "month":
		return day(time.Date(start.Year(), start.Month(), 1, 0, 0, 0, 0, time.UTC))
	case "int":
		return fmt.Sprint(1 + m.IntN(9))
	case "money":
		return fmt.Sprintf("%d.%02d", m.IntN(9000), m.IntN(100))
	case "percent":
		return fmt.Sprintf("0.%02d", m.IntN(100))
	case "unit":
		if c.Name == "street" {
			return Units[3+m.IntN(2)][1]
		}
		return Units[m.IntN(len(Units))][1]
	case "code":
		return fmt.Sprintf("K%d", i)
	case "uscc":
		return fmt.Sprintf("91430300MA%08d", firm)
	}
	switch c.Name {
	case "enterprise", "target":
		return fmt.Sprintf([]string{"企业%d（集团）", "企业%d(集团)", "企业 %d(集团)"}[i%3], firm)
	case "progress_note":
		return []string{"正在协调", "已上报"}[m.IntN(2)]
	}
	return fmt.Sprintf("%s%d", c.Name, m.IntN(6))
}
