package copies

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/ingest/receipt"
	"taizhang/internal/archive"
	"taizhang/internal/backup"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// copying is a backup being made.
type copying struct {
	z      *office.Zone
	o      *Options
	w      *backup.Writer
	report *Report

	journal     int64 // length of the journal that belongs to the set
	lastArrival int
	files       int64 // looked at so far
}

// looked tells how far the copying is.
func (c *copying) looked() {
	c.files++
	if c.o.Progress != nil {
		c.o.Progress(c.files, 0, lang.Say("copying files", "备份文件"))
	}
}

// all adds everything, in an order in which it belongs together whatever a run does meanwhile.
func (c *copying) all(ctx context.Context) error {
	a, err := archive.View(c.z.Archive())
	if errors.Is(err, fs.ErrNotExist) { // a zone that took nothing in yet
		a = nil
	} else if err != nil {
		return err
	}
	steps := []func(context.Context, *archive.Archive) error{c.published, c.inbox, c.originals, c.declared, c.papers, c.snapshots}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(ctx, a); err != nil {
			return lang.Errorf("back up: %w", "备份：%w", err)
		}
	}
	return nil
}

// publication waits until what is published and the note beside it belong together: the note is written last. Where
// nobody is at work in the zone there is nothing to wait for.
func (c *copying) publication(ctx context.Context) {
	delete(c.w.Facts(), office.FactUnsettled)
	for idle, n := false, 0; !idle && n < 300; n++ {
		idle = office.IsIdle(c.z.Dir)
		if c.settled(ctx) {
			return
		}
		if !idle {
			c.o.Pause(200 * time.Millisecond)
		}
	}
	c.w.Facts()[office.FactUnsettled] = 1
}

// settled says whether the published file is the one that the note beside it is of, or nothing is published.
func (c *copying) settled(ctx context.Context) bool {
	file, err := warehouse.Newest(c.z.Published())
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	last, ok := c.z.LastPublication()
	if !ok || last.RolledBack != "" {
		return ok
	}
	db, err := warehouse.ReadOnly(file, warehouse.Options{TimeZone: c.z.Timezone})
	if err != nil {
		return false
	}
	defer db.Close()
	var known time.Time
	err = db.Conn.QueryRowContext(ctx, "select known_at from ctl.run").Scan(&known)
	return err == nil && warehouse.FromWallClock(known, c.z.Location).Equal(last.PublishedAt)
}

// published adds what is published; what a run replaced meanwhile is added again.
func (c *copying) published(ctx context.Context, _ *archive.Archive) error {
	for tries := 0; ; tries++ {
		c.publication(ctx)
		note, err := os.ReadFile(c.z.PublicationFile())
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		c.w.Drop(func(path, _ string) bool { return strings.HasPrefix(path, "published/") })
		last, _ := c.z.LastPublication()
		err = c.tree(ctx, "published", func(rel string) bool {
			if dir, name := path.Split(rel); dir == "published/history/" {
				return last.RolledBack != "" && name == last.RolledBack+".duckdb"
			}
			return !strings.Contains(rel, ".duckdb.")
		})
		if err != nil && !errors.Is(err, backup.ErrChanging) {
			return err
		}
		unsettled := c.w.Facts()[office.FactUnsettled] == 1
		if err == nil && sameText(c.z.PublicationFile(), note) && (unsettled || c.settled(ctx)) {
			c.w.Facts()[office.FactPublished] = last.Journal
			if unsettled {
				c.warn("what is published was begun and not finished, or written to by somebody; the next run publishes anew", "发布没有完成，或已发布的文件被人改动；下次运行会重新发布")
			}
			return nil
		}
		if tries > 20 {
			return lang.Errorf("new figures are published again and again while they are being copied; try again later", "复制期间不断有新的发布；请稍后再试")
		}
	}
}

// inbox adds what waits to be taken in. What is dealt with while it is copied is in the journal, and dropped again.
func (c *copying) inbox(ctx context.Context, a *archive.Archive) error {
	before := int64(0)
	if a != nil {
		var err error
		if before, err = a.Whole(); err != nil {
			return err
		}
	}
	err := c.tree(ctx, "inbox", func(rel string) bool { return !strings.HasPrefix(path.Base(rel), "~$") })
	if errors.Is(err, backup.ErrChanging) {
		c.warn("left out, since they are still being written: files in %[1]s", "%[1]s 中有文件仍在写入，没有备份", c.z.Inbox())
		err = nil
	}
	if err != nil || a == nil {
		return err
	}
	if c.journal, err = a.Whole(); err != nil {
		return err
	}
	hashes := map[int]string{}
	for e, err := range a.Until(c.journal) {
		if err != nil {
			return err
		}
		if e.Event == archive.Arrive {
			hashes[e.Seq] = e.Hash
			c.lastArrival = max(c.lastArrival, e.Seq)
		}
	}
	settled := map[int]bool{}
	for e, err := range a.Until(before) {
		if err != nil {
			return err
		}
		if e.Event == archive.Leave {
			settled[e.Seq] = true
		}
	}
	gone := map[string]bool{}
	for e, err := range a.Until(c.journal) {
		if err != nil {
			return err
		}
		if e.Event == archive.Leave && !settled[e.Seq] {
			gone[hashes[e.Seq]] = true
		}
	}
	c.w.Drop(func(path, sum string) bool { return strings.HasPrefix(path, "inbox/") && gone[sum] })
	return nil
}

