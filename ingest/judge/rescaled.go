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
		k, keyed := pt.Form.Index(rule.Field), func(key string) string { return key }
		if n := amountPart(pt.Form); n >= 0 && pt.Form.Key[n][0] == rule.Field { // the amount is what the rows are told apart by, too
			keyed = func(key string) string { return withoutPart(key, n) }
		}
		c, was := &pt.Form.Columns[k], map[string]float64{}
		put := func(key string, v float64) {
			key = keyed(key)
			if _, twice := was[key]; twice { // nobody knows which of the two
				v = 0
			}
			was[key] = v
		}
		for _, n := range h.numbers[old.ID][rule.Field] {
			put(n.key, n.value)
		}
		if same != nil {
			for j := range same.Records {
				if v := same.Records[j].Value(k); v.Set {
					put(same.Records[j].Key, yuan(v.Num(), c))
				}
			}
		}
		both, power, rows := 0, 0, 0
		var first *read.Record
		var before, after float64
		for j := range pt.Records {
			r := &pt.Records[j]
			v := r.Value(k)
			w := was[keyed(r.Key)]
			if !v.Set || w <= 0 || r.Key == "" {
				continue
			}
			now := yuan(v.Num(), c)
			both++
			p := tenfold(now / w)
			if p == 0 || rows > 0 && p != power {
				continue
			}
			if rows++; rows == 1 {
				power, first, before, after = p, r, w, now
			}
		}
		step := power%4 == 0
		if rows == 0 || max(power, -power) < rescaledLeast || rows < rescaledRows && !step || rows*100 < both*rescaledShare {
			continue
		}
		if asked, err := h.unitAsked(ctx, old, rule); err != nil {
			return err
		} else if asked { // and now it was put right
			continue
		}
		at := finding.Place{Sheet: first.Line.Sheet, Field: c.Field}
		if col := first.Line.At[k].Col; col > 0 {
			at.Cell = sheet.Ref(first.Line.N, col)
		}
		pt.Add(finding.AmountsRescaled(c.Title, rows, power, plainAmount(before, c), plainAmount(after, c)).At(at))
	}
	return nil
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
