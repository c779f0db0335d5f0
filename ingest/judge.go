package ingest

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
)

// judged is a file with its report and the rows to store.
type judged struct {
	parsed *parsed
	report *finding.Report
	parts  []*part // by return, nil for a failed file
}

// judge decides the outcome of every return in a file against the history, and adds them to it.
// force takes a return by number although its faults reject it (放行).
func (in *Intake) judge(ctx context.Context, h *history, p *parsed, arrival int, force map[int]bool) (*judged, error) {
	j := &judged{parsed: p, report: &finding.Report{Arrival: arrival, File: p.file.Name, Folder: p.file.Folder, SHA256: p.sha,
		ReceivedAt: p.file.ReceivedAt, Skipped: p.skipped}}
	if p.failed != nil {
		r := p.failed
		r.ID, r.ReceivedAt = returnID(arrival, 1), p.file.ReceivedAt
		j.report.Returns = append(j.report.Returns, r)
		j.parts = append(j.parts, nil)
		h.add(&prior{id: r.ID, submitter: r.Submitter, sha: p.sha, outcome: r.Outcome, cutoff: r.Cutoff, receivedAt: r.ReceivedAt})
		return j, nil
	}
	for i, pt := range p.parts {
		pt.ret.ID = returnID(arrival, i+1)
		pt.ret.ReceivedAt = p.file.ReceivedAt
		if err := in.judgePart(ctx, h, p, pt, force[i+1]); err != nil {
			return nil, err
		}
		j.report.Returns = append(j.report.Returns, pt.ret)
		j.parts = append(j.parts, pt)
	}
	return j, nil
}

func returnID(arrival, n int) string { return fmt.Sprintf("%06d-%d", arrival, n) }

func (in *Intake) judgePart(ctx context.Context, h *history, p *parsed, pt *part, force bool) error {
	r, f := pt.ret, pt.form
	if p.macros {
		pt.add(finding.Finding{Severity: finding.Warning, Rule: "macros", Message: "文件带有宏，宏不会运行，只读取单元格内容", Hint: "请另存为 .xlsx 后报送"})
	}
	period := r.Period.String()
	identified := r.Submitter != "" && r.Period.Valid()
	if identified && !force {
		if old := h.newest(r.Submitter, f.ID, period, false); old != nil && old.sha == p.sha {
			if old.counts() {
				in.duplicate(pt, old)
				h.add(in.asPrior(p, pt))
				return nil
			}
		}
	}
	if identified && !pt.fatal {
		if err := in.against(ctx, h, pt); err != nil {
			return err
		}
	}
	if identified {
		if old := h.newest(r.Submitter, f.ID, period, true); old != nil && (!pt.fatal || force) {
			if !(pt.ret.Nil && f.Mode == forms.Ledger && !old.isNil) {
				r.Supersedes = old.id
			} else {
				pt.add(finding.Finding{Severity: finding.Warning, Rule: "nil_after_rows",
					Message: fmt.Sprintf("本期已报过%d行，这份零报告不会清空台账，仍按原来的%d行统计", old.rows, old.rows),
					Hint:    "如台账确已清零，请联系管理员办理清零"})
			}
		}
		if pt.ret.Nil && f.Mode == forms.Ledger {
			if c := h.counting(r.Submitter, f.ID); c != nil && c.period != period && !pt.fatal {
				pt.add(finding.Finding{Severity: finding.Warning, Rule: "nil_after_rows",
					Message: fmt.Sprintf("上一份台账有%d行，零报告表示没有新增，仍按原来的%d行统计", c.rows, c.rows),
					Hint:    "如台账确已清零，请联系管理员办理清零"})
			}
		}
	}
	in.settleDoubts(h, p, pt)
	warned := r.Count(finding.Warning) > 0 || r.ValuesEmptied > 0
	switch {
	case pt.fatal && !(force && identified):
		r.Outcome, r.Rows = finding.Rejected, 0
		if identified {
			if old := h.newest(r.Submitter, f.ID, period, false); old != nil && old.sha == p.sha && old.outcome == finding.Rejected && !old.accepted && old.findings == fingerprint(r) {
				in.duplicate(pt, old)
			}
		}
	case r.RowsRefused > 0:
		r.Outcome = finding.Partial
	case warned:
		r.Outcome = finding.Warned
	default:
		r.Outcome = finding.Accepted
	}
	if r.Outcome != finding.Duplicate {
		h.noteExplained(r)
	}
	if r.Supersedes != "" && r.Outcome.Counts() {
		var err error
		if r.Changes, err = h.changes(ctx, pt, r.Supersedes); err != nil {
			return err
		}
	}
	h.add(in.asPrior(p, pt))
	if r.Outcome.Counts() {
		in.remember(h, pt)
	}
	return nil
}

