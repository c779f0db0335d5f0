package office

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/internal/archive"
	"taizhang/internal/backup"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/internal/zone"
)

// RestoreOptions of a restore.
type RestoreOptions struct {
	Dir  string // folder of backups
	Name string // which; the newest for ""
	To   string // an empty or missing folder
	Log  *slog.Logger
	// Progress, where given, is told how much of what is done; a total of 0 is not known.
	Progress func(done, total int64, what lang.Text)
}

// RestoreReport is what a restore brought back, and what it proved.
type RestoreReport struct {
	Name     string // of the backup
	At       time.Time
	To       string
	Files    int // each compared with its hash, and read back
	Bytes    int64
	Receipts int
	Papers   int
	// Proven: the warehouse was made anew from archive and journal, and its returns and figures compared with those that
	// were published.
	Proven           bool
	Returns, Figures int // compared
	Differences      []Difference
	Notes            []lang.Text
}

// RestoringName marks a folder whose restore isn't finished: it is no zone yet.
const RestoringName = "restoring.json"

// Restore brings a zone back from a backup, into an empty folder. Every file is compared with its hash; then the
// warehouse is made anew from archive and journal, and compared with the figures that were published. taizhang.yaml
// comes last, so that a restore that was cut short leaves no zone.
func Restore(ctx context.Context, o RestoreOptions) (*RestoreReport, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	store, err := backup.Open(o.Dir)
	if errors.Is(err, backup.ErrNone) {
		return nil, refuse("%s holds no backups: name the folder that was given to taizhang backup", "%s 中没有备份：请写当时给 taizhang backup 的文件夹", o.Dir)
	}
	if err != nil {
		return nil, err
	}
	set, err := store.Find(o.Name)
	if err != nil {
		return nil, &Refusal{err}
	}
	if f := set.File(FormatPath); f != nil {
		text, err := store.Content(f)
		if err == nil {
			_, err = readFormat(text)
		}
		if err != nil {
			return nil, err
		}
	}
	to, err := filepath.Abs(o.To)
	if err != nil {
		return nil, err
	}
	if err := emptyFor(to, set.Name); err != nil {
		return nil, err
	}
	owner, err := warehouse.Lock(to, "restore", time.Local)
	if err != nil {
		return nil, err
	}
	defer owner.Release()
	r := &RestoreReport{Name: set.Name, At: set.At, To: o.To}
	config, err := extract(ctx, store, set, to, r, o.Progress)
	if err != nil {
		return r, err
	}
	if err := prove(ctx, store, set, to, config, &o, r); err != nil {
		return r, lang.Errorf("the files are back and whole, but the figures can't be proven: %w\nhint: they lie in %s without their %s; taizhang restore again, or --at an earlier backup", "文件已完整恢复，但数字无法核对：%w\n建议：文件在 %s，尚缺 %s；请再执行 taizhang restore，或用 --at 换一份更早的备份", err, o.To, zone.FileName)
	}
	if f := set.File(zone.FileName); f != nil {
		if err := store.Extract(f, filepath.Join(to, zone.FileName)); err != nil {
			return r, lang.Errorf("restore %s: %w", "恢复 %s：%w", zone.FileName, err)
		}
	}
	if err := durable.Remove(filepath.Join(to, RestoringName)); err != nil {
		return r, err
	}
	if len(r.Differences) > 0 {
		return r, lang.Errorf("restored, but %d outcomes or figures made from archive and journal differ from those published", "已恢复，但由档案和日志算出的%d项结果或数字与当时发布的不同", len(r.Differences))
	}
	return r, nil
}

