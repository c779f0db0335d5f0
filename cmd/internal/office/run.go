package office

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"taizhang/ingest"
	"taizhang/ingest/finding"
	"taizhang/internal/archive"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/transform"
)

// Options of a run.
type Options struct {
	ReceivedAt time.Time // for back-filling; zero: now
	Clock      func() time.Time
	ClockOK    bool                // the clock is right, although it is before the last arrival
	Pause      func(time.Duration) // waits to see whether files still grow; time.Sleep unless set
	Log        *slog.Logger
	Rebuild    bool // publish although nothing is new
	// Progress, where given, is told how much of what is done; a total of 0 is not known.
	Progress func(done, total int64, what lang.Text)
	// Deliver, where given, replaces the inbox's single pass: it is called with a function that takes in
	// what now lies in the inbox, each file as received at the time given for its path, in the order of
	// these times. The demo replays months with it.
	Deliver func(take func(receivedAt func(path string) time.Time) error) error
}

// Outcome of a run.
type Outcome struct {
	Reports   []*finding.Report
	Waiting   []ingest.Dropped // files that are not whole yet
	Published bool             // a new publication was made
	Deferred  bool             // under another name, since a reader holds the fixed one
	Warnings  []string         // checks that warn
	Note      lang.Text        // what whoever decided should know, empty if nothing
	Troubles  []error          // why files of single units wait that somebody has to do something about
}

func (o *Options) fill() {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64, lang.Text) {}
	}
}

// Run takes in what lies in the inbox, computes and publishes. The caller holds the zone's lock. Where an error stops it
// the outcome, if any, says what was taken in until then.
func (z *Zone) Run(ctx context.Context, o Options) (out *Outcome, err error) {
	defer func() {
		err = remedied(err, lang.Say("; then run again: what isn't taken in yet is still in the inbox", "，然后重新运行；还没有读取的文件仍在收件箱中"))
	}()
	o.fill()
	if out, err = z.run(ctx, o); err == nil || o.Deliver != nil || ctx.Err() != nil {
		return out, err
	}
	if mended, e := z.mendWarehouse(ctx, &o, err); e != nil || !mended {
		return out, errors.Join(err, e)
	}
	return z.run(ctx, o) // what the first one took in but couldn't tell is told by this one
}

func (z *Zone) run(ctx context.Context, o Options) (_ *Outcome, err error) {
	if z.Joined {
		return z.runJoined(&o)
	}
	if err := z.EnsureFolders(); err != nil {
		return nil, err
	}
	out := &Outcome{}
	if idle, err := z.idle(&o, out); err != nil {
		return out, err
	} else if idle {
		if err := z.tidyPublished(); err != nil {
			return out, err
		}
		out.Troubles = z.FolderTroubles()
		return out, out.waitError()
	}
	a, err := archive.Open(z.Archive())
	if err != nil {
		return nil, err
	}
	defer a.Close()
	step := stopwatch(o.Log)
	w, err := z.open(ctx, a, &o)
	if err != nil {
		return nil, err
	}
	defer w.close()
	step("open")
	if o.Deliver != nil {
		err = o.Deliver(func(at func(string) time.Time) error { return w.takeIn(ctx, at, out) })
	} else if at := o.ReceivedAt; !at.IsZero() {
		err = w.takeIn(ctx, func(string) time.Time { return at }, out)
	} else {
		err = w.takeIn(ctx, nil, out)
	}
	reports, untold := w.untold(ctx)
	if out.Reports = reports; err != nil || untold != nil {
		return out, errors.Join(err, untold)
	}
	w.tells = true
	step("take in", "files", len(w.session.Taken))
	out.Troubles = w.troubled()
	if holds, err := z.holds(a, &o); err != nil {
		return out, err
	} else if !holds { // else the files that were there are not whole yet
		if err := w.publish(ctx, out); err != nil {
			return out, err
		}
	}
	return out, out.waitError()
}

// untold gives what this run took in, and before it what earlier ones did that ended before they could tell.
func (w *work) untold(ctx context.Context) ([]*finding.Report, error) {
	reports := append(w.finished, w.session.Taken...)
	last, published := w.z.LastPublication()
	if last.Told == nil && (published || last.Program != "") { // noted by a program that didn't know
		return reports, nil
	}
	told := 0
	if last.Told != nil {
		told = *last.Told
	}
	have := map[int]bool{}
	for _, r := range reports {
		have[r.Arrival] = true
	}
	for _, n := range w.archive.Arrivals() {
		if n <= told || have[n] {
			continue
		}
		r, err := w.session.Kept(ctx, n)
		if errors.Is(err, ingest.ErrNotKept) { // not committed yet: it waits
			continue
		}
		if err != nil {
			return reports, err
		}
		reports = append(reports, r)
	}
	slices.SortStableFunc(reports, func(a, b *finding.Report) int { return a.Arrival - b.Arrival })
	return reports, nil
}

