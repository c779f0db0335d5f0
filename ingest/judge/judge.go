// Package judge holds a return against what was received before: duplicates,
// corrections, vanished rows, reopened items, names and numbers that are
// unusual. It decides the outcome, and goes in order of arrival.
//
// Words: the history is what was received before; a prior is an earlier return
// in it; a doubt (请核实) is known by its mark, and settled by the sender's
// explanation.
//
// What asks about values that are unusual goes into usual.go and rescaled.go, about names
// into known.go, about rows that changed, came back or are gone into earlier.go and its
// neighbours; what a later return has to know of this one is kept in remember.go.
package judge

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/ingest/written"
	"taizhang/internal/calendar"
	"taizhang/internal/zone"
)

// Judge judges returns against what was received before.
type Judge struct {
	Zone  *zone.Zone
	Forms *forms.Set
}

// Judged is a file with its report and the rows to store.
type Judged struct {
	parsed *read.Parsed
	Report *finding.Report
	Parts  []*read.Part // by return, nil for a failed file
}

// File decides the outcome of every return in a file against the history, and adds them to it.
func (jd *Judge) File(ctx context.Context, h *History, p *read.Parsed, arrival int) (*Judged, error) {
	j := &Judged{parsed: p, Report: &finding.Report{Arrival: arrival, File: p.File.Name, Folder: p.File.Folder, SHA256: p.Sha,
		ReceivedAt: p.File.ReceivedAt, Skipped: p.Skipped, Bare: p.Bare()}}
	if p.Failed != nil {
		r := p.Failed
		r.ID, r.ReceivedAt = ReturnID(arrival, 1), p.File.ReceivedAt
		j.Report.Returns = append(j.Report.Returns, r)
		j.Parts = append(j.Parts, nil)
		h.add(&prior{ID: r.ID, submitter: r.Submitter, Sha: p.Sha, Outcome: r.Outcome, cutoff: r.Cutoff, ReceivedAt: r.ReceivedAt})
		return j, nil
	}
	for i, pt := range p.Parts {
		pt.Ret.ID = ReturnID(arrival, i+1)
		pt.Ret.ReceivedAt = p.File.ReceivedAt
		if err := jd.judgePart(ctx, h, p, pt); err != nil {
			return nil, err
		}
		j.Report.Returns = append(j.Report.Returns, pt.Ret)
		j.Parts = append(j.Parts, pt)
	}
	return j, nil
}

// ReturnID is the id of the nth return, from 1, of an arrival: 000123-1.
func ReturnID(arrival, n int) string { return fmt.Sprintf("%06d-%d", arrival, n) }

// judgePart judges one return: whether it was there before, what the past says against it, what becomes of it.
func (jd *Judge) judgePart(ctx context.Context, h *History, p *read.Parsed, pt *read.Part) error {
	r := pt.Ret
	if p.Macros {
		pt.Add(finding.Macros())
	}
	identified := r.Submitter != "" && r.Period.Valid()
	if identified {
		if old := h.same(p, r); old != nil && old.counts() {
			jd.duplicate(pt, old)
			h.add(jd.asPrior(p, pt))
			return nil
		}
		if err := jd.keptMonths(ctx, h, pt); err != nil {
			return err
		}
		if err := jd.againstPast(ctx, h, p, pt); err != nil {
			return err
		}
	}
	tellAlike(pt)
	if err := jd.settleDoubts(ctx, h, p, pt); err != nil {
		return err
	}
	r.Outcome = outcomeOf(pt)
	if identified && r.Outcome == finding.Rejected {
		if old := h.same(p, r); old.rejectedAs(r) {
			jd.duplicate(pt, old)
		}
	}
	now := jd.asPrior(p, pt)
	h.add(now)
	if r.Outcome != finding.Duplicate {
		h.noteExplained(r)
		h.noteAsked(r)
	}
	if !r.Outcome.Counts() {
		return nil
	}
	h.cameAfter(p, r)
	return jd.counted(ctx, h, pt, now)
}

// same gives the newest return of the same submitter, form and period if it came from the same bytes; else nil.
func (h *History) same(p *read.Parsed, r *finding.Return) *prior {
	if old := h.Newest(r.Submitter, r.Form, r.Period.String(), false); old != nil && old.Sha == p.Sha {
		return old
	}
	return nil
}

// rejectedAs says whether a return was rejected for the same faults and nobody decided otherwise since.
func (p *prior) rejectedAs(r *finding.Return) bool {
	return p != nil && p.Outcome == finding.Rejected && !p.Accepted && p.Findings == Fingerprint(r)
}

// counted tells what a return that counts takes the place of, and remembers its rows.
func (jd *Judge) counted(ctx context.Context, h *History, pt *read.Part, now *prior) (err error) {
	jd.tellNotCounting(h, pt, now)
	if pt.Ret.Supersedes != "" {
		if pt.Ret.Changes, err = h.changes(ctx, pt, pt.Ret.Supersedes); err != nil {
			return err
		}
	}
	jd.Remember(h, pt)
	return nil
}