// originals adds the journal and all that it names.
func (c *copying) originals(ctx context.Context, a *archive.Archive) error {
	if a == nil || c.journal == 0 {
		return nil
	}
	if err := c.continues(); err != nil {
		return err
	}
	if err := c.w.AddHead(filepath.Join(c.z.Dir, filepath.FromSlash(office.JournalPath)), office.JournalPath, c.journal); err != nil {
		return err
	}
	c.w.Facts()[office.FactJournal] = c.journal
	named, erased, err := c.named(a)
	if err != nil {
		return err
	}
	done := map[string]bool{}
	for _, e := range named {
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, hash := placeOfNamed(e)
		if done[rel] || erased[hash] {
			continue
		}
		done[rel] = true
		c.looked()
		if err := c.original(rel, hash); err != nil {
			return err
		}
	}
	return c.tree(ctx, "archive", func(rel string) bool {
		return path.Dir(rel) == "archive" && rel != office.JournalPath
	})
}

// named are the events that name a file of the archive, and the hashes of the originals that were erased.
func (c *copying) named(a *archive.Archive) (named []archive.Event, erased map[string]bool, err error) {
	erased = map[string]bool{}
	for e, err := range a.Until(c.journal) {
		if err != nil {
			return nil, nil, err
		}
		switch e.Event {
		case archive.Erase:
			erased[e.Hash] = true
		case archive.ErasePerson:
			c.w.Facts()[office.FactErasure] = int64(e.Seq)
		}
		if e.Event == archive.Arrive || e.Event == archive.Declare || e.Replacement != "" {
			named = append(named, e)
		}
	}
	return named, erased, nil
}

// placeOfNamed is where the file lies that an event names.
func placeOfNamed(e archive.Event) (rel, hash string) {
	switch {
	case e.Event == archive.Declare:
		return "archive/declarations/" + e.Hash + ".json", e.Hash
	case e.Replacement != "":
		return "archive/" + e.Replacement[:2] + "/" + e.Replacement, e.Replacement
	}
	return "archive/" + e.Hash[:2] + "/" + e.Hash, e.Hash
}

// original adds a file of the archive; one that is lost or damaged there is taken from an earlier backup, or told.
func (c *copying) original(rel, hash string) error {
	err := c.w.AddKnown(filepath.Join(c.z.Dir, filepath.FromSlash(rel)), rel, hash)
	switch {
	case err == nil:
	case !errors.Is(err, fs.ErrNotExist) && !strings.Contains(lang.In(err, lang.English), "is damaged"):
		return err
	case c.w.AddKept(rel, hash):
		c.warn("%[1]s is lost or damaged in the archive, but whole in the backups (taizhang doctor --mend puts it back)",
			"%[1]s 在档案中丢失或损坏，备份中完好（taizhang doctor --mend 可补回）", rel)
	default:
		c.report.Lost = append(c.report.Lost, rel)
	}
	return nil
}

// continues refuses a journal that isn't the one of the last backup, gone on with: another zone's of the same code, or one
// that was restored from an earlier backup. What retention would remove then may be the only copy.
func (c *copying) continues() error {
	last := c.w.Last()
	if last == nil || last.File(office.JournalPath) == nil {
		return nil
	}
	f, err := os.Open(filepath.Join(c.z.Dir, filepath.FromSlash(office.JournalPath)))
	if err != nil {
		return err
	}
	defer f.Close()
	before := last.File(office.JournalPath)
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, before.Size))
	if err != nil {
		return err
	}
	if n < before.Size || hex.EncodeToString(h.Sum(nil)) != before.Sum {
		return office.Refuse("the journal of %s doesn't go on from that of the last backup in %s (%s): part of it is missing, or it is another zone's\nhint: where the zone is damaged, restore it: taizhang restore %s --to EMPTY_FOLDER; where it is right as it is, back up into another folder", "%s 的日志与 %s 中上次备份（%s）的日志接不上：缺了一部分，或属于另一个园区\n建议：本区受损的，请恢复：taizhang restore %s --to 空文件夹；本区没有问题的，请备份到另一个文件夹",
			c.z.Archive(), c.report.Dir, last.Name, c.report.Dir)
	}
	return nil
}

