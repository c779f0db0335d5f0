package ingest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/receipt"
	"taizhang/ingest/sheet"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/warehouse"
)

// Session takes files in, one group after another, for the owner of a zone.
type Session struct {
	In      *Intake
	Archive *archive.Archive
	Conn    *sql.Conn
	Log     *slog.Logger
	Pause   func(time.Duration) // waits; injected by tests

	hist  *history
	Taken []*finding.Report // what this session took in, in order
}

// group is how many files share one commit: a transaction per file costs several times all the rest.
const group = 200

// arrival is a file whose original is in the archive and whose arrival is in the journal.
type arrival struct {
	seq     int
	path    string // inbox path, "" when replayed
	file    File
	mod     time.Time
	size    int64
	tooBig  bool
	content []byte
}

// Start reads the history and finishes what an earlier run left unfinished.
func (s *Session) Start(ctx context.Context) error {
	if s.Pause == nil {
		s.Pause = time.Sleep
	}
	h, err := loadHistory(ctx, s.Conn, s.In.Zone.Code, s.In.Zone.Location, s.In.Forms)
	if err != nil {
		return err
	}
	s.hist = h
	return s.recover(ctx)
}

// recover finishes arrivals that a kill interrupted: their original and journal line are safe.
func (s *Session) recover(ctx context.Context) error {
	pending, err := s.Archive.Pending()
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	var todo []arrival
	for _, e := range pending {
		content, err := s.Archive.Get(e.Hash)
		if err != nil {
			return fmt.Errorf("recover arrival %d: %w", e.Seq, err)
		}
		a := arrival{seq: e.Seq, path: e.Path, content: content, size: e.Size,
			file: File{Name: e.Name, Folder: e.Folder, Content: content, ReceivedAt: e.At.In(s.In.Zone.Location)}}
		if s.hist.byID[returnID(e.Seq, 1)] == nil {
			todo = append(todo, a)
			continue
		}
		report, err := s.stored(ctx, a)
		if err != nil {
			return err
		}
		if err := s.finish([]arrival{a}, []*finding.Report{report}, []*parsed{s.In.read(a.file)}); err != nil {
			return err
		}
	}
	return s.process(ctx, todo, true)
}

// TakeIn takes ready files of the inbox in, in the order given; received tells when a path counts as received.
func (s *Session) TakeIn(ctx context.Context, files []Dropped, received func(path string) time.Time) (waiting []Dropped, err error) {
	inbox := s.In.Zone.Inbox()
	for len(files) > 0 {
		var todo []arrival
		var events []archive.Event
		next := s.Archive.NextArrival()
		for len(files) > 0 && len(todo) < group {
			d := files[0]
			files = files[1:]
			if d.Wait != "" {
				waiting = append(waiting, d)
				continue
			}
			at := received(d.Path).In(s.In.Zone.Location)
			content, ok, err := readDropped(inbox, &d, s.In.Zone.Limits.FileBytes, time.Now(), s.Pause)
			if err != nil {
				return waiting, err
			}
			if !ok {
				waiting = append(waiting, d)
				continue
			}
			a := arrival{seq: next + len(todo), path: d.Path, content: content, mod: d.mod, size: d.Size,
				file: File{Name: d.Name, Folder: d.Folder, Content: content, ReceivedAt: at}}
			if content == nil { // too large: the whole file is archived all the same, but not read
				if content, err = os.ReadFile(filepath.Join(inbox, filepath.FromSlash(d.Path))); err != nil {
					return waiting, fmt.Errorf("read %s: %w", d.Path, err)
				}
				a.content, a.file.Content, a.tooBig = content, content, true
			}
			hash, err := s.Archive.Put(content)
			if err != nil {
				return waiting, err
			}
			todo = append(todo, a)
			events = append(events, archive.Event{Event: archive.Arrive, Seq: a.seq, At: at, Hash: hash, Name: d.Name, Folder: d.Folder, Path: d.Path, Size: int64(len(content))})
		}
		if len(todo) == 0 {
			continue
		}
		if err := s.Archive.Append(events...); err != nil {
			return waiting, err
		}
		if err := s.process(ctx, todo, true); err != nil {
			return waiting, err
		}
	}
	return waiting, nil
}

