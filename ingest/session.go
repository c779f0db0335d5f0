package ingest

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/judge"
	"taizhang/ingest/read"
	"taizhang/ingest/receipt"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Session takes files in, one group after another, for the owner of a zone.
type Session struct {
	In      *Intake
	Archive *archive.Archive
	Conn    *sql.Conn
	Log     *slog.Logger
	Clock   func() time.Time           // the machine's, against which files' times are held; time.Now unless set
	Pause   func(time.Duration)        // waits; time.Sleep unless set
	Erased  *Erasures                  // persons whose rows are not loaded; nil: none
	Lose    func(archive.Event, error) // told of arrivals whose originals a replay can't read; nil: that ends it

	hist     *judge.History
	waits    map[string]untold // taken in before, by inbox path
	Taken    []*finding.Report // what this session took in, in order
	Progress func(files int)   // where given, is told of each group of files that was taken in
	Troubles []error           // why files wait that somebody has to do something about
}

// group is how many files share one commit: a transaction per file costs several times all the rest.
const group = 200

// groupBytes is how much of the files' content one group holds in memory.
const groupBytes = 64 << 20

// arrival is a file whose original is in the archive and whose arrival is in the journal.
type arrival struct {
	seq    int
	path   string // inbox path, "" when replayed
	file   read.File
	sha    string
	mod    time.Time
	size   int64
	tooBig bool // not read: file.Content is nil
	fatal  bool // reading it took the program down each time
}

// Start reads the history and finishes what an earlier run left unfinished.
func (s *Session) Start(ctx context.Context) error {
	if s.Clock == nil {
		s.Clock = time.Now
	}
	if s.Pause == nil {
		s.Pause = time.Sleep
	}
	h, err := judge.Load(ctx, s.Conn, s.In.Zone.Code, s.In.Zone.Location, s.In.Forms)
	if err != nil {
		return err
	}
	s.Erased.recall(h)
	s.hist, s.waits = h, map[string]untold{}
	return s.recover(ctx)
}

// archived makes an arrival again from the archive.
func (s *Session) archived(e archive.Event) (arrival, error) {
	a := arrival{seq: e.Seq, path: s.pathOf(e), sha: e.Hash, size: e.Size, tooBig: e.Size > s.In.Zone.Limits.FileBytes, fatal: s.Archive.Retries(e.Seq) > maxRetries,
		file: read.File{Name: secret.MaskText(e.Name), Folder: secret.MaskText(e.Folder), ReceivedAt: e.At.In(s.In.Zone.Location), Run: e.Run}}
	if a.tooBig {
		return a, nil
	}
	var err error
	a.file.Content, err = s.Archive.Get(e.Hash)
	return a, err
}

