package judge

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/read"
	"taizhang/internal/calendar"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// prior is an earlier return as judging sees it.
type prior struct {
	ID, submitter, form, period, Sha string
	cutoff                           calendar.Date
	ReceivedAt                       time.Time
	Outcome                          finding.Outcome
	IsNil, Withdrawn, Accepted       bool     // by the decision that stands
	Loaded                           bool     // its rows are in the tables, by a decision that may be undone since
	decided                          []string // decisions that stand, the newest last
	Rows                             int
	run                              int             // that took it in; 0 where nobody knows
	file                             string          // of this run's: its name
	ret                              *finding.Return // of this run's: what will be stored and answered
	aside                            bool            // not looked at for the moment
	Findings                         string          // of a rejected return: to tell whether the same fault is still there
}

func (p *prior) counts() bool { return !p.aside && !p.Withdrawn && (p.Outcome.Counts() || p.Accepted) }

// KeyState is what a ledger said about one key.
type KeyState struct{ status, deadline, Shown string }

// History is what was received before: read once at the start of a run and kept up to date during it.
type History struct {
	Conn    *sql.Conn // nil: nothing was received before
	loc     *time.Location
	zone    string
	returns map[string][]*prior            // by submitter and form, in order of arrival
	ByID    map[string]*prior              //
	clears  map[string][]time.Time         // clears that stand by submitter and form
	keys    map[string]map[string]KeyState // by return: keys as written; see Stored
	latest  map[string]string              // by submitter and form: the ledger whose keys stay at hand
	holders map[string]*keyIndex           // by form: keys of returns judged in this run
	tabled  map[string]*keyIndex           // by form: keys of returns in the tables; see storedKeys
	names   map[string]*roll               // by form and field: what counting rows hold
	closed  map[string][]string            // by form: statuses that mean closed, or granted
	numbers map[string]map[string][]number // by return and field: what unusual values are told from
	keyless map[string]bool                // returns whose numbers are kept without their rows' keys

	explained map[string]map[string]string            // by submitter and form: explanations by mark
	asked     map[string]map[string]finding.Explained // by submitter and form: doubts raised before, by mark
	unstored  map[string]*read.Part                   // returns judged and not in the tables yet
	unindexed map[string][]*read.Part                 // of these, by form, the large ones whose keys nobody has asked for; see Remember
	Erased    map[string]map[string]KeyState          // by return: keys of rows that were left out of the tables
}

func subForm(submitter, form string) string { return submitter + "/" + form }

// Load reads the returns and decisions so far.
func Load(ctx context.Context, conn *sql.Conn, zoneCode string, loc *time.Location, set *forms.Set) (*History, error) {
	h := NewHistory(loc, set)
	h.Conn, h.zone = conn, zoneCode
	rows, err := conn.QueryContext(ctx, `select r.return_id, coalesce(r.submitter,''), coalesce(r.form,''), coalesce(r.period,''), r.sha256, r.cutoff, r.received_at, r.status, r.is_nil, r.rows_loaded
		from raw.return r where r.zone = ? order by r.arrival, r.return_id`, zoneCode)
	if err != nil {
		return nil, lang.Errorf("read earlier returns: %w", "读取以前的报表：%w", err)
	}
	defer rows.Close()
	for rows.Next() {
		p := &prior{}
		var cutoff sql.NullTime
		var received time.Time
		var outcome string
		if err := rows.Scan(&p.ID, &p.submitter, &p.form, &p.period, &p.Sha, &cutoff, &received, &outcome, &p.IsNil, &p.Rows); err != nil {
			return nil, lang.Errorf("read earlier returns: %w", "读取以前的报表：%w", err)
		}
		p.cutoff = calendar.NoDate
		if cutoff.Valid {
			p.cutoff = calendar.Of(cutoff.Time.UTC())
		}
		p.ReceivedAt = time.Date(received.Year(), received.Month(), received.Day(), received.Hour(), received.Minute(), received.Second(), received.Nanosecond(), loc)
		p.Outcome = finding.Outcome(outcome)
		h.add(p)
	}
	if err := rows.Err(); err != nil {
		return nil, lang.Errorf("read earlier returns: %w", "读取以前的报表：%w", err)
	}
	if err := h.loadFaults(ctx); err != nil {
		return nil, err
	}
	drows, err := conn.QueryContext(ctx, `select kind, coalesce(return_id,''), coalesce(submitter,''), coalesce(form,''), coalesce(period,''), decided_at from raw.decision where zone = ? order by seq`, zoneCode)
	if err != nil {
		return nil, lang.Errorf("read decisions: %w", "读取决定：%w", err)
	}
	defer drows.Close()
	for drows.Next() {
		var kind, id, sub, form, period string
		var at time.Time
		if err := drows.Scan(&kind, &id, &sub, &form, &period, &at); err != nil {
			return nil, lang.Errorf("read decisions: %w", "读取决定：%w", err)
		}
		h.Decide(kind, id, sub, form, period, time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), loc))
	}
	if err := drows.Err(); err != nil {
		return nil, lang.Errorf("read decisions: %w", "读取决定：%w", err)
	}
	return h, h.loadExplained(ctx)
}