// fingerprint tells two judgements of the same bytes apart.
func fingerprint(r *finding.Return) string {
	var parts []string
	for _, f := range r.Findings {
		parts = append(parts, f.Rule+f.Sheet+f.Cell)
	}
	return strings.Join(parts, "|")
}

func (in *Intake) asPrior(p *parsed, pt *part) *prior {
	r := pt.ret
	return &prior{id: r.ID, submitter: r.Submitter, form: r.Form, period: r.Period.String(), sha: p.sha, cutoff: r.Cutoff,
		receivedAt: r.ReceivedAt, outcome: r.Outcome, isNil: r.Nil, rows: r.Rows, findings: fingerprint(r)}
}

// duplicate marks a return whose bytes are those of the newest one.
func (in *Intake) duplicate(pt *part, old *prior) {
	r := pt.ret
	r.Outcome, r.Rows, r.RowsRefused, r.ValuesEmptied, r.Supersedes = finding.Duplicate, 0, 0, 0, ""
	state := "已经接收"
	if !old.counts() {
		state, r.OfRejected = "已经退回", true
	}
	r.Findings = []finding.Finding{{Severity: finding.Info, Rule: "duplicate",
		Message: fmt.Sprintf("与 %s 收到的文件完全相同，那一份%s，这一份不再重复计入", old.receivedAt.Format("2006年1月2日 15:04"), state),
		Hint:    "如需更正，请修改内容后重新报送"}}
}

// remember keeps what later returns of the same run are judged against.
func (in *Intake) remember(h *history, pt *part) {
	f, id := pt.form, pt.ret.ID
	status, deadline := watched(f)
	keys := map[string]keyState{}
	byKey := h.holders[f.ID]
	if byKey == nil {
		byKey = map[string][]string{}
		h.holders[f.ID] = byKey
	}
	for i := range pt.records {
		r := &pt.records[i]
		s := keyState{shown: r.shown}
		if status >= 0 {
			s.status = r.vals[status].text
		}
		if deadline >= 0 {
			s.deadline = r.vals[deadline].text
		}
		keys[r.key] = s
		byKey[r.key] = append(byKey[r.key], id)
	}
	for i := range pt.refused {
		keys[pt.refused[i].key] = keyState{shown: pt.refused[i].shown}
	}
	h.keys[id] = keys
	h.unstored[id] = pt
	h.noteNumbers(pt)
}

// against compares a return with what was received before.
func (in *Intake) against(ctx context.Context, h *history, pt *part) error {
	r, f := pt.ret, pt.form
	if f.Mode == forms.Ledger && !r.Nil {
		if old := h.counting(r.Submitter, f.ID); old != nil && r.Cutoff >= old.cutoff {
			if err := in.againstLedger(ctx, h, pt, old); err != nil {
				return err
			}
		}
	}
	for _, look := range []func(context.Context, *history, *part) error{in.elsewhere, in.known, in.usual, in.reconcile} {
		if err := look(ctx, h, pt); err != nil {
			return err
		}
	}
	return nil
}

const namedRows = 20 // rows spelled out in a finding about several

// againstLedger finds rows that vanished and items that were reopened.
func (in *Intake) againstLedger(ctx context.Context, h *history, pt *part, old *prior) error {
	f := pt.form
	before, err := h.keysOf(ctx, f, old.id)
	if err != nil {
		return err
	}
	now := map[string]bool{}
	for _, k := range pt.lineKeys {
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
		if s := before[k].shown; s != "" {
			return s
		}
		for i := range f.Columns {
			if f.Columns[i].InKey && f.Columns[i].Type.Sensitive() {
				return "（涉敏编号）"
			}
		}
		return strings.ReplaceAll(k, keySep, "·")
	}
	var named []string
	for i, k := range gone {
		if i == namedRows {
			named = append(named, fmt.Sprintf("等共%d行", len(gone)))
			break
		}
		named = append(named, short(name(k), 30))
	}
	switch {
	case len(gone) >= 3 && len(gone)*5 > len(before):
		pt.reject(finding.Finding{Rule: "ledger_shrank", Sheet: pt.firstSheet(),
			Message: fmt.Sprintf("上一份台账有%d行，其中%d行这次不见了（%s），疑似只报了本周新增", len(before), len(gone), strings.Join(named, "、")),
			Hint:    "台账要报全部事项，已办结的也保留；请补齐后重新报送。确需删减的，请管理员放行"})
	case len(gone) > 0:
		for i, k := range gone {
			if i == namedRows {
				break
			}
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "row_vanished", Sheet: pt.firstSheet(), Value: short(name(k), 40),
				Message: fmt.Sprintf("上一份台账里的“%s”这次没有了", short(name(k), 40)), Hint: "请核实是否漏报；已办结的事项也要保留在台账里"})
		}
	}
	in.againstItems(h, pt, before)
	return nil
}

