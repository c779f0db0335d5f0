package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/written"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// A doubt is what a sender may explain (核实说明): a 请核实 finding by its rule, the row's key and what stands there.
// Its mark is written beside the finding on the receipt and comes back with the explanation. What must be mended
// (必须修改) has a mark, too, so that an explanation written there is answered.

// doubtMark gives the mark of a doubt. It tells nothing of what it was made from.
func doubtMark(form string, f *finding.Finding, key string) string {
	h := sha256.New()
	for _, s := range []string{form, f.Rule, f.Field, key, f.Value} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// RowAt is where a row stands: its sheet as findings name it, and its number.
type RowAt struct {
	Sheet string
	N     int
}

// keysByRow gives the keys of the rows of which something is said, refused ones included.
func keysByRow(pt *read.Part) map[RowAt]string {
	keys, rows := map[RowAt]string{}, map[int]bool{}
	for i := range pt.Ret.Findings {
		if f := &pt.Ret.Findings[i]; f.Severity != finding.Info {
			rows[f.Row] = true
		}
	}
	if len(rows) == 0 {
		return keys
	}
	for _, list := range [][]read.Record{pt.Records, pt.Refused} {
		for i := range list {
			if l := list[i].Line; rows[l.N] {
				keys[RowAt{secret.MaskText(l.Sheet), l.N}] = list[i].Key
			}
		}
	}
	return keys
}

// Mark gives a finding the mark by which an explanation of it is known. What only informs needs none.
func Mark(form string, f *finding.Finding, keys map[RowAt]string) {
	if f.Severity != finding.Info {
		f.RowKey = keys[RowAt{f.Sheet, f.Row}]
		f.Mark = doubtMark(form, f, f.RowKey)
	}
}

// settleDoubts marks the doubts of a return, and takes out those that the sender has explained, now or before. What
// must be mended can't be explained away, and is answered.
func (jd *Judge) settleDoubts(ctx context.Context, h *History, p *read.Parsed, pt *read.Part) error {
	r := pt.Ret
	keys := keysByRow(pt)
	known := h.explained[subForm(r.Submitter, r.Form)]
	settled := map[string]bool{}
	kept := r.Findings[:0]
	for _, f := range r.Findings {
		if Mark(r.Form, &f, keys); f.Mark == "" {
			kept = append(kept, f)
			continue
		}
		settled[f.Mark] = true
		wrote := p.Explained[f.Mark]
		said := wrote
		if !finding.IsReason(said) {
			said = known[f.Mark]
		}
		if f.Severity == finding.Error || said == "" {
			if wrote != "" {
				f.Hint = answer(&f, wrote)
			}
			kept = append(kept, f)
			continue
		}
		r.Explained = append(r.Explained, finding.Explained{Finding: f, Key: f.RowKey, Said: said})
	}
	r.Findings = kept
	return h.settleEarlier(ctx, p, pt, settled)
}

// answer is what the receipt says to an explanation that settles nothing, before the hint of the finding itself.
func answer(f *finding.Finding, said string) string {
	s := "您写的“" + written.Short(said, 40) + "”没有说明原因，请用一句话写明为什么（如“经批准延期至年底”）；如确有误，请直接改正。"
	if f.Severity == finding.Error {
		s = "您写的说明“" + written.Short(said, 40) + "”已看到，但“必须修改”的内容不能用说明代替，请改正后重新报送。"
	}
	return s + f.Hint
}

// settleEarlier keeps explanations of doubts that are not raised again: what an earlier return had put in question by
// comparison (a row that vanished, a deadline that moved) is no longer different once that return counts.
func (h *History) settleEarlier(ctx context.Context, p *read.Parsed, pt *read.Part, settled map[string]bool) error {
	r := pt.Ret
	if r.Submitter == "" {
		return nil
	}
	known := h.explained[subForm(r.Submitter, r.Form)]
	for _, mark := range slices.Sorted(maps.Keys(p.Explained)) {
		if settled[mark] || known[mark] == p.Explained[mark] || !finding.IsReason(p.Explained[mark]) {
			continue
		}
		asked, err := h.askedBefore(ctx, pt.Form, r.Submitter)
		if err != nil {
			return err
		}
		if x, ok := asked[mark]; ok {
			x.Said = p.Explained[mark]
			r.Explained = append(r.Explained, x)
		}
	}
	return nil
}

// noteAsked keeps the doubts of a return just judged.
func (h *History) noteAsked(r *finding.Return) {
	k := subForm(r.Submitter, r.Form)
	if h.asked[k] == nil {
		return // read from the tables when somebody asks: see askedBefore, which takes those of this run too
	}
	for _, f := range r.Findings {
		if f.Mark != "" && f.Severity == finding.Warning {
			h.asked[k][f.Mark] = finding.Explained{Finding: f, Key: f.RowKey}
		}
	}
}

// askedBefore gives the doubts that were raised in returns of a submitter and form, by mark.
func (h *History) askedBefore(ctx context.Context, f *forms.Form, submitter string) (map[string]finding.Explained, error) {
	k := subForm(submitter, f.ID)
	if m := h.asked[k]; m != nil {
		return m, nil
	}
	m := map[string]finding.Explained{}
	for _, p := range h.returns[k] { // of this run, perhaps not stored yet
		if p.ret == nil {
			continue
		}
		for _, x := range p.ret.Findings {
			if x.Mark != "" && x.Severity == finding.Warning {
				m[x.Mark] = finding.Explained{Finding: x, Key: x.RowKey}
			}
		}
	}
	h.asked[k] = m
	if h.Conn == nil {
		return m, nil
	}
	q := fmt.Sprintf(`with keys as (
		select return_id, sheet, row_no, key_text from raw.%[1]s where zone = ?
		union all select return_id, sheet, row_no, key_text from raw.quarantine where zone = ?)
		select f.rule, f.sheet, f.cell, f.row_no, coalesce(f.field, ''), coalesce(f.value, ''), f.message, coalesce(f.hint, ''), coalesce(k.key_text, '')
		from raw.finding as f
		join raw.return as r on r.zone = f.zone and r.return_id = f.return_id
		left join keys as k on k.return_id = f.return_id and k.sheet = f.sheet and k.row_no = f.row_no
		where f.zone = ? and r.submitter = ? and r.form = ? and f.severity = 'warning'
		order by r.arrival, f.return_id, f.seq`, warehouse.Ident(f.ID))
	err := warehouse.Each(ctx, h.Conn, q, func(v []any) error {
		x := finding.Finding{Severity: finding.Warning}
		for i, to := range []*string{&x.Rule, &x.Sheet, &x.Cell, nil, &x.Field, &x.Value, &x.Message, &x.Hint, &x.RowKey} {
			if to != nil {
				*to, _ = v[i].(string)
			}
		}
		switch n := v[3].(type) {
		case int32:
			x.Row = int(n)
		case int64:
			x.Row = int(n)
		}
		x.Mark = doubtMark(f.ID, &x, x.RowKey)
		m[x.Mark] = finding.Explained{Finding: x, Key: x.RowKey}
		return nil
	}, h.zone, h.zone, h.zone, submitter, f.ID)
	if err != nil {
		return nil, lang.Errorf("read the doubts raised before: %w", "读取以前提出的疑问：%w", err)
	}
	return m, nil
}

// noteExplained keeps explanations for later returns.
func (h *History) noteExplained(r *finding.Return) {
	for _, e := range r.Explained {
		h.explain(r.Submitter, r.Form, e.Finding.Mark, e.Said)
	}
}

func (h *History) explain(submitter, form, mark, said string) {
	k := subForm(submitter, form)
	if h.explained[k] == nil {
		h.explained[k] = map[string]string{}
	}
	h.explained[k][mark] = said
}

// loadExplained reads the explanations given so far, the newest of each doubt.
func (h *History) loadExplained(ctx context.Context) error {
	q := `select r.submitter, r.form, e.mark, e.said from raw.explanation e join raw.return r using (zone, return_id)
		where e.zone = ? and r.submitter is not null and r.form is not null order by r.arrival, r.return_id, e.seq`
	err := warehouse.Each(ctx, h.Conn, q, func(v []any) error {
		h.explain(v[0].(string), v[1].(string), v[2].(string), v[3].(string))
		return nil
	}, h.zone)
	if err != nil {
		return lang.Errorf("read explanations: %w", "读取核实说明：%w", err)
	}
	return nil
}