// emptyFor refuses a folder that holds anything, but for what a restore of the same backup left that was cut short.
func emptyFor(to, name string) error {
	mark := filepath.Join(to, RestoringName)
	entries, err := os.ReadDir(to)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return lang.Errorf("restore to %s: %w", "恢复到 %s：%w", to, err)
	case len(entries) > 0:
		text, err := os.ReadFile(mark)
		if err != nil {
			return refuse("%s is not empty (it holds %s): a zone is restored into an empty folder only", "%s 不是空文件夹（其中有 %s）：只能恢复到空文件夹", to, entries[0].Name())
		}
		if strings.TrimSpace(string(text)) != name {
			return refuse("%s holds a restore of %s that was cut short; go on with --at %s, or name an empty folder", "%s 中有一次中断的恢复（备份 %s）；请用 --at %s 接着恢复，或指定一个空文件夹", to, strings.TrimSpace(string(text)), strings.TrimSpace(string(text)))
		}
		return nil
	}
	if err := durable.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return durable.WriteBytes(mark, 0o600, []byte(name+"\n"))
}

// extract writes all files but taizhang.yaml, whose text it gives, and of the journal what the publication was made from.
func extract(ctx context.Context, store *backup.Store, set *backup.Set, to string, r *RestoreReport, progress func(done, total int64, what lang.Text)) (config []byte, err error) {
	for i := range set.Files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(int64(i), int64(len(set.Files)), lang.Say("bringing files back", "恢复文件"))
		}
		f := &set.Files[i]
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) {
			return nil, lang.Errorf("the backup names %s, which is not in the zone", "备份中写有 %s，但它不在园区之内", f.Path)
		}
		path := filepath.Join(to, filepath.FromSlash(f.Path))
		r.Files++
		r.Bytes += f.Size
		switch {
		case f.Path == zone.FileName:
			if config, err = store.Content(f); err != nil {
				return nil, err
			}
			continue
		case f.Path == JournalPath:
			err = durable.MkdirAll(filepath.Dir(path), 0o700)
			if err == nil {
				err = store.ExtractHead(f, publishedLength(set), path)
			}
		case strings.HasPrefix(f.Path, "archive/"):
			if err = durable.MkdirAll(filepath.Dir(path), 0o700); err == nil {
				err = store.Extract(f, path)
			}
		default:
			err = store.Extract(f, path)
		}
		if err != nil {
			return nil, lang.Errorf("restore %s: %w", "恢复 %s：%w", f.Path, err)
		}
		switch top, _, _ := strings.Cut(f.Path, "/"); {
		case top == "outbox":
			r.Receipts++
		case top == "summaries" && f.Path != "summaries/issued.json":
			r.Papers++
		}
	}
	if config == nil {
		return nil, lang.Errorf("backup %s has no %s", "备份 %s 中没有 %s", set.Name, zone.FileName)
	}
	return config, nil
}

// publishedLength is how much of the journal the publication of a set was made from; all of it where that isn't known.
func publishedLength(set *backup.Set) int64 {
	if n := set.Facts[FactPublished]; n > 0 && set.Facts[FactUnsettled] == 0 {
		return n
	}
	return set.Facts[FactJournal]
}

// prove makes the warehouse anew from archive and journal and compares it with what was published.
func prove(ctx context.Context, store *backup.Store, set *backup.Set, to string, config []byte, o *RestoreOptions, r *RestoreReport) error {
	if set.File(JournalPath) == nil {
		r.Notes = append(r.Notes, lang.Say("nothing had been taken in yet when this was backed up", "备份时还没有接收过报表"))
		return nil
	}
	z, err := load(to, config)
	if err != nil {
		return err
	}
	if err := z.EnsureFolders(); err != nil {
		return err
	}
	if err := z.proveFigures(ctx, set, Options{Log: o.Log, Progress: o.Progress}, r); err != nil {
		return err
	}
	if f := set.File(JournalPath); publishedLength(set) < f.Size {
		if err := store.Extract(f, filepath.Join(to, filepath.FromSlash(JournalPath))); err != nil {
			return err
		}
		r.Notes = append(r.Notes, lang.Say("returns or decisions had come in since the publication; the next run takes them in and publishes", "备份前有发布之后才收到的报表或决定，下次运行会处理并发布"))
	}
	return nil
}