// outcomeOf is what becomes of a return by what was found in it.
func outcomeOf(pt *read.Part) finding.Outcome {
	switch r := pt.Ret; {
	case pt.Fatal:
		r.Rows = 0
		return finding.Rejected
	case r.RowsRefused > 0:
		return finding.Partial
	case r.Count(finding.Warning) > 0 || r.ValuesEmptied > 0:
		return finding.Warned
	}
	return finding.Accepted
}

// Fingerprint tells two judgements of the same bytes apart.
func Fingerprint(r *finding.Return) string {
	var parts []string
	for _, f := range r.Findings {
		parts = append(parts, f.Rule+f.Sheet+f.Cell)
	}
	return strings.Join(parts, "|")
}

func (jd *Judge) asPrior(p *read.Parsed, pt *read.Part) *prior {
	r := pt.Ret
	return &prior{run: p.File.Run, file: p.File.Name, ret: r, ID: r.ID, submitter: r.Submitter, form: r.Form, period: r.Period.String(), Sha: p.Sha, cutoff: r.Cutoff,
		ReceivedAt: r.ReceivedAt, Outcome: r.Outcome, IsNil: r.Nil, Rows: r.Rows, Findings: Fingerprint(r)}
}

// duplicate marks a return whose bytes are those of the newest one.
func (jd *Judge) duplicate(pt *read.Part, old *prior) {
	r := pt.Ret
	r.Outcome, r.Rows, r.RowsRefused, r.ValuesEmptied, r.Supersedes = finding.Duplicate, 0, 0, 0, ""
	state := "已经接收"
	if !old.counts() {
		state, r.OfRejected = "已经退回", true
	}
	r.Findings = []finding.Finding{finding.SameFile(old.ReceivedAt.Format("2006年1月2日 15:04"), state)}
}

const (
	namedRows = 20 // rows spelled out in a finding about several

	// A ledger, or a correction of a period's return, that lacks more than vanishedMost percent of its rows, and vanishedLeast at least, holds only what is new:
	// 12 of 40 items are gone. One or two of a short ledger are an oversight, and named one by one.
	vanishedMost  = 20
	vanishedLeast = 3
)

// againstLedger finds rows that vanished and items that were reopened.
func (jd *Judge) againstLedger(ctx context.Context, h *History, pt *read.Part, old *prior) error {
	before, gone, rows, err := h.gone(ctx, pt, old)
	if err != nil {
		return err
	}
	switch {
	case shrank(rows, gone) && renumbered(pt, rows, len(gone)):
		tellGone(pt, rows, gone, finding.LedgerRenumbered)
	case shrank(rows, gone):
		tellGone(pt, rows, gone, finding.LedgerShrank)
	default:
		for _, name := range gone[:min(len(gone), namedRows)] {
			shown := written.Short(name, 40)
			pt.Add(finding.RowVanished(shown).At(finding.Place{Sheet: pt.FirstSheet(), Value: shown}))
		}
	}
	tellNew(pt, old, before)
	jd.againstItems(h, pt, before)
	return jd.rescaled(ctx, h, pt, old)
}

// tellNew asks about a number of new rows (本周新增3件) that neither the ledger of the period before nor the days on which the rows were
// assigned bear out. Behind a gap, and in a correction, nobody can tell.
func tellNew(pt *read.Part, old *prior, before map[string]KeyState) {
	if old.period != pt.Ret.Period.Prev().String() {
		return
	}
	fresh := len(freshKeys(pt, before))
	for _, said := range pt.New {
		if said.Rows != fresh && said.Rows != said.Dated && !slices.ContainsFunc(pt.Ret.Findings, func(f finding.Finding) bool {
			return f.Rule == finding.CountRule && f.Cell == said.At.Cell && f.Sheet == said.At.Sheet
		}) {
			pt.Add(finding.NewDiffers(said.Text, said.Rows, said.Word, fresh).At(said.At))
		}
	}
}

// againstPeriod finds a correction of a period's return that holds little of it: people send what they had forgotten by
// itself, under the name of the whole.
func (jd *Judge) againstPeriod(ctx context.Context, h *History, file string, pt *read.Part, old *prior) error {
	if pt.Form.Mode == forms.Ledger || len(pt.LineKeys) == 0 {
		return nil
	}
	before, gone, rows, err := h.gone(ctx, pt, old)
	if err != nil {
		return err
	}
	said := restStays(pt)
	if len(gone) > 0 && (said != "" || shrank(rows, gone) || isSupplement(file, pt) || len(gone) == rows && !anyAlike(before, pt.LineKeys)) {
		copies, err := h.wereCopies(ctx, pt, before)
		if err != nil {
			return err
		}
		rule := finding.CorrectionShrank
		if said != "" {
			rule = func(before, gone int, named []string) finding.Finding {
				return finding.CorrectionPart(said, before, gone, named)
			}
		}
		if !copies {
			tellGone(pt, rows, gone, rule)
		}
	}
	return jd.rescaled(ctx, h, pt, old)
}