// watched gives the columns of a ledger in which what happened to an item since is seen: its status, its deadline; -1 if none.
func watched(f *forms.Form) (status, deadline int) {
	status = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == "status" })
	deadline = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Role == forms.Deadline && c.Type == forms.Date })
	return status, deadline
}

// againstItems finds items that were opened again, and deadlines that were moved back or given up.
func (in *Intake) againstItems(h *history, pt *part, before map[string]keyState) {
	f := pt.form
	closed := h.closed[f.ID]
	status, deadline := watched(f)
	for i := range pt.records {
		r := &pt.records[i]
		was, ok := before[r.key]
		if !ok {
			continue
		}
		ask := func(k int, rule, value, message, hint string) {
			pt.add(finding.Finding{Severity: finding.Warning, Rule: rule, Sheet: r.line.sheet, Row: r.line.n, Cell: r.line.cells[k].Ref(), Field: f.Columns[k].Field, Value: value,
				Message: message, Hint: hint})
		}
		if status >= 0 && r.vals[status].set && isOneOf(was.status, closed) && !isOneOf(r.vals[status].text, closed) {
			now := r.vals[status].text
			ask(status, "reopened", now, fmt.Sprintf("“%s”上次报为“%s”，这次改回“%s”", short(r.shown, 40), was.status, now), "请核实是否重新办理")
		}
		if deadline < 0 || was.deadline == "" {
			continue
		}
		switch now := r.vals[deadline]; {
		case now.set && now.text > was.deadline:
			ask(deadline, "deadline_moved", now.text, fmt.Sprintf("“%s”的「%s」上次是 %s，这次推后到 %s", short(r.shown, 40), f.Columns[deadline].Title, was.deadline, now.text), "请核实是否经批准延期")
		case now.gap:
			ask(deadline, "deadline_moved", tidy(r.line.cells[deadline].Text), fmt.Sprintf("“%s”的「%s」上次是 %s，这次改为长期", short(r.shown, 40), f.Columns[deadline].Title, was.deadline), "请核实是否经批准转为长期推进")
		}
	}
}

// elsewhere warns of keys that another submitter's or period's counting return holds.
func (in *Intake) elsewhere(ctx context.Context, h *history, pt *part) error {
	r, f := pt.ret, pt.form
	keys := make([]string, 0, len(pt.records))
	for i := range pt.records {
		if pt.records[i].key != "" {
			keys = append(keys, pt.records[i].key)
		}
	}
	held, err := h.holding(ctx, f, keys)
	if err != nil {
		return err
	}
	if len(held) == 0 {
		return nil
	}
	for i := range pt.records {
		rec := &pt.records[i]
		for _, id := range held[rec.key] {
			o := h.byID[id]
			if o == nil || !o.counts() || o.submitter == r.Submitter && (f.Mode == forms.Ledger || o.period == r.Period.String()) {
				continue
			}
			if f.Mode == forms.Ledger && h.counting(o.submitter, f.ID) != o || f.Mode == forms.Period && h.newest(o.submitter, f.ID, o.period, true) != o {
				continue
			}
			where := "其他单位"
			if s, ok := in.Zone.Submitter(o.submitter); ok {
				where = s.Name
			}
			if f.Mode == forms.Period {
				where += o.period
			}
			pt.add(finding.Finding{Severity: finding.Warning, Rule: "key_elsewhere", Sheet: rec.line.sheet, Row: rec.line.n, Cell: in.keyCell(f, rec.line), Value: short(rec.shown, 40),
				Message: fmt.Sprintf("“%s”与%s报表中的编号相同，两处都计入", short(rec.shown, 40), where), Hint: "请核实是否重复报送"})
			break
		}
	}
	return nil
}