// declared adds what is declared, and single files beside it.
func (c *copying) declared(ctx context.Context, _ *archive.Archive) error {
	entries, err := os.ReadDir(c.z.Dir)
	if err != nil {
		return err
	}
	var unknown []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir():
			switch name {
			case "forms", "models", "queries", "logs":
				if err := c.tree(ctx, name, func(string) bool { return true }); err != nil {
					return err
				}
			case "web": // the page's audit; the key of its certificate is made anew
				if err := c.tree(ctx, name, func(rel string) bool { return rel == "web/audit.jsonl" }); err != nil {
					return err
				}
			case "archive", "published", "inbox", "outbox", "summaries":
			default:
				if !strings.HasPrefix(name, ".") {
					unknown = append(unknown, name)
				}
			}
		case !e.Type().IsRegular(), strings.HasPrefix(name, "."), strings.HasPrefix(name, warehouse.FileName), strings.HasSuffix(name, ".lock"),
			name == office.BackupNoteName, name == office.RestoringName, c.isSnapshot(name):
		default:
			if err := c.w.Add(filepath.Join(c.z.Dir, name), name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	if len(unknown) > 0 {
		c.warn("folders that are none of the zone's are not backed up: %[1]s", "不属于本系统、未备份的文件夹：%[1]s", strings.Join(unknown, ", "))
	}
	return nil
}

func (c *copying) isSnapshot(name string) bool {
	for known := range c.o.Snapshots {
		if strings.HasPrefix(name, known) {
			return true
		}
	}
	return false
}

// papers adds receipts and what was issued, until nothing of it has changed while it was copied.
func (c *copying) papers(ctx context.Context, _ *archive.Archive) error {
	for tries := 0; ; tries++ {
		before := c.listing("outbox", "summaries")
		c.w.Drop(func(path, _ string) bool {
			return strings.HasPrefix(path, "outbox/") || strings.HasPrefix(path, "summaries/")
		})
		err := c.tree(ctx, "outbox", func(rel string) bool { // of what is in no journal yet, the receipt comes again
			return c.journal == 0 || receipt.ArrivalOf(path.Base(rel)) <= c.lastArrival
		})
		if err == nil {
			err = c.tree(ctx, "summaries", func(string) bool { return true })
		}
		if err != nil && !errors.Is(err, backup.ErrChanging) {
			return err
		}
		if err == nil && (before == c.listing("outbox", "summaries") || tries >= 5) {
			return nil
		}
		if tries > 20 {
			return err
		}
	}
}

// listing is a fingerprint of which files lie in folders, with their sizes and times.
func (c *copying) listing(folders ...string) string {
	h := sha256.New()
	for _, dir := range folders {
		_ = filepath.WalkDir(filepath.Join(c.z.Dir, dir), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || durable.IsLeftover(d.Name()) {
				return nil
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintf(h, "%s\x00%d\x00%d\x00", name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return string(h.Sum(nil))
}

// snapshots adds databases that others have open.
func (c *copying) snapshots(ctx context.Context, _ *archive.Archive) error {
	for name, write := range c.o.Snapshots {
		dir, err := os.MkdirTemp("", "taizhang-backup-")
		if err != nil {
			return err
		}
		to := filepath.Join(dir, name)
		err = write(ctx, to)
		if err == nil {
			err = c.w.Add(to, name)
		}
		if gone := os.RemoveAll(dir); err != nil { // figures don't depend on it: the rest is backed up, and this is said
			c.warn("%[1]s can't be copied and is not in this backup: %[2]v", "%[1]s 无法复制，本次备份中没有它：%[2]v", name, err)
		} else if gone != nil {
			return gone
		}
	}
	return nil
}

// tree adds the files of a folder of the zone for which want says so. Files that are gone before they are read are passed
// over; those that are being written too, but told.
func (c *copying) tree(ctx context.Context, folder string, want func(rel string) bool) error {
	var changing error
	err := filepath.WalkDir(filepath.Join(c.z.Dir, folder), func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(c.z.Dir, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if !d.Type().IsRegular() || durable.IsLeftover(d.Name()) || strings.HasSuffix(rel, ".lock") || !want(rel) {
			return nil
		}
		c.looked()
		err = c.w.Add(name, rel)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case errors.Is(err, backup.ErrChanging):
			changing = err
			return nil
		}
		return err
	})
	return errors.Join(err, changing)
}
