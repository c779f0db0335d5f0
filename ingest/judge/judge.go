// Package judge holds a return against what was received before: duplicates,
// corrections, vanished rows, reopened items, names and numbers that are
// unusual. It decides the outcome, and goes in order of arrival.
//
// Words: the history is what was received before; a prior is an earlier return
// in it; a doubt (请核实) is known by its mark, and settled by the sender's
// explanation.
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
		ReceivedAt: p.File.ReceivedAt, Skipped: p.Skipped}}
	if p.Failed != nil {
		r := p.Failed
		r.ID, r.ReceivedAt = ReturnID(arrival, 1), p.File.ReceivedAt
		j.Report.Returns = append(j.Report.Returns, r)
		j.Parts = append(j.Parts, nil)
		h.add(&prior{Id: r.ID, submitter: r.Submitter, Sha: p.Sha, Outcome: r.Outcome, cutoff: r.Cutoff, ReceivedAt: r.ReceivedAt})
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

func ReturnID(arrival, n int) string { return fmt.Sprintf("%06d-%d", arrival, n) }

func (jd *Judge) judgePart(ctx context.Context, h *History, p *read.Parsed, pt *read.Part) error {
	r := pt.Ret
	if p.Macros {
		pt.Add(finding.Finding{Severity: finding.Warning, Rule: "macros", Message: "文件带有宏，宏不会运行，只读取单元格内容", Hint: "请另存为 .xlsx 后报送"})
	}
	identified := r.Submitter != "" && r.Period.Valid()
	if identified {
		if old := h.Newest(r.Submitter, r.Form, r.Period.String(), false); old != nil && old.Sha == p.Sha && old.counts() {
			jd.duplicate(pt, old)
			h.add(jd.asPrior(p, pt))
			return nil
		}
		if err := jd.againstPast(ctx, h, p, pt); err != nil {
			return err
		}
	}
	if err := jd.settleDoubts(ctx, h, p, pt); err != nil {
		return err
	}
	r.Outcome = outcomeOf(pt)
	if identified && r.Outcome == finding.Rejected {
		if old := h.Newest(r.Submitter, r.Form, r.Period.String(), false); old != nil && old.Sha == p.Sha && old.Outcome == finding.Rejected && !old.Accepted && old.Findings == Fingerprint(r) {
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
	jd.tellNotCounting(h, pt, now)
	if r.Supersedes != "" {
		var err error
		if r.Changes, err = h.changes(ctx, pt, r.Supersedes); err != nil {
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
	return &prior{run: p.File.Run, file: p.File.Name, ret: r, Id: r.ID, submitter: r.Submitter, form: r.Form, period: r.Period.String(), Sha: p.Sha, cutoff: r.Cutoff,
		ReceivedAt: r.ReceivedAt, Outcome: r.Outcome, IsNil: r.Nil, Rows: r.Rows, Findings: Fingerprint(r)}
}

// duplicate marks a return whose bytes are those of the newest one.
func (jd *Judge) duplicate(pt *read.Part, old *prior) {
	r := pt.Ret
	r.Outcome, r.Rows, r.RowsRefused, r.ValuesEmptied, r.Supersedes = finding.Duplicate, 0, 0, 0, ""
	state := "已经接收"
	if !old.counts() {
		state = "已经退回"
	}
	r.Findings = []finding.Finding{{Severity: finding.Info, Rule: "duplicate",
		Message: fmt.Sprintf("与 %s 收到的文件完全相同，那一份%s，这一份不再重复计入", old.ReceivedAt.Format("2006年1月2日 15:04"), state),
		Hint:    "如需更正，请修改内容后重新报送"}}
}

// Remember keeps what later returns of the same run are judged against.
func (jd *Judge) Remember(h *History, pt *read.Part) {
	f, id := pt.Form, pt.Ret.ID
	status, deadline := watched(f)
	keys := map[string]KeyState{}
	byKey := h.holders[f.ID]
	if byKey == nil {
		byKey = map[string][]string{}
		h.holders[f.ID] = byKey
	}
	for i := range pt.Records {
		r := &pt.Records[i]
		s := KeyState{Shown: r.Shown}
		if status >= 0 {
			s.status = r.Vals[status].Text
		}
		if deadline >= 0 {
			s.deadline = r.Vals[deadline].Text
		}
		keys[r.Key] = s
		byKey[r.Key] = append(byKey[r.Key], id)
	}
	for i := range pt.Refused {
		keys[pt.Refused[i].Key] = KeyState{Shown: pt.Refused[i].Shown}
	}
	h.keys[id] = keys
	h.unstored[id] = pt
	h.noteNumbers(pt)
}

const namedRows = 20 // rows spelled out in a finding about several

// againstLedger finds rows that vanished and items that were reopened.
func (jd *Judge) againstLedger(ctx context.Context, h *History, pt *read.Part, old *prior) error {
	f := pt.Form
	before, err := h.keysOf(ctx, f, old.Id)
	if err != nil {
		return err
	}
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
	name := func(k string) string {
		if s := before[k].Shown; s != "" {
			return s
		}
		for i := range f.Columns {
			if f.Columns[i].InKey && f.Columns[i].Type.Sensitive() {
				return "（涉敏编号）"
			}
		}
		return strings.ReplaceAll(k, read.KeySep, "·")
	}
	var named []string
	for i, k := range gone {
		if i == namedRows {
			named = append(named, fmt.Sprintf("等共%d行", len(gone)))
			break
		}
		named = append(named, written.Short(name(k), 30))
	}
	switch {
	case len(gone) >= 3 && len(gone)*5 > len(before):
		pt.Reject(finding.Finding{Rule: "ledger_shrank", Sheet: pt.FirstSheet(),
			Message: fmt.Sprintf("上一份台账有%d行，其中%d行这次不见了（%s），疑似只报了本周新增", len(before), len(gone), strings.Join(named, "、")),
			Hint:    "台账要报全部事项，已办结的也保留；请补齐后重新报送。确需删减的，请管理员放行"})
	case len(gone) > 0:
		for i, k := range gone {
			if i == namedRows {
				break
			}
			pt.Add(finding.Finding{Severity: finding.Warning, Rule: "row_vanished", Sheet: pt.FirstSheet(), Value: written.Short(name(k), 40),
				Message: fmt.Sprintf("上一份台账里的“%s”这次没有了", written.Short(name(k), 40)), Hint: "请核实是否漏报；已办结的事项也要保留在台账里"})
		}
	}
	jd.againstItems(h, pt, before)
	return nil
}

// watched gives the columns of a ledger in which what happened to an item since is seen: its status, its deadline; -1 if none.
func watched(f *forms.Form) (status, deadline int) {
	status = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == "status" })
	deadline = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Role == forms.Deadline && c.Type == forms.Date })
	return status, deadline
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
		ask := func(k int, rule, value, message, hint string) {
			pt.Add(finding.Finding{Severity: finding.Warning, Rule: rule, Sheet: r.Line.Sheet, Row: r.Line.N, Cell: r.Line.Cells[k].Ref(), Field: f.Columns[k].Field, Value: value,
				Message: message, Hint: hint})
		}
		if status >= 0 && r.Vals[status].Set && slices.Contains(closed, was.status) && !slices.Contains(closed, r.Vals[status].Text) {
			now := r.Vals[status].Text
			ask(status, "reopened", now, fmt.Sprintf("“%s”上次报为“%s”，这次改回“%s”", written.Short(r.Shown, 40), was.status, now), "请核实是否重新办理")
		}
		if deadline < 0 || was.deadline == "" {
			continue
		}
		switch now := r.Vals[deadline]; {
		case now.Set && now.Text > was.deadline:
			ask(deadline, "deadline_moved", now.Text, fmt.Sprintf("“%s”的「%s」上次是 %s，这次推后到 %s", written.Short(r.Shown, 40), f.Columns[deadline].Title, was.deadline, now.Text), "请核实是否经批准延期")
		case now.Gap:
			ask(deadline, "deadline_moved", written.Tidy(r.Line.Cells[deadline].Text), fmt.Sprintf("“%s”的「%s」上次是 %s，这次改为长期", written.Short(r.Shown, 40), f.Columns[deadline].Title, was.deadline), "请核实是否经批准转为长期推进")
		}
	}
}

