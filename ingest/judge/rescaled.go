package judge

import (
	"context"
	"math"
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/sheet"
	"taizhang/internal/lang"
)

// Amounts that all became the same power of ten of what they were, row by row, show that one of the two returns has the wrong
// unit. In one row alone only 元 for 万元, or 万元 for 亿元, is no other slip.
const (
	rescaledLeast = 2  // as a power of ten
	rescaledRows  = 3  // and this many rows, or a step of units
	rescaledShare = 80 // percent of the rows that both have
)

// rescaled asks about columns of money that changed like that since the return that this one takes the place of.
func (jd *Judge) rescaled(ctx context.Context, h *History, pt *read.Part, old *prior) error {
	if !slices.ContainsFunc(pt.Form.Rules, func(r forms.Rule) bool { return looksBack(pt.Form, &r) }) || len(pt.Records) == 0 {
		return nil
	}
	same := h.unstored[old.ID] // which a moment ago came
	if same == nil {
		h.forgetKeyless(pt.Form, old.ID)
		if err := h.loadNumbers(ctx, pt.Form, []string{old.ID}); err != nil {
			return err
		}
	}
	for i := range pt.Form.Rules {
		rule := &pt.Form.Rules[i]
		if !looksBack(pt.Form, rule) {
			continue
		}
		k, keyed := pt.Form.Index(rule.Field), keyBeside(pt.Form, rule.Field)
		c := &pt.Form.Columns[k]
		change := changeOf(pt, k, keyed, amountsBefore(h.numbers[old.ID][rule.Field], same, k, c, keyed))
		if !change.isOfUnit() {
			continue
		}
		if asked, err := h.unitAsked(ctx, old, rule); err != nil {
			return err
		} else if asked { // and now it was put right
			continue
		}
		at := finding.Place{Sheet: change.first.Line.Sheet, Field: c.Field}
		if col := change.first.Line.At[k].Col; col > 0 {
			at.Cell = sheet.Ref(change.first.Line.N, col)
		}
		pt.Add(finding.AmountsRescaled(c.Title, change.rows, change.power, plainAmount(change.before, c), plainAmount(change.after, c)).At(at))
	}
	return nil
}

// keyBeside is what tells rows apart beside a field: their key, without the amount where the field is the amount in it.
func keyBeside(f *forms.Form, field string) func(key string) string {
	if n := amountPart(f); n >= 0 && f.Key[n][0] == field {
		return func(key string) string { return withoutPart(key, n) }
	}
	return func(key string) string { return key }
}

// amountsBefore are the amounts of column k, by row, of a return as it was stored and, where it isn't yet, as it was read.
func amountsBefore(stored []number, unstored *read.Part, k int, c *forms.Column, keyed func(key string) string) map[string]float64 {
	was := map[string]float64{}
	put := func(key string, v float64) {
		key = keyed(key)
		if _, twice := was[key]; twice { // nobody knows which of the two
			v = 0
		}
		was[key] = v
	}
	for _, n := range stored {
		put(n.key, n.value)
	}
	if unstored != nil {
		for j := range unstored.Records {
			if v := unstored.Records[j].Value(k); v.Set {
				put(unstored.Records[j].Key, yuan(v.Num(), c))
			}
		}
	}
	return was
}

// A rescaling is how the amounts of a column changed from one return to the next: in how many rows of those that both have by the
// power of ten that the first such row changed by, and that row.
type rescaling struct {
	both, rows, power int
	first             *read.Record
	before, after     float64 // in the first row
}

// changeOf is how the amounts of column k changed since they were what they were.
func changeOf(pt *read.Part, k int, keyed func(key string) string, was map[string]float64) rescaling {
	var out rescaling
	c := &pt.Form.Columns[k]
	for j := range pt.Records {
		r := &pt.Records[j]
		v := r.Value(k)
		w := was[keyed(r.Key)]
		if !v.Set || w <= 0 || r.Key == "" {
			continue
		}
		now := yuan(v.Num(), c)
		out.both++
		p := tenfold(now / w)
		if p == 0 || out.rows > 0 && p != out.power {
			continue
		}
		if out.rows++; out.rows == 1 {
			out.power, out.first, out.before, out.after = p, r, w, now
		}
	}
	return out
}

// isOfUnit says whether only another unit makes amounts change like that.
func (r rescaling) isOfUnit() bool {
	isStep := r.power%4 == 0
	return r.rows > 0 && max(r.power, -r.power) >= rescaledLeast && (r.rows >= rescaledRows || isStep) && r.rows*100 >= r.both*rescaledShare
}

// forgetKeyless lets go of the numbers of a period's return that this run took in and stored: they were kept without their rows'
// keys, which the tables have.
func (h *History) forgetKeyless(f *forms.Form, id string) {
	if f.Mode == forms.Period && h.keyless[id] {
		delete(h.numbers, id)
		delete(h.keyless, id)
	}
}

// unitAsked says whether the unit of a return's amounts was in doubt when it came.
func (h *History) unitAsked(ctx context.Context, old *prior, rule *forms.Rule) (bool, error) {
	if old.ret != nil {
		return slices.ContainsFunc(old.ret.Findings, func(f finding.Finding) bool {
			return f.Rule == finding.UnitMissingRule || f.Rule == finding.RescaledRule || f.Rule == rule.ID
		}), nil
	}
	if h.Conn == nil {
		return false, nil
	}
	n := 0
	err := h.Conn.QueryRowContext(ctx, `select count(*) from raw.finding where zone = ? and return_id = ? and rule in (?, ?, ?)`,
		h.zone, old.ID, finding.UnitMissingRule, finding.RescaledRule, rule.ID).Scan(&n)
	if err != nil {
		return false, lang.Errorf("read what was asked of %s: %w", "读取 %s 的审核意见：%w", old.ID, err)
	}
	return n > 0, nil
}

// looksBack says whether a rule is one by which amounts are compared with earlier ones.
func looksBack(f *forms.Form, r *forms.Rule) bool {
	return r.Kind == forms.Usual && f.Column(r.Field).Type == forms.Money
}

// tenfold is the power of ten that a ratio is; 0 where it is none.
func tenfold(ratio float64) int {
	if ratio <= 0 {
		return 0
	}
	p := math.Log10(ratio)
	if n := math.Round(p); math.Abs(p-n) < 1e-9 {
		return int(n)
	}
	return 0
}
