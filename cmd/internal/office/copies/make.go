package copies

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/backup"
	"taizhang/internal/lang"
	"taizhang/internal/state"
	"taizhang/internal/warehouse"
)

// Options of a backup.
type Options struct {
	Dir         string // folder of backups, outside the zone: made where it is missing in a folder that is there
	Keep        int    // how many of the newest backups stay; 0 and no KeepMonthly: all
	KeepMonthly int    // of how many months the newest stays too
	Verify      bool   // every older piece is read again, not a sixteenth of them
	New         bool   // Dir holds no backups although the last one went there
	Program     string // version of the program
	Clock       func() time.Time
	Pause       func(time.Duration) // waits for a publication that is being made; time.Sleep unless set
	Log         *slog.Logger
	// Progress, where given, is told how many files are copied or found copied; how many there are is not known.
	Progress func(done, total int64, what lang.Text)
	// Snapshots write consistent copies of databases that others have open, by their names in the zone. What lies beside
	// them under longer names (logs) is left out.
	Snapshots map[string]func(ctx context.Context, to string) error
}

// Report is what a backup did.
type Report struct {
	Dir, Name   string
	At          time.Time
	Files       int
	Bytes       int64 // of all files
	CopiedBytes int64 // that the folder did not hold yet
	ReadBack    int   // pieces that were read from the medium and compared
	Kept        int   // backups in the folder
	Removed     []string
	Lost        []string    // originals that are neither in the archive nor in an earlier backup
	Warnings    []lang.Text // what somebody should know
}

const lockName = "backup.lock"