// troubled gives why files of single units wait, everything else being done.
func (w *work) troubled() []error {
	all := slices.Concat(w.troubles, w.lost, w.session.Troubles, w.z.FolderTroubles())
	slices.SortStableFunc(all, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return slices.CompactFunc(all, func(a, b error) bool { return a.Error() == b.Error() })
}

// waitError ends a run that did its work, but for what is named.
func (o *Outcome) waitError() error {
	if len(o.Troubles) == 0 {
		return nil
	}
	return lang.Errorf("everything else is taken in and published, but this is waiting:\n%w\nhint: mend what is named; the next run does the rest", "其余的已接收并发布，但以下内容在等待：\n%w\n建议：处理好上述问题，下次运行时会接着做", errors.Join(o.Troubles...))
}

// idle says whether there is nothing to do: no file is ready, and the last publication still holds. Nothing was
// unfinished when that was made and the journal is as long as it was then, so it need not be read.
func (z *Zone) idle(o *Options, out *Outcome) (bool, error) {
	if o.Deliver != nil || o.Rebuild {
		return false, nil
	}
	files, err := ingest.Inbox(z.Inbox())
	if err != nil {
		return false, err
	}
	for _, f := range files {
		if f.Wait == (lang.Text{}) {
			return false, nil
		}
	}
	if owed, err := z.unanswered(); err != nil || len(owed) > 0 {
		return false, err
	}
	journal, err := os.Stat(filepath.Join(z.Archive(), "journal.jsonl"))
	if err != nil { // a new zone
		return false, nil
	}
	now, err := z.CurrentAt(o.Clock(), journal.Size())
	if err != nil {
		return false, err
	}
	last, ok := z.LastPublication()
	marks := maps.Clone(last.LedgerFiles)
	if !ok || !last.same(now) || !z.ledgersStand(last) || warehouse.Sound(z.Published()) != nil {
		return false, nil
	}
	if last.identity != now.identity || !maps.Equal(marks, last.LedgerFiles) { // the same program from another place, the same workbooks copied: the next run need not read them again
		last.identity = now.identity
		if err := z.notePublication(last); err != nil {
			return false, err
		}
	}
	out.Waiting = files
	return true, nil
}

// holds says whether the last publication was made from what is there now.
func (z *Zone) holds(a *archive.Archive, o *Options) (bool, error) {
	if o.Rebuild {
		return false, nil
	}
	now, err := z.current(o.Clock(), a)
	if err != nil {
		return false, err
	}
	last, ok := z.LastPublication()
	return ok && last.same(now) && z.ledgersStand(last) && warehouse.Sound(z.Published()) == nil, nil
}

// What a run is at.
var (
	takingIn  = lang.Say("taking returns in", "接收报表")
	replaying = lang.Say("reading the archive again", "重读档案")
	computing = lang.Say("computing and publishing the figures", "计算并发布数字")
)

// takeIn takes in what lies in the inbox; at gives the time a file counts as received, nil the clock.
func (w *work) takeIn(ctx context.Context, at func(path string) time.Time, out *Outcome) error {
	files, err := ingest.Inbox(w.z.Inbox())
	if err != nil {
		return err
	}
	if at == nil {
		if slices.ContainsFunc(files, func(d ingest.Dropped) bool { return d.Wait == (lang.Text{}) }) {
			if _, err := w.z.timely(w.archive, w.o); err != nil {
				return err
			}
		}
		at = func(string) time.Time {
			now, err := w.z.timely(w.archive, w.o)
			if err != nil { // it was set back while this run works
				now, _ = w.archive.LastAt() // the owner has it at hand
			}
			return now
		}
	} else {
		sort.SliceStable(files, func(i, j int) bool { return at(files[i].Path).Before(at(files[j].Path)) })
	}
	total, done := int64(0), int64(0)
	for _, d := range files {
		if d.Wait == (lang.Text{}) {
			total++
		}
	}
	w.session.Progress = func(n int) {
		done += int64(n)
		w.o.Progress(done, total, takingIn)
	}
	waiting, err := w.session.TakeIn(ctx, files, at)
	out.Waiting = waiting
	return err
}

// publish builds the models in one transaction, checks them, and publishes only if they hold.
func (w *work) publish(ctx context.Context, out *Outcome) error {
	z, conn := w.z, w.db.Conn
	now, err := z.knownAt(w.archive, w.o)
	if err != nil {
		return err
	}
	p, err := z.current(now, w.archive)
	if err != nil {
		return err
	}
	step := stopwatch(w.o.Log)
	w.o.Progress(0, 0, computing)
	last, _ := z.LastPublication()
	// Another program may lay its tables out otherwise: nothing of the earlier ones is kept then.
	full := w.o.Rebuild || last.Program != p.Program || p.Program == ""
	if full || last.AsOf != p.AsOf {
		if err := w.makeRoom(ctx, full); err != nil {
			return err
		}
		step("make room")
	}
	result, err := w.buildWithin(ctx, fewMemory, p, now, full, step)
	if warehouse.IsOutOfMemory(err) {
		w.o.Log.Info("built again with more memory", "than", fewMemory, "err", err)
		result, err = w.buildWithin(ctx, warehouse.MostMemory, p, now, full, step)
	}
	if err != nil {
		return err
	}
	for _, c := range result.Checks {
		if c.Warning {
			out.Warnings = append(out.Warnings, checkLine(c))
		}
	}
	said, err := z.unexplained(ctx, conn)
	if err != nil {
		return err
	}
	out.Warnings = append(out.Warnings, said...)
	if err := result.Err(); err != nil {
		return w.holdBack(ctx, result, err)
	}
	return w.putOut(ctx, out, p, last, step)
}

// putOut commits what was built and lets readers have it: the published file, then the consolidated workbooks made from it.
func (w *work) putOut(ctx context.Context, out *Outcome, p, last publication, step func(string, ...any)) error {
	z := w.z
	if err := warehouse.CommitFolded(ctx, w.db.Conn); err != nil {
		return err
	}
	step("commit")
	forget := last.Erasure < p.Erasure // what is published holds an erased person
	ledgers, err := z.changedLedgers(ctx, w.db.Conn, p, last, forget)
	if err != nil {
		return err
	}
	step("compare consolidated workbooks")
	if err := w.db.Checkpoint(ctx); err != nil {
		return err
	}
	if err := w.close(); err != nil {
		return lang.Errorf("close the warehouse: %w", "关闭数据库：%w", err)
	}
	step("checkpoint and close")
	if len(w.masked) > 0 {
		if err := warehouse.Rewrite(ctx, z.Warehouse()); err != nil {
			return err
		}
		step("rewrite")
	}
	publish := warehouse.Publish
	if forget {
		publish = warehouse.PublishAlone
	}
	pub, err := publish(ctx, z.Warehouse(), z.Published())
	if err != nil {
		return err
	}
	step("publish", "bytes", pub.Bytes)
	out.Warnings = append(out.Warnings, pub.Notes...)
	plain, err := w.sayPlain(ctx)
	if err != nil {
		return err
	}
	out.Warnings = append(out.Warnings, plain...)
	for _, u := range z.Unread() {
		out.Warnings = append(out.Warnings, u.Say().Error())
	}
	p.Deferred, p.Told = pub.Deferred, w.told(last)
	out.Published, out.Deferred = true, pub.Deferred
	p.Ledgers, p.LedgerFiles = z.writeLedgers(ctx, pub.Path, ledgers, last.LedgerFiles, p.AsOf, func(problem string) { out.Warnings = append(out.Warnings, problem) })
	step("write consolidated workbooks")
	return z.notePublication(p)
}

// holdBack ends a run whose checks don't hold: the published figures stay, and their readers learn why.
func (w *work) holdBack(ctx context.Context, result transform.Result, err error) error {
	warehouse.Rollback(w.db.Conn)
	err = lang.Errorf("nothing was published, the earlier figures stay: %w", "没有发布，原有数字不变：%w", err)
	if e := w.close(); e != nil {
		return errors.Join(err, e)
	}
	if len(w.masked) > 0 {
		err = errors.Join(err, warehouse.Rewrite(ctx, w.z.Warehouse()))
	}
	if _, published := w.z.LastPublication(); published {
		return errors.Join(err, transform.NoteFailure(ctx, w.z.Published(), result))
	}
	return err
}

// told is the last arrival that a run has told about, this run's where it tells.
func (w *work) told(last publication) *int {
	if !w.tells {
		return last.Told
	}
	n := 0
	if all := w.archive.Arrivals(); len(all) > 0 {
		n = all[len(all)-1]
	}
	return &n
}

// checkLine is a check that warns in one line; the query that lists its rows can run over many and is kept in ctl.check_result.
func checkLine(c transform.CheckResult) string {
	if n := int64(len(c.Told)); n > 0 {
		line := strings.Join(c.Told, "；")
		if c.Failing > n {
			line += fmt.Sprintf("；等%d处", c.Failing)
		}
		return fmt.Sprintf("%s（%s）", line, c.Model)
	}
	what := strings.TrimSpace(c.Predicate)
	for _, line := range strings.Split(c.Query, "\n") {
		if text, ok := strings.CutPrefix(line, "-- "); ok && !strings.Contains(text, ": ") {
			what = text
			break
		}
	}
	what, _, _ = strings.Cut(what, "\n")
	return fmt.Sprintf("%s, %s: %d rows against: %s", c.Model, c.Check, c.Failing, what)
}