// proveFigures makes the warehouse anew, and compares returns and figures with those published.
func (z *Zone) proveFigures(ctx context.Context, set *backup.Set, o Options, r *RestoreReport) error {
	o.fill()
	a, err := archive.Open(z.Archive())
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := z.freshKeys(a); err != nil {
		return err
	}
	last, published := z.LastPublication()
	settled := set.Facts[FactUnsettled] == 0
	now := time.Now()
	if published && settled {
		now = last.PublishedAt
	}
	current, err := z.current(now, a)
	if err != nil {
		return err
	}
	w, err := z.remakeAndBuild(ctx, a, &o, now)
	if err != nil {
		return err
	}
	for _, l := range w.lost {
		r.Notes = append(r.Notes, lang.Say("left out: %[1]v", "缺：%[1]v", l))
	}
	if !published || !settled {
		r.Notes = append(r.Notes, lang.Say("nothing was published when this was backed up, so no figures could be compared", "备份时没有完整的发布，无法比对数字"))
		return nil
	}
	edited := current.Declarations != last.Declarations
	switch {
	case edited:
		r.Notes = append(r.Notes, lang.Say("the declarations had been edited since the publication, so only returns could be compared, not figures; the next run publishes by them",
			"发布之后修改过配置或模型，只比对了报表，没有比对数字；下次运行会按新的发布"))
	case current.Program != last.Program:
		r.Notes = append(r.Notes, lang.Say("another version of the program had published these figures", "这些数字是由另一版本的程序发布的"))
	}
	before, after, err := z.publishedAndRemade(ctx, last)
	if err != nil {
		return err
	}
	r.prove(z.compare(before, after), before, edited)
	return nil
}

// publishedAndRemade gives what came out for returns and figures, as published and as made anew.
func (z *Zone) publishedAndRemade(ctx context.Context, last publication) (before, after map[string]string, err error) {
	file, err := z.comparable(last)
	if err == nil && file == z.PublishedFile() {
		file, err = warehouse.Newest(z.Published())
	}
	if err != nil {
		return nil, nil, err
	}
	if before, err = z.outcomes(ctx, file); err != nil {
		return nil, nil, err
	}
	after, err = z.outcomes(ctx, z.Warehouse())
	return before, after, err
}

// prove takes what differs, and counts what was compared: where declarations were edited, returns alone.
func (r *RestoreReport) prove(differences []Difference, before map[string]string, edited bool) {
	for k := range before {
		switch {
		case strings.HasPrefix(k, aReturn):
			r.Returns++
		case !edited:
			r.Figures++
		}
	}
	for _, d := range differences {
		if strings.HasPrefix(d.What, aReturn) || !edited {
			r.Differences = append(r.Differences, d)
		}
	}
	r.Proven = len(r.Differences) == 0
}

// remakeAndBuild makes the warehouse anew with its models and figures as of a time, without publishing it. The work it
// gives is closed.
func (z *Zone) remakeAndBuild(ctx context.Context, a *archive.Archive, o *Options, now time.Time) (_ *work, err error) {
	path := z.Warehouse() + ".rebuild"
	if err := durable.Remove(path, path+".wal"); err != nil {
		return nil, err
	}
	db, err := warehouse.Open(path, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil, err
	}
	w := &work{z: z, o: o, archive: a, db: db}
	defer w.close()
	if err := w.replay(ctx); err != nil {
		return nil, err
	}
	if err := w.prepare(ctx); err != nil { // today's forms
		return nil, err
	}
	if err := warehouse.Begin(ctx, db.Conn); err != nil {
		return nil, err
	}
	result, err := w.build(ctx, publication{AsOf: z.Today(now)}, now, true, stopwatch(o.Log))
	if err == nil {
		err = result.Err()
	}
	if err != nil {
		warehouse.Rollback(db.Conn)
		return nil, err
	}
	if err := warehouse.Commit(ctx, db.Conn); err != nil {
		return nil, err
	}
	if err := db.Checkpoint(ctx); err != nil {
		return nil, err
	}
	if err := w.close(); err != nil {
		return nil, err
	}
	return w, replaceWarehouse(path, z.Warehouse())
}