// elsewhere warns of keys that another submitter's or period's counting return holds.
func (jd *Judge) elsewhere(ctx context.Context, h *History, pt *read.Part) error {
	r, f := pt.Ret, pt.Form
	keys := make([]string, 0, len(pt.Records))
	for i := range pt.Records {
		if pt.Records[i].Key != "" {
			keys = append(keys, pt.Records[i].Key)
		}
	}
	held, err := h.holding(ctx, f, keys)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return nil
	}
	for i := range pt.Records {
		rec := &pt.Records[i]
		for _, id := range held[rec.Key] {
			o := h.ByID[id]
			if o == nil || !o.counts() || o.submitter == r.Submitter && (f.Mode == forms.Ledger || o.period == r.Period.String()) {
				continue
			}
			if f.Mode == forms.Ledger && h.Counting(o.submitter, f.ID) != o || f.Mode == forms.Period && h.Newest(o.submitter, f.ID, o.period, true) != o {
				continue
			}
			where := "其他单位"
			if s, ok := jd.Zone.Submitter(o.submitter); ok {
				where = s.Name
			}
			if f.Mode == forms.Period {
				where += o.period
			}
			pt.Add(finding.Finding{Severity: finding.Warning, Rule: "key_elsewhere", Sheet: rec.Line.Sheet, Row: rec.Line.N, Cell: read.KeyCell(f, rec.Line), Value: written.Short(rec.Shown, 40),
				Message: fmt.Sprintf("“%s”与%s报表中的编号相同，两处都计入", written.Short(rec.Shown, 40), where), Hint: "请核实是否重复报送"})
			break
		}
	}
	return nil
}