// TakeIn takes ready files of the inbox in, in the order given; received tells when a path counts as received.
func (s *Session) TakeIn(ctx context.Context, files []Dropped, received func(path string) time.Time) (waiting []Dropped, err error) {
	files, waiting = s.unanswered(files)
	for _, d := range files {
		if d.fault != nil {
			s.trouble(d.Path, d.fault)
		}
	}
	if err := watch(s.In.Zone.Inbox(), files, s.In.Zone.Limits.FileBytes, s.Clock(), s.Pause); err != nil {
		return nil, err
	}
	run := 0 // the first arrival
	for len(files) > 0 {
		var todo []arrival
		var events []archive.Event
		originals := s.Archive.Puts()
		defer originals.Discard() // of a group that wasn't noted
		next, held := s.Archive.NextArrival(), int64(0)
		if run == 0 {
			run = next
		}
		for len(files) > 0 && len(todo) < group && held < groupBytes {
			d := files[0]
			files = files[1:]
			known := d.fault
			a, err := s.fetch(originals, &d)
			if err != nil {
				return waiting, err
			}
			if d.fault != nil && known == nil {
				s.trouble(d.Path, d.fault)
			}
			if d.Wait != (lang.Text{}) {
				waiting = append(waiting, d)
				continue
			}
			a.seq, a.file.ReceivedAt, a.file.Run = next+len(todo), received(d.Path).In(s.In.Zone.Location), run
			held += int64(len(a.file.Content))
			todo = append(todo, a)
			events = append(events, archive.Event{Event: archive.Arrive, Seq: a.seq, At: a.file.ReceivedAt, Hash: a.sha, Name: a.file.Name, Folder: a.file.Folder, Path: maskPath(d.Path), Size: a.size, Run: run})
		}
		if len(todo) == 0 {
			continue
		}
		if err := originals.Commit(); err != nil {
			return waiting, err
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

// fetch puts a file of the inbox among the originals, or says in d why it has to wait. A file that is too large is not
// read, but archived all the same.
func (s *Session) fetch(originals *archive.Puts, d *Dropped) (a arrival, err error) {
	if d.Wait != (lang.Text{}) {
		return a, nil
	}
	inbox := s.In.Zone.Inbox()
	a = arrival{path: d.Path, mod: d.mod, size: d.Size, file: read.File{Name: secret.MaskText(d.Name), Folder: secret.MaskText(d.Folder)}}
	if a.tooBig = d.Size > s.In.Zone.Limits.FileBytes; a.tooBig {
		f, err := openDropped(inbox, d)
		if f == nil {
			return a, err
		}
		defer f.Close()
		if a.sha, a.size, err = s.Archive.PutFrom(f); err == nil && a.size != d.Size {
			d.Wait = waitGrowing
		}
		return a, err
	}
	if a.file.Content, err = readDropped(inbox, d); err != nil || d.Wait != (lang.Text{}) {
		return a, err
	}
	a.sha, err = originals.Put(a.file.Content)
	return a, err
}

// process reads, judges, stores and answers a group of arrivals. Where the group can't be stored it is redone file by file.
func (s *Session) process(ctx context.Context, todo []arrival, answer bool) error {
	if len(todo) == 0 {
		return nil
	}
	defer setCollector(todo)()
	if err := s.fetchAgain(todo); err != nil {
		return err
	}
	files, err := s.readAll(ctx, todo)
	if err != nil {
		return err
	}
	letGo(todo, files)
	reports, err := s.judgeAndStore(ctx, todo, files)
	if warehouse.IsRowFault(err) && ctx.Err() == nil { // whatever else fails says nothing about the files: they wait
		if len(todo) > 1 {
			s.Log.Warn(lang.Phrase("a group of files could not be stored together; taking them one by one", "一组文件无法一并保存，改为逐个接收"), "files", len(todo), "err", err)
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
		failed := &read.Parsed{File: todo[0].file, Sha: todo[0].sha}
		failed.Fail(s.In.read, finding.NotStored())
		files = []*read.Parsed{failed}
		reports, err = s.judgeAndStore(ctx, todo, files)
	}
	if err != nil {
		return lang.Errorf("store returns: %w", "保存报表：%w", err)
	}
	s.Taken = append(s.Taken, reports...)
	if s.Progress != nil {
		s.Progress(len(todo))
	}
	if !answer {
		return nil
	}
	if err := s.fetchAgain(todo); err != nil {
		return err
	}
	sources := make([]receipt.Source, len(files))
	for i, p := range files {
		p.File.Content = todo[i].file.Content
		sources[i] = p.Source()
	}
	return s.finish(todo, reports, sources)
}

func (s *Session) reload(ctx context.Context) error {
	h, err := judge.Load(ctx, s.Conn, s.In.Zone.Code, s.In.Zone.Location, s.In.Forms)
	if err != nil {
		return err
	}
	s.Erased.recall(h)
	s.hist = h
	return nil
}

// readers is how many files are read at once.
const readers = 2

// readAll parses files in parallel, in the order given. Those read at once share the memory that the zone's limits give
// for cells (memory_mb); a file that needs more than its share is read afterwards, alone. The error is the end of ctx.
func (s *Session) readAll(ctx context.Context, todo []arrival) ([]*read.Parsed, error) {
	out, errs := make([]*read.Parsed, len(todo)), make([]error, len(todo))
	if len(todo) == 1 {
		out[0], errs[0] = s.readOne(ctx, s.In.read, todo[0])
		return out, errs[0]
	}
	shared := s.In.read.Within(s.In.Limits.GridBytes / readers)
	var wg sync.WaitGroup
	next := make(chan int)
	for range readers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range next {
				out[i], errs[i] = s.readOne(ctx, shared, todo[i])
			}
		}()
	}
	for i := range todo {
		next <- i
	}
	close(next)
	wg.Wait()
	for i := range todo {
		if out[i] != nil && out[i].Starved {
			out[i], errs[i] = s.readOne(ctx, s.In.read, todo[i])
		}
	}
	return out, errors.Join(errs...)
}

// readOne parses a file; whatever goes wrong costs that file alone.
func (s *Session) readOne(ctx context.Context, rd *read.Reader, a arrival) (*read.Parsed, error) {
	if a.tooBig {
		p := &read.Parsed{File: a.file, Sha: a.sha}
		return p.Fail(s.In.read, finding.TooLarge(a.size>>20, s.In.Zone.Limits.FileBytes>>20)), nil
	}
	if a.fatal {
		s.Log.Error("a file is not read any more: the program ended every time", "arrival", a.seq)
		p := &read.Parsed{File: a.file, Sha: a.sha}
		return p.Fail(s.In.read, finding.NotReadAgain()), nil
	}
	p, trouble, err := rd.Read(ctx, a.file)
	if trouble != nil {
		s.Log.Error("a file could not be read", "arrival", a.seq, "err", trouble)
	}
	return p, err
}

func (s *Session) judgeAndStore(ctx context.Context, todo []arrival, read []*read.Parsed) ([]*finding.Report, error) {
	b := newBatch(s.In)
	b.erased = s.Erased
	var reports []*finding.Report
	var all []*judge.Judged
	for i, p := range read {
		j, err := s.In.judge.File(ctx, s.hist, p, todo[i].seq)
		if err != nil {
			return nil, err
		}
		all = append(all, j)
		reports = append(reports, j.Report)
	}
	for _, j := range all { // a later file of the group may say more of an earlier one
		if err := b.add(j); err != nil {
			return nil, err
		}
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
	s.hist.Stored()
	return reports, nil
}

// finish writes the receipts, takes the files out of the inbox and notes that they are dealt with. A unit whose receipts
// can't be written holds nobody else up: its files wait for the next run.
func (s *Session) finish(todo []arrival, reports []*finding.Report, sources []receipt.Source) error {
	batches := map[string]*durable.Batch{} // by outbox
	put, faults := make([]*receipt.Saved, len(reports)), make([]error, len(reports))
	for i, r := range reports {
		dir := s.outboxOf(r)
		if batches[dir] == nil {
			batches[dir] = &durable.Batch{}
			defer batches[dir].Discard()
		}
		name, content, err := receipt.Write(r, sources[i], s.In.office())
		if err == nil {
			put[i], err = receipt.Save(batches[dir], dir, name, content)
		}
		faults[i] = err
	}
	commits := map[string]error{}
	for _, dir := range slices.Sorted(maps.Keys(batches)) {
		commits[dir] = batches[dir].Commit() // before any file leaves the inbox
	}
	var done []arrival
	for i, r := range reports {
		err := cmp.Or(faults[i], commits[s.outboxOf(r)])
		if err == nil {
			err = s.retireOlder(put[i], r)
		}
		if err == nil && s.hist.Superseded(r.Arrival) { // written late, after those that took its place
			err = receipt.Retire(put[i].Dir, "", func(name string) bool { return name == filepath.Base(put[i].Path) })
		}
		if err != nil {
			s.wait(todo[i], noReceipt, lang.Errorf("its receipt: %w", "其回执：%w", err))
			continue
		}
		done = append(done, todo[i])
	}
	return s.leave(done)
}

// putReceipt adds a receipt to those that are put into the submitters' outboxes.
func (s *Session) putReceipt(batch *durable.Batch, r *finding.Report, name string, content []byte) (*receipt.Saved, error) {
	put, err := receipt.Save(batch, s.outboxOf(r), name, content)
	if err != nil {
		return nil, lang.Errorf("receipt of arrival %d: %w", "第 %d 号收件的回执：%w", r.Arrival, err)
	}
	return put, nil
}

// dropped is where a file lies in the inbox, "" unless it is still the one that was read.
func (s *Session) dropped(a arrival) string {
	if a.path == "" {
		return ""
	}
	path := filepath.Join(s.In.Zone.Inbox(), filepath.FromSlash(a.path))
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != a.size {
		return ""
	}
	if !a.mod.IsZero() && !info.ModTime().Equal(a.mod) || a.mod.IsZero() {
		if now, err := hashOf(path); err != nil || now != a.sha {
			return "" // a newer file under the same name: it is the next arrival
		}
	}
	return path
}

// ErrNotKept is of an arrival whose receipt's words are not in the tables: it was taken in before they were kept.
var ErrNotKept = lang.Errorf("what its receipt says was not kept\nhint: taizhang rebuild keeps it for all that was taken in", "回执中的内容没有保存\n建议：执行 taizhang rebuild，可为已接收的全部报表补上")

// Kept gives what the receipt of an arrival says, as it was committed with the rows.
func (s *Session) Kept(ctx context.Context, seq int) (*finding.Report, error) {
	var text, sha string
	err := s.Conn.QueryRowContext(ctx, `select k.report, r.sha256 from raw.receipt as k join raw.return as r using (zone, arrival) where k.zone = ? and k.arrival = ? limit 1`, s.In.Zone.Code, seq).Scan(&text, &sha)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, lang.Errorf("arrival %d: %w", "第 %d 号收件：%w", seq, ErrNotKept)
	}
	if err != nil {
		return nil, lang.Errorf("read the receipt of arrival %d: %w", "读取第 %d 号收件的回执：%w", seq, err)
	}
	report, err := finding.Kept(text, s.In.Zone.Location)
	if err == nil {
		report.SHA256 = sha
	}
	return report, err
}