// Make copies everything of the zone that can't be made again into a folder elsewhere, reads it back, and notes that it
// did. It needs no lock of the zone and holds nobody up. What it copies belongs together: first the publication, then the
// journal up to a length, then what the journal names.
func Make(ctx context.Context, z *office.Zone, o Options) (_ *Report, err error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Pause == nil {
		o.Pause = time.Sleep
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Snapshots == nil {
		o.Snapshots = map[string]func(context.Context, string) error{}
	}
	if _, err := os.Stat(filepath.Join(z.Dir, state.FileName)); err == nil && o.Snapshots[state.FileName] == nil {
		o.Snapshots[state.FileName] = func(ctx context.Context, to string) error { return copyState(ctx, z, to) }
	}
	defer func() { err = remedied(err) }()
	if o.Keep < 0 || o.KeepMonthly < 0 {
		return nil, office.Refuse("--keep %d, --keep-monthly %d: numbers of backups are expected, from 0 on", "--keep %d、--keep-monthly %d：应是备份份数，从0起", o.Keep, o.KeepMonthly)
	}
	dir, err := outside(z, o.Dir)
	if err != nil {
		return nil, err
	}
	owner, err := warehouse.LockFile(filepath.Join(z.Dir, lockName), "backup", z.Location)
	if err != nil {
		return nil, lang.Errorf("back up: %w", "备份：%w", err)
	}
	defer owner.Release()
	store, err := openStore(z, dir, o.New)
	if err != nil {
		return nil, err
	}
	w, err := store.Begin(ctx, o.Clock().In(z.Location).Truncate(time.Second), o.Program, o.Verify)
	if err != nil {
		return nil, err
	}
	defer w.Discard()
	c := &copying{z: z, o: &o, w: w, report: &Report{Dir: dir}}
	if err := c.all(ctx); err != nil {
		return nil, err
	}
	set, err := w.Commit()
	if err != nil {
		return nil, err
	}
	r := c.report
	r.Name, r.At, r.Files, r.Bytes = set.Name, set.At, len(set.Files), set.Bytes()
	r.CopiedBytes, r.ReadBack = w.CopiedBytes, w.Read
	if err := c.retain(store, set); err != nil {
		return r, err
	}
	if err := z.NoteBackup(office.BackupNote{Dir: dir, Name: set.Name, At: set.At, Files: r.Files, Bytes: r.Bytes, Lost: len(r.Lost)}); err != nil {
		return r, lang.Errorf("the backup is whole, but the zone can't note it: %w", "备份完整，但本区无法记下：%w", err)
	}
	if len(r.Lost) > 0 {
		return r, lang.Errorf("the backup is made, but %d originals are in no backup and no longer in the archive:\n%s\nhint: taizhang doctor says more", "备份已完成，但有%d份原件既不在任何备份中，也不在档案中：\n%s\n建议：详情见 taizhang doctor", len(r.Lost), strings.Join(r.Lost, "\n"))
	}
	return r, nil
}

// copyState writes a whole copy of what the service did, as it is at one moment.
func copyState(ctx context.Context, z *office.Zone, to string) error {
	st, err := state.View(ctx, z.Dir)
	if err != nil {
		return err
	}
	return errors.Join(st.CopyTo(ctx, to), st.Close())
}

// remedied says of a full or failing medium that it is the backup's, not the zone's.
func remedied(err error) error {
	if err == nil || office.IsHinted(err) {
		return err
	}
	if what := warehouse.Remedy(err); what != (lang.Text{}) {
		return lang.Errorf("%w\nhint: %s; the earlier backups are as they were, and the zone is untouched", "%w\n建议：%s；以前的备份不变，本区没有改动", err, what)
	}
	return err
}

// outside gives the absolute path of a folder for backups, and refuses one within the zone or around it.
func outside(z *office.Zone, dir string) (string, error) {
	if dir == "" {
		return "", office.Refuse("name the folder for backups", "请指定备份文件夹")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	zone, err := filepath.Abs(z.Dir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(zone); err == nil {
		zone = real
	}
	to := abs
	if real, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		to = filepath.Join(real, filepath.Base(abs))
	}
	if within(zone, to) || within(to, zone) {
		return "", office.Refuse("%s is in the zone's own folder, or around it: a backup there is lost with it\nhint: name a folder on another disk, a USB stick or a share", "%s 在本区文件夹之内（或包含它）：放在那里的备份会与本区一同丢失\n建议：改用另一块磁盘、U盘或共享文件夹", dir)
	}
	return abs, nil
}

func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && (rel == "." || filepath.IsLocal(rel))
}

// openStore opens the folder of backups. A medium that isn't there looks like an empty folder: where the last backup went
// there, it is refused.
func openStore(z *office.Zone, dir string, isNew bool) (*backup.Store, error) {
	last, err := z.LastBackup()
	if err != nil {
		return nil, err
	}
	if _, err := backup.Open(dir); errors.Is(err, backup.ErrNone) && last != nil && last.Dir == dir && !isNew {
		return nil, office.Refuse("%s holds no backups, but the last one (%s) went there: is the disk or share connected?\nhint: to begin anew there, say so: --new", "%s 中没有备份，但上次的备份（%s）放在那里：磁盘或共享文件夹接好了吗？\n建议：确要在那里从头开始，请加 --new", dir, last.Name)
	}
	about := fmt.Sprintf("%s：台账系统的备份。内有个人信息和密钥，请妥善保管。恢复：taizhang restore 本文件夹 --to 空文件夹", z.Name)
	return backup.Create(dir, z.Code, about)
}

// retain removes older backups, and says what of those that stay is not as it should be.
func (c *copying) retain(store *backup.Store, set *backup.Set) error {
	removed, err := store.Retain(c.o.Keep, c.o.KeepMonthly)
	if err != nil {
		return err
	}
	c.report.Removed = removed
	sets, damaged, err := store.Sets()
	if err != nil {
		return err
	}
	c.report.Kept = len(sets)
	for _, d := range damaged {
		c.warn("%[1]v; as long as it lies there, nothing of older backups is removed", "%[1]v；它还在时，旧备份的内容都不清理", d)
	}
	lacking, err := store.Lacking()
	if err != nil {
		return err
	}
	for _, name := range lacking {
		c.warn("backup %[1]s is no longer whole: a part of it was damaged and can't be copied again", "备份 %[1]s 已不完整：其中有内容损坏，也无法重新复制", name)
	}
	var before []string
	for _, s := range sets {
		if s.Facts[office.FactErasure] < set.Facts[office.FactErasure] {
			before = append(before, s.Name)
		}
	}
	if len(before) > 0 {
		c.warn("made before a person was erased, and still holding that person: %[1]s (backup --keep 1 removes them)",
			"以下备份早于个人信息删除，仍含该人信息：%[1]s（用 backup --keep 1 清除）", strings.Join(before, ", "))
	}
	if sameDisk(c.z.Dir, c.report.Dir) {
		c.warn("%[1]s is on the same disk as the zone: both are lost with it", "%[1]s 与园区数据在同一块磁盘上，磁盘损坏时会一起丢失", c.report.Dir)
	}
	return nil
}

func (c *copying) warn(english, chinese string, args ...any) {
	c.report.Warnings = append(c.report.Warnings, lang.Say(english, chinese, args...))
}

// sameText says whether a file still says the same.
func sameText(path string, text []byte) bool {
	now, err := os.ReadFile(path)
	return err == nil && bytes.Equal(now, text) || errors.Is(err, fs.ErrNotExist) && text == nil
}
