package ingest

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/internal/spelling"
)

// spot is a text that another form should know, and where it stands.
type spot struct {
	rule             *forms.Rule
	text, sheet, ref string
	row              int
}

// roll is the values that the counting rows of a form hold in one field: as written, by what they mean.
type roll struct {
	of     string // the returns they were read from
	values map[string]string
	all    []string // as written, sorted
}

// known warns of texts that the rows that count of another form don't hold, such as enterprises that 企业名录 lacks.
func (in *Intake) known(ctx context.Context, h *history, pt *part) error {
	near := map[string]string{} // closest value, by rule and text
	lists := map[*forms.Rule]*roll{}
	for _, s := range pt.named {
		list, looked := lists[s.rule]
		if !looked {
			var err error
			if list, err = h.held(ctx, in, s.rule.Form, s.rule.Than); err != nil {
				return err
			}
			lists[s.rule] = list
		}
		if list == nil { // nothing of that form was received yet
			continue
		}
		title := in.Forms.Get(s.rule.Form).PlainTitle()
		for _, name := range strings.FieldsFunc(s.text, func(r rune) bool { return s.rule.Loosely && strings.ContainsRune("、，,;；/\n", r) }) {
			name = strings.TrimSpace(name)
			if name == "" || list.values[squash(name)] != "" {
				continue
			}
			if _, ok := in.Zone.Match(name); ok && s.rule.Loosely {
				continue
			}
			g, looked := near[s.rule.ID+name]
			if !looked {
				g = closest(name, list.all)
				near[s.rule.ID+name] = g
			}
			if s.rule.Loosely && !firm.MatchString(name) && (g == "" || spelling.Distance(heading(name), heading(g)) > 2) {
				continue
			}
			f := finding.Finding{Severity: finding.Warning, Rule: s.rule.ID, Sheet: s.sheet, Cell: s.ref, Row: s.row, Field: s.rule.Field, Value: short(name, 40),
				Message: fmt.Sprintf("“%s”不在%s里", short(name, 40), title), Hint: fmt.Sprintf("请核对全称；如属新增，请先报%s", title)}
			if g != "" {
				f.Suggest = g
				f.Hint = fmt.Sprintf("是否为“%s”？请核对全称", g)
			}
			pt.add(f)
		}
	}
	return nil
}

// firm is how the name of an enterprise ends.
var firm = regexp.MustCompile(`(公司|厂|集团|合作社|商行|经营部|事务所|银行|支行)(（.*）|\(.*\))?$`)

// held gives the values of one field in the rows that count of a form; nil where no return of it counts.
func (h *history) held(ctx context.Context, in *Intake, form, field string) (*roll, error) {
	f := in.Forms.Get(form)
	var ids []string
	for _, s := range in.Zone.Submitters {
		for _, p := range h.standing(s.Code, f) {
			ids = append(ids, p.id)
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
				list.values[squash(text)] = text
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
func (h *history) standing(submitter string, f *forms.Form) []*prior {
	if f.Mode == forms.Ledger {
		if p := h.counting(submitter, f.ID); p != nil {
			return []*prior{p}
		}
		return nil
	}
	newest := map[string]*prior{}
	for _, p := range h.returns[subForm(submitter, f.ID)] {
		if !p.counts() || p.outcome == finding.Duplicate || p.period == "" {
			continue
		}
		if o := newest[p.period]; o == nil || !p.receivedAt.Before(o.receivedAt) {
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