// process reads, judges, stores and answers a group of arrivals. Where the group can't be stored it is redone file by file.
func (s *Session) process(ctx context.Context, todo []arrival, answer bool) error {
	if len(todo) == 0 {
		return nil
	}
	read := s.readAll(todo)
	reports, err := s.judgeAndStore(ctx, todo, read)
	if err != nil && ctx.Err() == nil && !errors.Is(err, errDisk) {
		if len(todo) > 1 {
			s.Log.Warn("a group of files could not be stored together; taking them one by one", "files", len(todo), "err", err)
			if err := s.reload(ctx); err != nil {
				return err
			}
			for i := range todo {
				if err := s.process(ctx, todo[i:i+1], answer); err != nil {
					return err
				}
			}
			return nil
		}
		s.Log.Error("a file could not be stored", "arrival", todo[0].seq, "err", err)
		if err := s.reload(ctx); err != nil {
			return err
		}
		failed := &parsed{file: todo[0].file, sha: sha256hex(todo[0].content)}
		failed.fail(s.In, "not_stored", "文件中有系统无法保存的内容。", "请把数据复制到新建的工作簿中重新报送；仍不行请联系管理员。")
		read = []*parsed{failed}
		reports, err = s.judgeAndStore(ctx, todo, read)
	}
	if err != nil {
		return err
	}
	s.Taken = append(s.Taken, reports...)
	if !answer {
		return nil
	}
	return s.finish(todo, reports, read)
}

var errDisk = errors.New("disk")

func (s *Session) reload(ctx context.Context) error {
	h, err := loadHistory(ctx, s.Conn, s.In.Zone.Code, s.In.Zone.Location, s.In.Forms)
	if err != nil {
		return err
	}
	s.hist = h
	return nil
}

// readAll parses files in parallel, in the order given.
func (s *Session) readAll(todo []arrival) []*parsed {
	out := make([]*parsed, len(todo))
	var wg sync.WaitGroup
	next := make(chan int)
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				out[i] = s.readOne(todo[i])
			}
		}()
	}
	for i := range todo {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

// readOne parses a file; a panic costs that file alone.
func (s *Session) readOne(a arrival) (p *parsed) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("reading a file panicked", "arrival", a.seq, "panic", fmt.Sprint(r))
			p = &parsed{file: a.file, sha: sha256hex(a.content)}
			p.fail(s.In, sheet.Damaged, "文件内容异常，无法读取。", "请把数据复制到新建的工作簿中重新报送；仍不行请联系管理员。")
		}
	}()
	if a.tooBig {
		p = &parsed{file: a.file, sha: sha256hex(a.content)}
		return p.fail(s.In, sheet.TooLarge, fmt.Sprintf("文件有%dMB，超过%dMB的上限。", a.size>>20, s.In.Zone.Limits.FileBytes>>20), "请删去图片、多余的空白行列和无关工作表后重新报送。")
	}
	return s.In.read(a.file)
}

func (s *Session) judgeAndStore(ctx context.Context, todo []arrival, read []*parsed) ([]*finding.Report, error) {
	b := newBatch(s.In)
	var reports []*finding.Report
	for i, p := range read {
		j, err := s.In.judge(ctx, s.hist, p, todo[i].seq, nil)
		if err != nil {
			return nil, err
		}
		b.add(j)
		reports = append(reports, j.report)
	}
	if err := warehouse.Begin(ctx, s.Conn); err != nil {
		return nil, err
	}
	if err := b.flush(ctx, s.Conn); err != nil {
		warehouse.Rollback(s.Conn)
		return nil, err
	}
	if err := warehouse.Commit(ctx, s.Conn); err != nil {
		return nil, err
	}
	s.hist.stored()
	return reports, nil
}

// finish writes the receipts, takes the files out of the inbox and notes that they are dealt with.
func (s *Session) finish(todo []arrival, reports []*finding.Report, read []*parsed) error {
	for i, r := range reports {
		name, content, err := receipt.Write(r, read[i].source(), s.In.Zone.Name)
		if err != nil {
			return fmt.Errorf("receipt of arrival %d: %w", r.Arrival, err)
		}
		if err := s.putReceipt(r, name, content); err != nil {
			return err
		}
	}
	var events []archive.Event
	for _, a := range todo {
		if err := s.removeDropped(a); err != nil {
			return err
		}
		events = append(events, archive.Event{Event: archive.Leave, Seq: a.seq})
	}
	return s.Archive.Append(events...)
}

