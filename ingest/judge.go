package ingest

import (
	"context"
	"fmt"
	"regexp"
	"sort"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/internal/spelling"
)

type zoneCodes []string

func (z zoneCodes) codes() []string { return z }

func (in *Intake) codes() submitters {
	var z zoneCodes
	for _, s := range in.Zone.Submitters {
		z = append(z, s.Code)
	}
	return z
}

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
	h.add(in.asPrior(p, pt))
	if !r.Outcome.Counts() {
		return nil
	}
	in.remember(h, pt)
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
		state = "已经退回"
	}
	r.Findings = []finding.Finding{{Severity: finding.Info, Rule: "duplicate",
		Message: fmt.Sprintf("与 %s 收到的文件完全相同，那一份%s，这一份不再重复计入", old.receivedAt.Format("2006年1月2日 15:04"), state),
		Hint:    "如需更正，请修改内容后重新报送"}}
}

// remember keeps what later returns of the same run are judged against.
func (in *Intake) remember(h *history, pt *part) {
	f, id := pt.form, pt.ret.ID
	status := -1
	for k := range f.Columns {
		if f.Columns[k].Field == "status" {
			status = k
		}
	}
	keys := map[string]keyState{}
	names := map[string]keyState{}
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
		keys[r.key] = s
		byKey[r.key] = append(byKey[r.key], id)
		if f.ID == "enterprise" {
			names[r.vals[0].text] = keyState{}
		}
	}
	for i := range pt.refused {
		keys[pt.refused[i].key] = keyState{shown: pt.refused[i].shown}
	}
	h.keys[id] = keys
	if len(names) > 0 {
		h.keys["names/"+id] = names
	}
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
	if err := in.elsewhere(ctx, h, pt); err != nil {
		return err
	}
	return in.lookUp(ctx, h, pt)
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
	closed := h.closed[f.ID]
	for i := range pt.records {
		r := &pt.records[i]
		was, ok := before[r.key]
		if !ok || !isOneOf(was.status, closed) {
			continue
		}
		for k := range f.Columns {
			if f.Columns[k].Field == "status" && r.vals[k].set && !isOneOf(r.vals[k].text, closed) {
				pt.add(finding.Finding{Severity: finding.Warning, Rule: "reopened", Sheet: r.line.sheet, Row: r.line.n, Cell: r.line.cells[k].Ref(), Field: "status", Value: r.vals[k].text,
					Message: fmt.Sprintf("“%s”上次报为“%s”，这次改回“%s”", short(r.shown, 40), was.status, r.vals[k].text), Hint: "请核实是否重新办理"})
			}
		}
	}
	return nil
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

// lookUp warns of enterprises that the directory doesn't know.
func (in *Intake) lookUp(ctx context.Context, h *history, pt *part) error {
	if len(pt.named) == 0 {
		return nil
	}
	dir, err := h.directory(ctx, in.codes())
	if err != nil || len(dir) == 0 {
		return err
	}
	var all []string
	for n := range dir {
		all = append(all, n)
	}
	sort.Strings(all)
	near := map[string]string{} // closest name of the directory, by text
	for _, s := range pt.named {
		for _, name := range strings.FieldsFunc(s.text, func(r rune) bool { return s.maybe && strings.ContainsRune("、，,;；/\n", r) }) {
			name = strings.TrimSpace(name)
			if name == "" || dir[squash(name)] {
				continue
			}
			if _, ok := in.Zone.Match(name); ok && s.maybe {
				continue
			}
			g, known := near[name]
			if !known {
				g = closest(name, all)
				near[name] = g
			}
			if s.maybe && !firm.MatchString(name) && (g == "" || spelling.Distance(heading(name), g) > 2) {
				continue
			}
			f := finding.Finding{Severity: finding.Warning, Rule: "not_in_directory", Sheet: s.sheet, Cell: s.ref, Row: s.row, Field: s.field, Value: short(name, 40),
				Message: fmt.Sprintf("“%s”不在企业名录里", short(name, 40)), Hint: "请核对企业全称；新入园企业请先报企业名录"}
			if g != "" {
				f.Suggest = g
				f.Hint = fmt.Sprintf("是否为“%s”？请核对企业全称", g)
			}
			pt.add(f)
		}
	}
	return nil
}

// firm is how the name of an enterprise ends.
var firm = regexp.MustCompile(`(公司|厂|集团|合作社|商行|经营部|事务所|银行|支行)(（.*）|\(.*\))?$`)