// loadFaults reads what was found in the rejected returns.
func (h *History) loadFaults(ctx context.Context) error {
	rows, err := h.Conn.QueryContext(ctx, `select return_id, coalesce(string_agg(rule || sheet || cell, '|' order by seq), '') from raw.finding
		where zone = ? and return_id in (select return_id from raw.return where zone = ? and status = 'rejected') group by return_id`, h.zone, h.zone)
	if err != nil {
		return lang.Errorf("read findings of rejected returns: %w", "读取退回报表的审核意见：%w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, faults string
		if err := rows.Scan(&id, &faults); err != nil {
			return lang.Errorf("read findings of rejected returns: %w", "读取退回报表的审核意见：%w", err)
		}
		if p := h.ByID[id]; p != nil {
			p.Findings = faults
		}
	}
	return rows.Err()
}

// NewHistory is the history of a zone that received nothing yet; loc is where its days begin.
func NewHistory(loc *time.Location, set *forms.Set) *History {
	h := &History{loc: loc, returns: map[string][]*prior{}, ByID: map[string]*prior{}, clears: map[string][]time.Time{},
		keys: map[string]map[string]KeyState{}, latest: map[string]string{}, holders: map[string]*keyIndex{}, tabled: map[string]*keyIndex{}, closed: map[string][]string{},
		names: map[string]*roll{}, numbers: map[string]map[string][]number{}, keyless: map[string]bool{}, explained: map[string]map[string]string{}, unstored: map[string]*read.Part{}, unindexed: map[string][]*read.Part{}, asked: map[string]map[string]finding.Explained{}}
	for _, f := range set.Forms {
		for _, r := range f.Rules {
			if r.Kind == "present_exactly_when" {
				h.closed[f.ID] = r.Values
			}
		}
		if status, _ := watched(f); status >= 0 {
			for _, v := range f.Columns[status].Values { // of a loan that was granted, as of an item that was closed
				if (v.Means == forms.Closed || v.Means == forms.Granted) && !slices.Contains(h.closed[f.ID], v.Name) {
					h.closed[f.ID] = append(slices.Clip(h.closed[f.ID]), v.Name)
				}
			}
		}
	}
	return h
}

func (h *History) add(p *prior) {
	k := subForm(p.submitter, p.form)
	h.returns[k] = append(h.returns[k], p)
	h.ByID[p.ID] = p
}

// Decide takes a decision into account: kind is a finding.DecisionKind, id a return or, for clear, sub and form a ledger,
// for waive a period of it too. Undoing one makes the one before it about the same thing stand again.
func (h *History) Decide(kind, id, sub, form, period string, at time.Time) {
	clear(h.tabled) // other returns count now
	if p := h.ByID[id]; p != nil && kind != "erase" {
		p.decide(kind)
		return
	}
	k := subForm(sub, form)
	switch held := h.clears[k]; {
	case kind == "clear":
		h.clears[k] = append(held, at)
	case kind == "undo" && id == "" && period == "" && len(held) > 0:
		h.clears[k] = held[:len(held)-1]
	}
}

func (p *prior) decide(kind string) {
	if kind == "undo" {
		p.decided = p.decided[:max(0, len(p.decided)-1)]
	} else {
		p.decided = append(p.decided, kind)
	}
	stands := ""
	if n := len(p.decided); n > 0 {
		stands = p.decided[n-1]
	}
	p.Accepted, p.Withdrawn = stands == "accept", stands == "withdraw"
	p.Loaded = p.Loaded || p.Accepted
}

// Counting gives the ledger return whose rows count now for a submitter; nil if none.
func (h *History) Counting(submitter, form string) *prior {
	k := subForm(submitter, form)
	newest := map[string]*prior{}
	for _, p := range h.returns[k] {
		if !p.counts() || p.IsNil || p.Outcome == finding.Duplicate {
			continue
		}
		if at := h.clears[k]; len(at) > 0 && !p.ReceivedAt.After(at[len(at)-1]) {
			continue
		}
		if o := newest[p.period]; o == nil || !p.ReceivedAt.Before(o.ReceivedAt) {
			newest[p.period] = p
		}
	}
	var best *prior
	for _, p := range newest {
		if best == nil || p.cutoff > best.cutoff || p.cutoff == best.cutoff && (p.ReceivedAt.After(best.ReceivedAt) || p.ReceivedAt.Equal(best.ReceivedAt) && p.ID > best.ID) {
			best = p
		}
	}
	return best
}

// Newest gives the newest return of a submitter, form and period that was not withdrawn; only counting ones if asked.
func (h *History) Newest(submitter, form, period string, onlyCounting bool) *prior {
	var best *prior
	for _, p := range h.returns[subForm(submitter, form)] {
		if p.period != period || p.Withdrawn || p.Outcome == finding.Duplicate || onlyCounting && !p.counts() {
			continue
		}
		if best == nil || !p.ReceivedAt.Before(best.ReceivedAt) {
			best = p
		}
	}
	return best
}

// holder gives the return whose rows stand for a submitter, form and period: the newest accepted one that has any. Nil
// returns hold nothing.
func (h *History) holder(submitter, form, period string) *prior {
	k := subForm(submitter, form)
	var best *prior
	for _, p := range h.returns[k] {
		if p.period != period || p.IsNil || p.Outcome == finding.Duplicate || !p.counts() {
			continue
		}
		if best == nil || !p.ReceivedAt.Before(best.ReceivedAt) {
			best = p
		}
	}
	return best
}

// keysOf gives the keys of a return as written, refused rows included, with the status where the form has one.
func (h *History) keysOf(ctx context.Context, f *forms.Form, id string) (map[string]KeyState, error) {
	if m, ok := h.keys[id]; ok {
		return m, nil
	}
	if pt := h.unstored[id]; pt != nil {
		return keysNow(pt), nil
	}
	m := map[string]KeyState{}
	watch := [2]string{"''", "''"}
	for i, k := range pair(watched(f)) {
		if k >= 0 {
			watch[i] = "coalesce(cast(" + warehouse.Ident(f.Columns[k].Field) + " as varchar), '')"
		}
	}
	var parts []string
	for _, p := range f.Key {
		parts = append(parts, "coalesce(cast("+strings.Join(p, " as varchar), cast(")+" as varchar))")
	}
	rows, err := h.Conn.QueryContext(ctx, fmt.Sprintf(`select key_text, %s, %s, concat_ws('·', %s) from raw.%s where zone = ? and return_id = ? union all select key_text, '', '', '' from raw.quarantine where zone = ? and return_id = ?`, watch[0], watch[1], strings.Join(parts, ", "), f.ID), h.zone, id, h.zone, id)
	if err != nil {
		return nil, lang.Errorf("read keys of return %s: %w", "读取报表 %s 的编号：%w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var k string
		var s KeyState
		if err := rows.Scan(&k, &s.status, &s.deadline, &s.Shown); err != nil {
			return nil, lang.Errorf("read keys of return %s: %w", "读取报表 %s 的编号：%w", id, err)
		}
		m[k] = s
	}
	for k, state := range h.Erased[id] {
		m[k] = state
	}
	h.keys[id] = m
	return m, rows.Err()
}

// holding gives the other returns that hold any of the loose keys, by them. Of forms with too many rows for memory only
// keys that are written as their loose ones are found.
func (h *History) holding(ctx context.Context, f *forms.Form, keys []string) (map[string][]string, error) {
	out := map[string][]string{}
	for _, pt := range h.unindexed[f.ID] {
		h.index(pt)
	}
	delete(h.unindexed, f.ID)
	for _, k := range keys {
		if ids := h.holders[f.ID].of(k); len(ids) > 0 {
			out[k] = append(out[k], ids...)
		}
	}
	if h.Conn == nil || len(keys) == 0 {
		return out, nil
	}
	stored, err := h.storedKeys(ctx, f)
	if err != nil {
		return nil, err
	}
	if stored != nil {
		for _, k := range keys {
			if ids := stored.of(k); len(ids) > 0 {
				out[k] = append(out[k], ids...)
			}
		}
		return out, nil
	}
	rows, err := h.Conn.QueryContext(ctx, fmt.Sprintf(`select key_text, return_id from raw.%s where zone = ? and key_text in (select unnest(string_split(?, chr(30))))`, f.ID), h.zone, strings.Join(keys, "\x1e"))
	if err != nil {
		return nil, lang.Errorf("look keys up in %s: %w", "在 %s 中查找编号：%w", f.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var k, id string
		if err := rows.Scan(&k, &id); err != nil {
			return nil, lang.Errorf("look keys up in %s: %w", "在 %s 中查找编号：%w", f.ID, err)
		}
		out[k] = append(out[k], id)
	}
	return out, rows.Err()
}

// maxStored is how many keys of one form are held in memory; beyond, they are looked up return by return.
const maxStored = 500_000

// storedKeys gives the keys of the returns of a form that count, from the tables, once for a run: a query for each
// return would read the whole table each time. Nil where they are too many.
func (h *History) storedKeys(ctx context.Context, f *forms.Form) (*keyIndex, error) {
	if m, ok := h.tabled[f.ID]; ok {
		return m, nil
	}
	var ids []string
	rows := 0
	for _, list := range h.returns {
		seen := map[string]bool{}
		for _, p := range list {
			if p.form != f.ID || seen[p.period] {
				continue
			}
			seen[p.period] = true
			old := h.Newest(p.submitter, f.ID, p.period, true)
			if f.Mode == forms.Ledger {
				old = h.Counting(p.submitter, f.ID)
			}
			if old != nil {
				ids = append(ids, old.ID)
				rows += old.Rows
			}
			if f.Mode == forms.Ledger {
				break
			}
		}
	}
	if rows > maxStored {
		h.tabled[f.ID] = nil
		return nil, nil
	}
	m := &keyIndex{}
	result, err := h.Conn.QueryContext(ctx, fmt.Sprintf(`select key_text, return_id from raw.%s where zone = ? and key_text <> '' and return_id in (select unnest(string_split(?, chr(30)))) order by return_id`, f.ID), h.zone, strings.Join(ids, "\x1e"))
	if err != nil {
		return nil, lang.Errorf("read the keys of %s: %w", "读取 %s 的编号：%w", f.ID, err)
	}
	defer result.Close()
	for result.Next() {
		var k, id string
		if err := result.Scan(&k, &id); err != nil {
			return nil, lang.Errorf("read the keys of %s: %w", "读取 %s 的编号：%w", f.ID, err)
		}
		m.add(looseKey(k), id)
	}
	if err := result.Err(); err != nil {
		return nil, lang.Errorf("read the keys of %s: %w", "读取 %s 的编号：%w", f.ID, err)
	}
	h.tabled[f.ID] = m
	return m, nil
}

func pair(a, b int) [2]int { return [2]int{a, b} }
