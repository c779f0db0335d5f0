package judge

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// roll is the values that the counting rows of a form hold in one field: as written, by what they mean.
type roll struct {
	of     string // the returns they were read from
	values map[string]string
	all    []string // as written, sorted
}

// known warns of texts that the rows that count of another form don't hold, such as enterprises that 企业名录 lacks.
func (jd *Judge) known(ctx context.Context, h *History, pt *read.Part) error {
	near := map[string]string{} // closest value, by rule and text
	lists := map[*forms.Rule]*roll{}
	for _, s := range pt.Named {
		list, looked := lists[s.Rule]
		if !looked {
			var err error
			if list, err = h.held(ctx, jd, s.Rule.Form, s.Rule.Than); err != nil {
				return err
			}
			lists[s.Rule] = list
		}
		if list == nil { // nothing of that form was received yet
			continue
		}
		if list.values[spelling.Fold(s.Text)] != "" { // also where a line break stands in the name
			continue
		}
		title := jd.Forms.Get(s.Rule.Form).PlainTitle()
		for _, name := range strings.FieldsFunc(s.Text, func(r rune) bool { return s.Rule.Loosely && strings.ContainsRune("、，,;；/\n", r) }) {
			name = strings.TrimSpace(name)
			if name == "" || list.values[spelling.Fold(name)] != "" {
				continue
			}
			if _, ok := jd.Zone.Match(name); ok && s.Rule.Loosely {
				continue
			}
			g, looked := near[s.Rule.ID+name]
			if !looked {
				g = written.Closest(name, list.all)
				near[s.Rule.ID+name] = g
			}
			if s.Rule.Loosely && !firm().MatchString(name) && (g == "" || spelling.Distance(written.Heading(name), written.Heading(g)) > 2) {
				continue
			}
			shown := written.Short(name, 40)
			pt.Add(finding.NotKnown(s.Rule.ID, shown, title, g).At(finding.Place{Sheet: s.Sheet, Cell: s.Ref, Row: s.Row, Field: s.Rule.Field, Value: shown}))
		}
	}
	return nil
}

// firm is how the name of an enterprise ends.
var firm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(公司|厂|集团|合作社|商行|经营部|事务所|银行|支行)(（.*）|\(.*\))?$`)
})

// held gives the values of one field in the rows that count of a form; nil where no return of it counts.
func (h *History) held(ctx context.Context, jd *Judge, form, field string) (*roll, error) {
	f := jd.Forms.Get(form)
	var ids []string
	for _, s := range jd.Zone.Submitters {
		for _, p := range h.standing(s.Code, f) {
			ids = append(ids, p.ID)
		}
	}
	of := strings.Join(ids, ",")
	list := h.names[form+"."+field]
	if list != nil && list.of == of || len(ids) == 0 {
		return list, nil
	}
	list = &roll{of: of, values: map[string]string{}}
	k := slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == field })
	for _, id := range ids {
		rows, err := h.rowsOf(ctx, f, id)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			if text := rows[i].vals[k].text; text != "" {
				list.values[spelling.Fold(text)] = text
			}
		}
	}
	for _, text := range list.values {
		list.all = append(list.all, text)
	}
	slices.Sort(list.all)
	h.names[form+"."+field] = list
	return list, nil
}

// standing gives the returns of a submitter whose rows count: of a ledger one, of a period form one a period, oldest first.
func (h *History) standing(submitter string, f *forms.Form) []*prior {
	if f.Mode == forms.Ledger {
		if p := h.Counting(submitter, f.ID); p != nil {
			return []*prior{p}
		}
		return nil
	}
	newest := map[string]*prior{}
	for _, p := range h.returns[subForm(submitter, f.ID)] {
		if !p.counts() || p.Outcome == finding.Duplicate || p.period == "" {
			continue
		}
		if o := newest[p.period]; o == nil || !p.ReceivedAt.Before(o.ReceivedAt) {
			newest[p.period] = p
		}
	}
	var out []*prior
	for _, p := range newest {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *prior) int { return strings.Compare(a.period, b.period) })
	return out
}
