package ingest

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/internal/archive"
	"taizhang/internal/lang"
	"taizhang/internal/spelling"
	"taizhang/internal/warehouse"
)

// Erasures are the persons whose rows are left out of what arrived before they were erased. Such a file is still read
// and judged with these rows, so that its outcome and what later returns were compared with stay what they were; they
// are only not stored, nor anything that is said of them.
type Erasures struct {
	list   []archive.Event
	passed map[int]bool                         // by number: erasures that lie behind; a replay comes to them one by one
	masks  map[string]bool                      // of the numbers of rows left out, as findings quote them
	keys   map[string]map[string]judge.KeyState // by return: keys of rows left out by erasures to come
	told   map[string]string                    // by return: what was found in it before anything was left out
}

// NewErasures takes the erasures of a journal; replay says that the journal is gone through again from its beginning.
func NewErasures(events []archive.Event, replay bool) *Erasures {
	e := &Erasures{list: events, passed: map[int]bool{}, masks: map[string]bool{}, keys: map[string]map[string]judge.KeyState{}, told: map[string]string{}}
	for _, x := range events {
		e.passed[x.Seq] = !replay
	}
	return e
}

// known says whether a row of an arrival was still known at the point that has been reached.
func (e *Erasures) known(arrival int, r *read.Record) bool {
	for _, x := range e.list {
		if e.passed[x.Seq] && arrival <= x.Through {
			for _, h := range x.Hashes {
				if r.Names(map[string]bool{h: true}) {
					return false
				}
			}
		}
	}
	return true
}

// of gives the hashes that are erased from an arrival.
func (e *Erasures) of(arrival int) map[string]bool {
	if e == nil {
		return nil
	}
	var out map[string]bool
	for _, x := range e.list {
		if arrival <= x.Through {
			if out == nil {
				out = map[string]bool{}
			}
			for _, h := range x.Hashes {
				out[h] = true
			}
		}
	}
	return out
}

// without gives a return and its rows as they are stored: rows of erased persons are left out, with what was found in
// them, and what quotes their masked numbers.
func (e *Erasures) without(arrival int, ret *finding.Return, pt *read.Part) (*finding.Return, *read.Part) {
	hashes := e.of(arrival)
	if len(hashes) == 0 || pt == nil {
		return ret, pt
	}
	l := leaving{e: e, arrival: arrival, hashes: hashes, ret: ret, pt: pt, at: map[judge.RowAt]bool{}}
	rest, left := *pt, *ret
	rest.Records, rest.Refused = l.rows(pt.Records), l.rows(pt.Refused)
	l.findings(&left)
	l.said(&left)
	if len(left.Findings) < len(ret.Findings) {
		e.told[ret.ID] = judge.Fingerprint(ret)
	}
	if ret.Outcome.Counts() {
		left.Rows, left.RowsRefused = len(rest.Records), len(rest.Refused)
	}
	rest.Ret = &left
	return &left, &rest
}

// leaving is what has to be known to leave persons out of a return.
type leaving struct {
	e       *Erasures
	arrival int
	hashes  map[string]bool
	ret     *finding.Return
	pt      *read.Part
	at      map[judge.RowAt]bool // where the rows stood that are left out
}

// rows leaves out the rows of the persons, and notes what is known of them.
func (l *leaving) rows(list []read.Record) (left []read.Record) {
	for i := range list {
		r := &list[i]
		if !r.Names(l.hashes) {
			left = append(left, *r)
			continue
		}
		l.at[judge.RowAt{Sheet: r.Line.Sheet, N: r.Line.N}] = true
		for k, v := range r.Values(nil) {
			if t := l.pt.Form.Columns[k].Type; l.hashes[v.Hash] && t != forms.Person && len(v.Text) > 8 {
				l.e.masks[v.Text] = true
			}
		}
		if l.e.known(l.arrival, r) {
			if l.e.keys[l.ret.ID] == nil {
				l.e.keys[l.ret.ID] = map[string]judge.KeyState{}
			}
			l.e.keys[l.ret.ID][r.Key] = judge.KeyState{Shown: r.Shown}
		}
	}
	return left
}

// ofRow says whether something was said of a row that is left out.
func (l *leaving) ofRow(sheet string, n int) bool { return l.at[judge.RowAt{Sheet: sheet, N: n}] }

// findings leaves out what was found in the rows, or quotes them.
func (l *leaving) findings(left *finding.Return) {
	left.Findings = nil
	for _, f := range l.ret.Findings {
		ofRow := l.ofRow(f.Sheet, f.Row)
		if !ofRow && !l.e.quoted(f.Value, f.Message, f.Hint) {
			left.Findings = append(left.Findings, f)
			continue
		}
		if c := l.pt.Form.Column(f.Field); ofRow && c != nil && f.Severity == finding.Error && !c.Required && !c.InKey {
			left.ValuesEmptied--
		}
	}
}

