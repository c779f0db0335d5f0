package reading

import (
	"fmt"
	"net/http"
	"slices"

	"taizhang/cmd/internal/web/frame"
	"taizhang/cmd/internal/web/shelf"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/weekly"

	"taizhang/cmd/internal/web/account"
)

// returnsView is who owes what.
type returnsView struct {
	ByForm  bool
	State   string // only debts of this state; "" all
	Counts  []stateCount
	Rows    []debtor
	Remind  string // the text to paste into the work group; "" where nothing is missing
	Waiting []string
	Trouble []string
}

type stateCount struct {
	State, Word string
	N           int
}

// debtor is a unit with its forms, or a form with its units.
type debtor struct {
	Title, Href string
	Debts       []Debt
	Bad         int // missing or sent back
}

type Debt struct {
	Unit, UnitCode, Form, Title, Period, Chinese, Due, State, Word string
}

var stateWords = map[string]string{"received": "已报", "late": "迟报", "missing": "缺报", "not_due": "未到期", "rejected": "已退回", "waived": "免报"}

var stateOrder = []string{"missing", "rejected", "late", "not_due", "received", "waived"}

// debts reads obligations as the page shows them.
func (s *Pages) debts(rd *shelf.Reading, list []result.Record) []Debt {
	z := s.ZoneOf()
	var out []Debt
	for _, rec := range list {
		d := Debt{Unit: fmt.Sprint(rec.Get("submitter")), Form: fmt.Sprint(rec.Get("form")), Period: fmt.Sprint(rec.Get("period")),
			Due: shownTime(rec.Get("due_at"), rd.Location()), State: fmt.Sprint(rec.Get("state"))}
		d.Word, d.Title, d.Chinese = stateWords[d.State], d.Form, periodWords(d.Period)
		if f := z.Forms.Get(d.Form); f != nil {
			d.Title = f.PlainTitle()
		}
		if u, ok := z.Match(d.Unit); ok {
			d.UnitCode = u.Code
		}
		out = append(out, d)
	}
	return out
}

// owing is who owes what at a point, of all units or of one.
type owing struct {
	Debts  []Debt
	remind string // of all
}

func (s *Pages) Owed(rd *shelf.Reading, p warehouse.Point, unit string) (owing, error) {
	return shelf.Once(rd, fmt.Sprint("owed ", unit, rd.At(p)), func() (out owing, err error) {
		list, err := rd.Status(frame.NoContext, queries.StatusAsk{Point: p, Submitter: unit})
		if err != nil {
			return out, err
		}
		out.Debts = s.debts(rd, list)
		if unit == "" {
			out.remind, err = weekly.Remind(frame.NoContext, rd.Reader, p)
		}
		return out, err
	})
}

func (s *Pages) Returns(w http.ResponseWriter, r *http.Request, who account.Person) error {
	rd, done, l, err := s.Reads(r)
	if err != nil {
		return s.OrBegin(w, r, who, err)
	}
	defer done()
	p, _, err := frame.PointOf(r, rd.Reader)
	if err != nil {
		return err
	}
	now, err := s.Owed(rd, p, "")
	if err != nil {
		return err
	}
	all := now.Debts
	if err := frame.Knows(r, "by", "state"); err != nil {
		return err
	}
	state, by := r.URL.Query().Get("state"), r.URL.Query().Get("by")
	if _, ok := stateWords[state]; state != "" && !ok || by != "" && by != "form" {
		return frame.BadAsk("地址里的条件写错了：没有这种情况或分法。")
	}
	if as := r.URL.Query().Get("as"); as != "" {
		t := frame.SheetOf("报送情况_截至"+rd.At(p).AsOf.String(), "单位", "报表", "报送期", "应报时间", "情况")
		for _, d := range all {
			if state != "" && d.State != state {
				continue
			}
			t.Add(d.Unit, d.Title, d.Period, d.Due, d.Word)
		}
		return t.Send(w, as)
	}
	v := returnsView{ByForm: by == "form", State: state}
	v.count(all)
	v.group(all)
	v.Remind = now.remind
	if !l.Point.Elsewhere {
		if v.Waiting, err = s.Waiting(""); err != nil {
			return err
		}
		if v.Trouble, err = s.Troubles(s.ZoneOf()); err != nil {
			return err
		}
	}
	l.Title, l.Body, l.Live = "报送", v, true
	s.Render(w, r, who, http.StatusOK, "returns", l)
	return nil
}

func (v *returnsView) count(all []Debt) {
	n := map[string]int{}
	for _, d := range all {
		n[d.State]++
	}
	for _, state := range stateOrder {
		if n[state] > 0 {
			v.Counts = append(v.Counts, stateCount{state, stateWords[state], n[state]})
		}
	}
}

func (v *returnsView) group(all []Debt) {
	at := map[string]int{}
	for _, d := range all {
		if v.State != "" && d.State != v.State {
			continue
		}
		key, href := d.Unit, "/units/"+d.UnitCode
		if v.ByForm {
			key, href = d.Title, ""
		}
		i, ok := at[key]
		if !ok {
			i = len(v.Rows)
			at[key] = i
			v.Rows = append(v.Rows, debtor{Title: key, Href: href})
		}
		v.Rows[i].Debts = append(v.Rows[i].Debts, d)
		if d.State == "missing" || d.State == "rejected" {
			v.Rows[i].Bad++
		}
	}
	for i := range v.Rows {
		slices.SortStableFunc(v.Rows[i].Debts, func(a, b Debt) int {
			return slices.Index(stateOrder, a.State) - slices.Index(stateOrder, b.State)
		})
	}
}
