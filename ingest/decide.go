package ingest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Decide records an operator's decision in the tables. The journal has it already.
// 放行 reads the original again and loads its rows, whatever was found in it.
func (s *Session) Decide(ctx context.Context, e archive.Event) error {
	b := newBatch(s.In)
	at := e.At.In(s.In.Zone.Location)
	b.row("raw.decision", b.zone, strconv.Itoa(e.Seq), string(e.Kind), text(e.Return), text(e.Submitter), text(e.Form), text(e.Period), secret.MaskText(e.Reason), b.moment(at), text(e.Effective), text(secret.MaskText(e.By)))
	var pt, full *read.Part
	if e.Kind == archive.Accept {
		old := s.hist.ByID[e.Return]
		if old == nil {
			return lang.Errorf("accept %s: no such return", "放行 %s：没有这份报表", e.Return)
		}
		if !old.Outcome.Counts() && !old.Loaded {
			var err error
			if pt, err = s.reread(ctx, e.Return); err != nil {
				return err
			}
			full = pt
			if _, pt = s.Erased.without(judge.ArrivalOf(e.Return), pt.Ret, pt); len(pt.Records)+len(pt.Refused) > 0 {
				b.rows(pt)
			}
		}
	}
	if err := warehouse.Begin(ctx, s.Conn); err != nil {
		return err
	}
	err := warehouse.Load(ctx, s.Conn, warehouse.FixedTable("raw.decision"), b.tables["raw.decision"])
	if err == nil {
		err = b.flush(ctx, s.Conn)
	}
	if err == nil && pt != nil {
		_, err = s.Conn.ExecContext(ctx, `update raw.return set rows_loaded = ?, rows_refused = ?, values_emptied = ? where zone = ? and return_id = ?`,
			len(pt.Records), len(pt.Refused), pt.Ret.ValuesEmptied, b.zone, e.Return)
	}
	if err != nil {
		warehouse.Rollback(s.Conn)
		return lang.Errorf("record decision %d: %w", "记录第%d号决定：%w", e.Seq, err)
	}
	if err := warehouse.Commit(ctx, s.Conn); err != nil {
		return lang.Errorf("record decision %d: %w", "记录第%d号决定：%w", e.Seq, err)
	}
	if pt != nil {
		s.hist.ByID[e.Return].Rows = len(pt.Records)
		s.In.judge.Remember(s.hist, s.Erased.remembered(full, judge.ArrivalOf(e.Return)))
		s.hist.Stored()
	}
	s.hist.Decide(string(e.Kind), e.Return, e.Submitter, e.Form, e.Period, at)
	return nil
}

// reread parses the original of a rejected return again.
func (s *Session) reread(ctx context.Context, id string) (*read.Part, error) {
	var seq, n int
	if _, err := fmt.Sscanf(id, "%d-%d", &seq, &n); err != nil {
		return nil, lang.Errorf("accept %s: not the number of a return", "放行 %s：不是报表编号", id)
	}
	for e, err := range s.Archive.All() {
		if err != nil {
			return nil, err
		}
		if e.Event != archive.Arrive || e.Seq != seq {
			continue
		}
		a, err := s.archived(e)
		if err != nil {
			return nil, lang.Errorf("accept %s: %w", "放行 %s：%w", id, err)
		}
		p, err := s.readOne(ctx, s.In.read, a)
		if err != nil {
			return nil, err
		}
		if p.Failed != nil || n < 1 || n > len(p.Parts) {
			return nil, lang.Errorf("accept %s: the file can't be read as a return, so there is nothing to count", "放行 %s：该文件读不成报表，没有可计入的内容", id)
		}
		pt := p.Parts[n-1]
		if pt.Ret.Submitter == "" || !pt.Ret.Period.Valid() || len(pt.Records) == 0 {
			return nil, lang.Errorf("accept %s: no row of it can be counted", "放行 %s：没有一行可以计入", id)
		}
		pt.Ret.ID = id
		return pt, nil
	}
	return nil, lang.Errorf("accept %s: no such arrival", "放行 %s：没有这份收件", id)
}

// Acceptable says whether 放行 of a return would load rows; the error says why not.
func (s *Session) Acceptable(ctx context.Context, id string) error {
	old := s.hist.ByID[id]
	switch {
	case old == nil:
		return lang.Errorf("no such return: %s", "没有报表 %s", id)
	case old.Outcome.Counts() && !old.Withdrawn || old.Accepted && !old.Withdrawn:
		return lang.Errorf("return %s counts already", "报表 %s 已经计入", id)
	case old.Outcome == "duplicate":
		return lang.Errorf("return %s is a duplicate: accept the one it repeats", "报表 %s 是重复报送：请放行它所重复的那一份", id)
	case old.Outcome.Counts(): // withdrawn before: it counts again
		return nil
	}
	_, err := s.reread(ctx, id)
	return err
}

// Known says whether a return exists.
func (s *Session) Known(id string) bool { return s.hist.ByID[id] != nil }

// Returns are the numbers of all returns, in order.
func (s *Session) Returns() []string { return slices.Sorted(maps.Keys(s.hist.ByID)) }

// Replay takes an archived arrival in again, as `rebuild` does; the same outcome follows from the same declarations.
func (s *Session) Replay(ctx context.Context, events []archive.Event) error {
	var todo []arrival
	for _, e := range events {
		a, err := s.archived(e)
		if err != nil && s.Lose != nil {
			s.Lose(e, err)
			continue
		}
		if err != nil {
			return lang.Errorf("replay arrival %d: %w", "重新读取第 %d 号收件：%w", e.Seq, err)
		}
		a.path = ""
		todo = append(todo, a)
	}
	for len(todo) > 0 {
		n := min(group, len(todo))
		if err := s.process(ctx, todo[:n], false); err != nil {
			return err
		}
		todo = todo[n:]
	}
	return nil
}

// Resume starts a replay: the history is read, nothing is recovered.
func (s *Session) Resume(ctx context.Context) error {
	return s.reload(ctx)
}