// wereCopies says whether all rows that are gone stand in returns of the unit for other periods: they were copied from there, and
// were to be taken out.
func (h *History) wereCopies(ctx context.Context, pt *read.Part, before map[string]KeyState) (bool, error) {
	gone := goneKeys(before, pt)
	for i, k := range gone {
		gone[i] = looseKey(k)
	}
	held, err := h.holding(ctx, pt.Form, gone)
	if err != nil {
		return false, err
	}
	for _, k := range gone {
		if !slices.ContainsFunc(held[k], func(id string) bool {
			o := h.ByID[id]
			return h.countsElsewhere(o, pt.Form, pt.Ret) && o.submitter == pt.Ret.Submitter
		}) {
			return false, nil
		}
	}
	return true, nil
}

// anyAlike says whether one of the rows' keys has at least half of its parts from one that was there before: a name or a day that
// was put right. Where none has, these are other rows.
func anyAlike(before map[string]KeyState, keys []string) bool {
	for was := range before {
		parts := strings.Split(was, read.KeySep)
		for _, key := range keys {
			same, all := 0, 0
			for i, part := range strings.Split(key, read.KeySep) {
				if part == "" && (i >= len(parts) || parts[i] == "") {
					continue
				}
				if all++; i < len(parts) && parts[i] == part {
					same++
				}
			}
			if same*2 >= all {
				return true
			}
		}
	}
	return false
}

// goneKeys are the keys of earlier rows that a return hasn't, in order.
func goneKeys(before map[string]KeyState, pt *read.Part) []string {
	now := map[string]bool{}
	for _, k := range pt.LineKeys {
		now[k] = true
	}
	var gone []string
	for k := range before {
		if k != "" && !now[k] {
			gone = append(gone, k)
		}
	}
	sort.Strings(gone)
	return gone
}

// gone are the earlier rows by the keys as they are written now, the names of those that are not there any more, and how many
// rows there were.
func (h *History) gone(ctx context.Context, pt *read.Part, old *prior) (before map[string]KeyState, names []string, rows int, err error) {
	before, err = h.keysOf(ctx, pt.Form, old.ID)
	if err != nil {
		return nil, nil, 0, err
	}
	gone := goneKeys(before, pt)
	name := func(k string) string { return goneName(pt.Form, k, before[k].Shown) }
	rows = len(before)
	before, gone = foldSpellings(pt, before, gone, name)
	back := map[string]bool{}
	for _, old := range otherAmounts(pt.Form, gone, freshKeys(pt, before)) {
		back[old] = true
	}
	gone = slices.DeleteFunc(gone, func(k string) bool { return back[k] || wasSplit(k, pt.LineKeys) })
	for _, k := range gone {
		names = append(names, name(k))
	}
	return before, names, rows, nil
}

// goneName is how a row is called that is no longer there: as it was shown, else by its key where that hides nothing.
func goneName(f *forms.Form, key, shown string) string {
	if shown != "" {
		return shown
	}
	for i := range f.Columns {
		if f.Columns[i].InKey && f.Columns[i].Type.Sensitive() {
			return "（涉敏编号）"
		}
	}
	return strings.ReplaceAll(key, read.KeySep, "·")
}

func shrank(rows int, gone []string) bool {
	return len(gone) >= vanishedLeast && len(gone)*100 > rows*vanishedMost
}

// renumbered says whether a ledger whose items have numbers holds about as many as before, none with a number it had.
func renumbered(pt *read.Part, rows, gone int) bool {
	numbered := slices.ContainsFunc(pt.Form.Columns, func(c forms.Column) bool { return c.InKey && c.Type == forms.Code })
	return numbered && gone == rows && len(pt.LineKeys)*100 >= rows*(100-vanishedMost)
}

// tellGone says that so many of the earlier rows are gone that this one holds only what is new.
func tellGone(pt *read.Part, rows int, gone []string, rule func(before, gone int, named []string) finding.Finding) {
	var named []string
	for _, name := range gone[:min(len(gone), namedRows)] {
		named = append(named, written.Short(name, 30))
	}
	if len(gone) > namedRows {
		named[namedRows-1] += fmt.Sprintf("等共%d行", len(gone))
	}
	pt.Add(rule(rows, len(gone), named).At(finding.Place{Sheet: pt.FirstSheet()}))
}

