package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
	"taizhang/ingest/sheet"
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

// explanations reads what a sender wrote on the 回执 sheet of the workbook handed in, by mark.
func explanations(g *sheet.Grid) map[string]string {
	out := map[string]string{}
	for i := range g.Rows {
		row := &g.Rows[i]
		mark, said := textOf(cellIn(row, receipt.MarkColumn)), textOf(cellIn(row, receipt.ExplainColumn))
		if len(mark) == 16 && said != "" {
			out[mark] = short(maskText(said), 500)
		}
	}
	return out
}

// rowAt is where a row stands: its sheet as findings name it, and its number.
type rowAt struct {
	sheet string
	n     int
}

// keysByRow gives the keys of a return's rows, refused ones included.
func (pt *part) keysByRow() map[rowAt]string {
	keys := map[rowAt]string{}
	for _, list := range [][]record{pt.records, pt.refused} {
		for i := range list {
			keys[rowAt{maskText(list[i].line.sheet), list[i].line.n}] = list[i].key
		}
	}
	return keys
}

// settleDoubts marks the doubts of a return, and takes out those that the sender has explained, now or before.
func (in *Intake) settleDoubts(h *history, p *parsed, pt *part) {
	r := pt.ret
	keys := pt.keysByRow()
	known := h.explained[subForm(r.Submitter, r.Form)]
	kept := r.Findings[:0]
	for _, f := range r.Findings {
		if f.Severity == finding.Info {
			kept = append(kept, f)
			continue
		}
		key := keys[rowAt{f.Sheet, f.Row}]
		f.Mark = doubtMark(r.Form, &f, key)
		written := p.explained[f.Mark]
		said := written
		if !finding.IsReason(said) {
			said = known[f.Mark]
		}
		if f.Severity == finding.Error || said == "" {
			if written != "" {
				f.Hint = answer(&f, written)
			}
			kept = append(kept, f)
			continue
		}
		r.Explained = append(r.Explained, finding.Explained{Finding: f, Key: key, Said: said})
	}
	r.Findings = kept
}

// answer is what the receipt says to an explanation that settles nothing, before the hint of the finding itself.
func answer(f *finding.Finding, said string) string {
	s := "您写的“" + short(said, 40) + "”没有说明原因，请用一句话写明为什么（如“经批准延期至年底”）；如确有误，请直接改正。"
	if f.Severity == finding.Error {
		s = "您写的说明“" + short(said, 40) + "”已看到，但“必须修改”的内容不能用说明代替，请改正后重新报送。"
	}
	return s + f.Hint
}

// noteExplained keeps explanations for later returns.
func (h *history) noteExplained(r *finding.Return) {
	for _, e := range r.Explained {
		h.explain(r.Submitter, r.Form, e.Finding.Mark, e.Said)
	}
}

func (h *history) explain(submitter, form, mark, said string) {
	k := subForm(submitter, form)
	if h.explained[k] == nil {
		h.explained[k] = map[string]string{}
	}
	h.explained[k][mark] = said
}

// loadExplained reads the explanations given so far, the newest of each doubt.
func (h *history) loadExplained(ctx context.Context) error {
	q := `select r.submitter, r.form, e.mark, e.said from raw.explanation e join raw.return r using (zone, return_id)
		where e.zone = ? and r.submitter is not null and r.form is not null order by r.arrival, r.return_id, e.seq`
	err := warehouse.Each(ctx, h.conn, q, func(v []any) error {
		h.explain(v[0].(string), v[1].(string), v[2].(string), v[3].(string))
		return nil
	}, h.zone)
	if err != nil {
		return fmt.Errorf("read explanations: %w", err)
	}
	return nil
}