// said leaves out of the rest of a return what stood in the rows, or quotes them.
func (l *leaving) said(left *finding.Return) {
	left.Unread, left.Explained, left.Changes = nil, nil, nil
	for _, c := range l.ret.Unread {
		if l.ofRow(c.Sheet, c.Row) || l.e.quoted(c.Value) {
			if c.Comment {
				left.CommentsUnread--
			} else {
				left.CellsUnread--
			}
			continue
		}
		left.Unread = append(left.Unread, c)
	}
	for _, x := range l.ret.Explained {
		if f := x.Finding; !l.ofRow(f.Sheet, f.Row) && !l.e.quoted(f.Value, f.Message, x.Said, x.Key) {
			left.Explained = append(left.Explained, x)
		}
	}
	for _, c := range l.ret.Changes {
		if !l.e.quoted(c.Key, c.Before, c.After) {
			left.Changes = append(left.Changes, c)
		}
	}
}

// remembered is the part of a return that later ones are compared with.
func (e *Erasures) remembered(full *read.Part, arrival int) *read.Part {
	if e == nil {
		return full
	}
	out := *full
	keep := func(list []read.Record) (left []read.Record) {
		for i := range list {
			if e.known(arrival, &list[i]) {
				left = append(left, list[i])
			}
		}
		return left
	}
	out.Records, out.Refused = keep(full.Records), keep(full.Refused)
	return &out
}

// quoted says whether a masked number of an erased person stands in one of the texts.
func (e *Erasures) quoted(texts ...string) bool {
	for m := range e.masks {
		for _, text := range texts {
			if strings.Contains(text, m) {
				return true
			}
		}
	}
	return false
}

// recall gives back to the history what was known before rows were left out of the tables.
func (e *Erasures) recall(h *judge.History) {
	if e == nil {
		return
	}
	h.Erased = e.keys
	for id, told := range e.told {
		if p := h.ByID[id]; p != nil && p.Findings != "" {
			p.Findings = told
		}
	}
}

// Erase notes an erasure in the tables. What arrives from here on is judged without the rows that are gone.
func (s *Session) Erase(ctx context.Context, e archive.Event) error {
	b := newBatch(s.In)
	b.row("raw.decision", b.zone, strconv.Itoa(e.Seq), "erase", nil, nil, nil, nil, secret.MaskText(e.Reason), b.moment(e.At.In(s.In.Zone.Location)), nil, text(secret.MaskText(e.By)))
	if err := warehouse.Begin(ctx, s.Conn); err != nil {
		return err
	}
	if err := warehouse.Load(ctx, s.Conn, warehouse.FixedTable("raw.decision"), b.tables["raw.decision"]); err != nil {
		warehouse.Rollback(s.Conn)
		return lang.Errorf("note erasure %d: %w", "记下第%d号清除：%w", e.Seq, err)
	}
	if err := warehouse.Commit(ctx, s.Conn); err != nil {
		return lang.Errorf("note erasure %d: %w", "记下第%d号清除：%w", e.Seq, err)
	}
	s.Erased.pass(e)
	return s.reload(ctx)
}

// pass comes to an erasure: from here on nothing is known of the person.
func (e *Erasures) pass(x archive.Event) {
	e.passed[x.Seq] = true
	for _, keys := range e.keys {
		for k := range keys {
			for _, h := range x.Hashes {
				if strings.Contains(k, h) {
					delete(keys, k)
				}
			}
		}
	}
}

// PersonHashes gives the keyed hashes under which rows may hold an identity or telephone number: one for each key of
// the zone and each kind of column that it may stand in.
func (in *Intake) PersonHashes(number string) []string {
	scopes := map[string]bool{"": true}
	for _, f := range in.Forms.Forms {
		scopes[f.HashScope] = true
	}
	var out []string
	for scope := range maps.Keys(scopes) {
		for _, t := range []forms.Type{forms.ID, forms.Phone, forms.Code, forms.TaxNo} {
			out = append(out, in.Keys.Hash(scope, string(t)+":"+spelling.Squash(number)))
		}
	}
	return out
}

// Mentions lists the cells of a file that hold a number, in any sheet and column: "Sheet1!B5".
func (in *Intake) Mentions(ctx context.Context, name string, content []byte, number string) (cells []string, err error) {
	book, err := anyfile.Open(ctx, name, content, in.Limits)
	if err != nil {
		return nil, err
	}
	wanted := spelling.Squash(number)
	for i, s := range book.Sheets() {
		err := book.Each(i, func(r *sheet.Row) error {
			for _, c := range r.Cells {
				if len(c.Text) >= len(wanted) && strings.Contains(strings.ReplaceAll(spelling.Squash(c.Text), "-", ""), wanted) {
					cells = append(cells, fmt.Sprintf("%s!%s", s.Name, c.Ref()))
				}
			}
			return nil
		})
		if err != nil {
			return cells, err
		}
	}
	return cells, nil
}
