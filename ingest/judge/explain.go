package judge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"taizhang/ingest/finding"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/internal/warehouse"
)

// A doubt is what a sender may explain (核实说明): a 请核实 finding by its rule, the row's key and what stands there.
// Its mark is written beside the finding on the receipt and comes back with the explanation.

// doubtMark gives the mark of a doubt. It tells nothing of what it was made from.
func doubtMark(form string, f *finding.Finding, key string) string {
	h := sha256.New()
	for _, s := range []string{form, f.Rule, f.Field, key, f.Value} {
		fmt.Fprintf(h, "%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// settleDoubts marks the doubts of a return, and takes out those that the sender has explained, now or before.
func (jd *Judge) settleDoubts(h *History, p *read.Parsed, pt *read.Part) {
	r := pt.Ret
	keys := map[string]string{} // by sheet and row
	at := func(sheetName string, n int) string { return fmt.Sprintf("%s\x00%d", sheetName, n) }
	for _, list := range [][]read.Record{pt.Records, pt.Refused} {
		for i := range list {
			keys[at(secret.MaskText(list[i].Line.Sheet), list[i].Line.N)] = list[i].Key
		}
	}
	known := h.explained[subForm(r.Submitter, r.Form)]
	kept := r.Findings[:0]
	for _, f := range r.Findings {
		if f.Severity != finding.Warning {
			kept = append(kept, f)
			continue
		}
		key := keys[at(f.Sheet, f.Row)]
		f.Mark = doubtMark(r.Form, &f, key)
		said, ok := p.Explained[f.Mark]
		if !ok {
			said, ok = known[f.Mark]
		}
		if !ok {
			kept = append(kept, f)
			continue
		}
		r.Explained = append(r.Explained, finding.Explained{Finding: f, Key: key, Said: said})
	}
	r.Findings = kept
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
		return fmt.Errorf("read explanations: %w", err)
	}
	return nil
}