// putReceipt writes a receipt into the submitter's outbox, whole or not at all.
func (s *Session) putReceipt(r *finding.Report, name string, content []byte) error {
	dir := s.In.Zone.OutboxUnknown()
	for _, ret := range r.Returns {
		if sub, ok := s.In.Zone.Submitter(ret.Submitter); ok {
			dir = s.In.Zone.OutboxOf(sub)
			break
		}
	}
	if _, err := receipt.Save(dir, name, content); err != nil {
		return fmt.Errorf("receipt of arrival %d: %w", r.Arrival, err)
	}
	return nil
}

// removeDropped takes a file out of the inbox if it is still the one that was read.
func (s *Session) removeDropped(a arrival) error {
	if a.path == "" {
		return nil
	}
	path := filepath.Join(s.In.Zone.Inbox(), filepath.FromSlash(a.path))
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(a.content)) {
		return nil
	}
	if !a.mod.IsZero() && !info.ModTime().Equal(a.mod) || a.mod.IsZero() {
		now, err := os.ReadFile(path)
		if err != nil || sha256hex(now) != sha256hex(a.content) {
			return nil // a newer file under the same name: it is the next arrival
		}
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("take %s out of the inbox: %w", a.path, err)
	}
	return nil
}

// stored makes the report of an arrival again from the tables.
func (s *Session) stored(ctx context.Context, a arrival) (*finding.Report, error) {
	r := &finding.Report{Arrival: a.seq, File: a.file.Name, Folder: a.file.Folder, SHA256: sha256hex(a.content), ReceivedAt: a.file.ReceivedAt}
	rows, err := s.Conn.QueryContext(ctx, `select return_id, coalesce(submitter,''), coalesce(form,''), coalesce(period,''), coalesce(cast(cutoff as varchar),''), status, is_nil, rows_loaded, rows_refused, values_emptied, late
		from raw.return where zone = ? and arrival = ? order by return_id`, s.In.Zone.Code, a.seq)
	if err != nil {
		return nil, fmt.Errorf("read returns of arrival %d: %w", a.seq, err)
	}
	defer rows.Close()
	for rows.Next() {
		ret := &finding.Return{ReceivedAt: a.file.ReceivedAt, Cutoff: calendar.NoDate}
		var period, cutoff, status string
		if err := rows.Scan(&ret.ID, &ret.Submitter, &ret.Form, &period, &cutoff, &status, &ret.Nil, &ret.Rows, &ret.RowsRefused, &ret.ValuesEmptied, &ret.Late); err != nil {
			return nil, fmt.Errorf("read returns of arrival %d: %w", a.seq, err)
		}
		ret.Outcome = finding.Outcome(status)
		ret.Period, _ = calendar.ParsePeriod(period) // "" where it was never told
		if d, err := calendar.ParseDate(cutoff); err == nil {
			ret.Cutoff = d
		}
		if sub, ok := s.In.Zone.Submitter(ret.Submitter); ok {
			ret.SubmitterName = sub.Name
		}
		if f := s.In.Forms.Get(ret.Form); f != nil {
			ret.FormTitle = f.Title
		}
		r.Returns = append(r.Returns, ret)
	}
	for _, ret := range r.Returns {
		frows, err := s.Conn.QueryContext(ctx, `select severity, rule, sheet, cell, row_no, coalesce(field,''), coalesce(value,''), message, coalesce(hint,'') from raw.finding where zone = ? and return_id = ? order by seq`, s.In.Zone.Code, ret.ID)
		if err != nil {
			return nil, fmt.Errorf("read findings of %s: %w", ret.ID, err)
		}
		for frows.Next() {
			var f finding.Finding
			if err := frows.Scan(&f.Severity, &f.Rule, &f.Sheet, &f.Cell, &f.Row, &f.Field, &f.Value, &f.Message, &f.Hint); err != nil {
				frows.Close()
				return nil, fmt.Errorf("read findings of %s: %w", ret.ID, err)
			}
			ret.Findings = append(ret.Findings, f)
		}
		frows.Close()
	}
	return r, rows.Err()
}