// againstItems finds items that were opened again, and deadlines that were moved back or given up.
func (jd *Judge) againstItems(h *History, pt *read.Part, before map[string]KeyState) {
	f := pt.Form
	closed := h.closed[f.ID]
	status, deadline := watched(f)
	for i := range pt.Records {
		r := &pt.Records[i]
		was, ok := before[r.Key]
		if !ok {
			continue
		}
		row := written.Short(r.Shown, 40)
		at := func(k int, value string) finding.Place {
			return finding.Place{Sheet: r.Line.Sheet, Row: r.Line.N, Cell: r.Line.Cell(k).Ref(), Field: f.Columns[k].Field, Value: value}
		}
		if status >= 0 && slices.Contains(closed, was.status) {
			if now := r.Value(status); now.Set && !slices.Contains(closed, now.Text) {
				pt.Add(finding.Reopened(row, was.status, now.Text).At(at(status, now.Text)))
			}
		}
		if deadline < 0 || was.deadline == "" {
			continue
		}
		switch now := r.Value(deadline); {
		case now.Set && now.Text > was.deadline:
			pt.Add(finding.DeadlineMoved(row, f.Columns[deadline].Title, was.deadline, now.Text).At(at(deadline, now.Text)))
		case now.Gap:
			pt.Add(finding.DeadlineGivenUp(row, f.Columns[deadline].Title, was.deadline).At(at(deadline, written.Tidy(r.Line.Cell(deadline).Text))))
		}
	}
}

// elsewhere warns of keys that another submitter's or period's counting return holds.
func (jd *Judge) elsewhere(ctx context.Context, h *History, pt *read.Part) error {
	r, f := pt.Ret, pt.Form
	keys := make([]string, 0, len(pt.Records))
	for i := range pt.Records {
		if pt.Records[i].Key != "" {
			keys = append(keys, looseKey(pt.Records[i].Key))
		}
	}
	held, err := h.holding(ctx, f, keys)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return nil
	}
	again, first := map[*prior]int{}, map[*prior]int{} // other periods' returns of this submitter: rows held there, the first of them
	for i := range pt.Records {
		for _, id := range held[looseKey(pt.Records[i].Key)] {
			if o := h.ByID[id]; h.countsElsewhere(o, f, r) && o.submitter == r.Submitter {
				if again[o]++; again[o] == 1 {
					first[o] = i
				}
			}
		}
	}
	for i := range pt.Records {
		rec := &pt.Records[i]
		o := h.heldBy(held[looseKey(rec.Key)], f, r)
		if o == nil {
			continue
		}
		shown := written.Short(rec.Shown, 40)
		said := finding.KeyElsewhere(shown, jd.whose(o, f))
		if n := again[o]; n >= 2 && n*2 >= len(pt.Records) { // the whole return, under another period
			if first[o] != i {
				continue
			}
			said = finding.KeysElsewhere(n, len(pt.Records), jd.whose(o, f), o.ID)
			if of, err := calendar.ParsePeriod(o.period); err == nil && n < len(pt.Records) {
				pt.Copied(of, n, jd.whose(o, f), finding.Place{Sheet: rec.Line.Sheet, Row: rec.Line.N, Cell: read.KeyCell(f, rec.Line), Value: shown})
			}
		}
		pt.Add(said.At(finding.Place{Sheet: rec.Line.Sheet, Row: rec.Line.N, Cell: read.KeyCell(f, rec.Line), Value: shown}))
	}
	return nil
}

// heldBy gives, of the returns that hold a key, one that counts elsewhere: the submitter's own before those of others, for who
// repeats himself must see it.
func (h *History) heldBy(ids []string, f *forms.Form, r *finding.Return) (other *prior) {
	for _, id := range ids {
		switch o := h.ByID[id]; {
		case !h.countsElsewhere(o, f, r):
		case o.submitter == r.Submitter:
			return o
		case other == nil:
			other = o
		}
	}
	return other
}

// whose names a return by its submitter and, in a period form, its period.
func (jd *Judge) whose(o *prior, f *forms.Form) string {
	where := "其他单位"
	if s, ok := jd.Zone.Submitter(o.submitter); ok {
		where = s.Name
	}
	if f.Mode == forms.Period {
		if p, err := calendar.ParsePeriod(o.period); err == nil {
			where += written.PeriodLabel(p) + "的"
		}
	}
	return where
}

// countsElsewhere says whether the rows of a return count, for another unit or another period than those of r.
func (h *History) countsElsewhere(o *prior, f *forms.Form, r *finding.Return) bool {
	switch {
	case o == nil || !o.counts():
		return false
	case f.Mode == forms.Ledger:
		return o.submitter != r.Submitter && h.Counting(o.submitter, f.ID) == o
	}
	return (o.submitter != r.Submitter || o.period != r.Period.String()) && h.Newest(o.submitter, f.ID, o.period, true) == o
}
