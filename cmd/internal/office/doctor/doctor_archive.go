package doctor

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/archive"
	"taizhang/internal/backup"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// latest is the last time at which something was received or decided.
func (d *doctor) latest() (time.Time, error) {
	var at time.Time
	a, err := archive.View(d.z.Archive())
	if err != nil {
		return at, err
	}
	for e, err := range a.All() {
		if err != nil {
			return at, err
		}
		if (e.Event == archive.Arrive || e.Event == archive.Decide) && e.At.After(at) {
			at = e.At
		}
	}
	return at, nil
}

// archive compares journal and originals.
func (d *doctor) archive(ctx context.Context) error {
	a, err := archive.View(d.z.Archive())
	if errors.Is(err, fs.ErrNotExist) {
		d.add("journal", Sound, "", "", "nothing was taken in yet", "还没有接收过报表")
		return nil
	}
	if err != nil {
		return err
	}
	var named []string // paths within the archive, in order
	hashes, erased, arrivals := map[string]string{}, map[string]bool{}, 0
	for e, err := range a.All() {
		if err != nil {
			d.add("journal", Faulty, "archive/journal.jsonl", d.restoreCommand(), "%[1]v", "%[1]v", err)
			return nil
		}
		name, hash := "", e.Hash
		switch {
		case e.Event == archive.Arrive:
			arrivals++
			name = e.Hash[:2] + "/" + e.Hash
		case e.Event == archive.Declare:
			name = "declarations/" + e.Hash + ".json"
		case e.Event == archive.Erase:
			erased[e.Hash[:2]+"/"+e.Hash] = true
			if hash = e.Replacement; hash != "" {
				name = hash[:2] + "/" + hash
			}
		}
		if name != "" && hashes[name] == "" {
			named = append(named, name)
			hashes[name] = hash
		}
	}
	d.journalLength(a, arrivals)
	bad := 0
	for _, name := range named {
		if err := ctx.Err(); err != nil {
			return err
		}
		if what := wrong(filepath.Join(d.z.Archive(), filepath.FromSlash(name)), hashes[name]); what != "" && !(erased[name] && what == lostWord) {
			bad++
			d.putBack("original", "archive/"+name, hashes[name], what)
		}
	}
	if err := d.unnamed(hashes); err != nil {
		return err
	}
	if bad == 0 {
		d.add("original", Sound, "", "", "%[1]d files in the archive agree with their hashes", "档案中%[1]d个文件与校验值一致", len(named))
	}
	return nil
}

// unnamed counts originals that the journal doesn't name: a run was ended before it noted them.
func (d *doctor) unnamed(known map[string]string) error {
	if !d.idle() {
		return nil // they may be about to be
	}
	n, first := 0, ""
	err := filepath.WalkDir(d.z.Archive(), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(d.z.Archive(), path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if dir, name, nested := strings.Cut(rel, "/"); nested && len(dir) == 2 && len(name) == 2*sha256.Size && known[rel] == "" {
			if n++; first == "" {
				first = rel
			}
		}
		return nil
	})
	if n > 0 {
		d.add("original", Warned, "archive/"+first, "", "%[1]d originals are named by no line of the journal: a run was ended before it noted them. They do no harm, and are not backed up",
			"有%[1]d个原件日志中没有记录：运行在记录之前中断。没有影响，也不备份", n)
	}
	return err
}

// journalLength compares the journal with what the last publication knows of it.
func (d *doctor) journalLength(a *archive.Archive, arrivals int) {
	last, _ := d.z.LastPublication()
	whole, err := a.Whole()
	size := int64(0)
	if info, e := os.Stat(filepath.Join(d.z.Archive(), "journal.jsonl")); e == nil {
		size = info.Size()
	}
	switch {
	case err != nil:
		d.add("journal", Faulty, "archive/journal.jsonl", d.restoreCommand(), "%[1]v", "%[1]v", err)
	case whole < last.Journal:
		d.add("journal", Faulty, "archive/journal.jsonl", d.restoreCommand(), "it has %[1]d bytes, but had %[2]d when the figures were published: part of it is missing",
			"现有%[1]d字节，发布时有%[2]d字节：缺了一部分", whole, last.Journal)
	case whole < size && d.idle():
		d.add("journal", Warned, "archive/journal.jsonl", d.command("run"), "its last line was cut short when a run was ended; the next run mends it", "运行中断时最后一行没有写完，下次运行会修复")
	default:
		d.add("journal", Sound, "", "", "%[1]d files received", "收到%[1]d个文件", arrivals)
	}
}

// idle says whether nobody else is at work in the zone.
func (d *doctor) idle() bool { return d.owned || office.IsIdle(d.z.Dir) }

const (
	lostWord    = "missing"
	damagedWord = "damaged"
)

// wrong says what is wrong with a file that should have a hash, "" for nothing.
func wrong(path, hash string) string {
	switch now, err := archive.HashFile(path); {
	case errors.Is(err, fs.ErrNotExist):
		return lostWord
	case err != nil:
		return err.Error()
	case now != hash:
		return damagedWord
	}
	return ""
}

// putBack tells of a file that is lost, and where it is to mend puts it back from a backup.
func (d *doctor) putBack(check, rel, hash, what string) {
	store, set, file := d.kept(rel, hash)
	chinese := map[string]string{lostWord: "丢失", damagedWord: "损坏"}[what]
	if chinese == "" {
		chinese = what
	}
	if file == nil {
		d.add(check, Faulty, rel, d.command("doctor --mend --from "+backupsWord()), "it is %[1]s, and in no backup that is known here", "%[2]s，已知的备份中也没有", what, chinese)
		return
	}
	if !d.o.Mend {
		d.add(check, Faulty, rel, d.command("doctor --mend"), "it is %[1]s; backup %[3]s has it", "%[2]s；备份 %[3]s 中有", what, chinese, set.Name)
		return
	}
	to := filepath.Join(d.z.Dir, filepath.FromSlash(rel))
	err := durable.MkdirAll(filepath.Dir(to), 0o700)
	if err == nil {
		err = store.Extract(file, to)
	}
	if err != nil {
		d.add(check, Faulty, rel, "", "it is %[1]s, and can't be put back: %[3]v", "%[2]s，补回失败：%[3]v", what, chinese, err)
		return
	}
	d.add(check, Mended, rel, d.command("rebuild"), "it was %[1]s; put back from backup %[3]s. What was left out without it comes back by a rebuild", "原已%[2]s，已从备份 %[3]s 补回；重建后相关数据恢复", what, chinese, set.Name)
}

// kept finds a file in the backups: the one of that hash, or for "" the newest.
func (d *doctor) kept(rel, hash string) (*backup.Store, *backup.Set, *backup.File) {
	dir := d.o.From
	if dir == "" {
		last, err := d.z.LastBackup()
		if err != nil || last == nil {
			return nil, nil, nil
		}
		dir = last.Dir
	}
	store, err := backup.Open(dir)
	if err != nil {
		if d.o.From != "" {
			d.add("backup", Faulty, "", "", "%[1]v", "%[1]v", err)
		}
		return nil, nil, nil
	}
	if store.Owner() != d.z.Code {
		d.add("backup", Faulty, "", "", "%[1]s holds the backups of %[2]s", "%[1]s 是 %[2]s 的备份", dir, store.Owner())
		return nil, nil, nil
	}
	sets, _, err := store.Sets()
	if err != nil {
		return nil, nil, nil
	}
	for i := len(sets) - 1; i >= 0; i-- {
		if f := sets[i].File(rel); f != nil && (hash == "" || f.Sum == hash) {
			return store, sets[i], f
		}
	}
	return nil, nil, nil
}

// restoreCommand is what brings a zone back whose journal is lost.
func (d *doctor) restoreCommand() string {
	return "taizhang restore " + d.z.BackupFolder() + " --to " + lang.Phrase("NEW_FOLDER", "新文件夹")
}

// keys compares the keys with their fingerprints in the journal.
func (d *doctor) keys(context.Context) error {
	path := filepath.Join(d.z.Archive(), office.KeyFile)
	journal, err := os.Stat(filepath.Join(d.z.Archive(), "journal.jsonl"))
	if err != nil || journal.Size() == 0 {
		return nil
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 && info.Mode().Perm() != 0o666 { // Windows knows no such modes
		if d.o.Mend && os.Chmod(path, 0o600) == nil {
			d.add("keys", Mended, "archive/"+office.KeyFile, "", "others could read it; only its owner can now", "原先其他用户可读，已改为仅本用户可读")
		} else {
			d.add("keys", Warned, "archive/"+office.KeyFile, d.command("doctor --mend"), "others can read it", "其他用户可以读取")
		}
	}
	if err := d.foreignKeys(); err != nil {
		if d.o.Mend {
			if store, set, f := d.kept("archive/"+office.KeyFile, ""); f != nil && store.Extract(f, path) == nil && d.foreignKeys() == nil {
				d.add("keys", Mended, "archive/"+office.KeyFile, "", "put back from backup %[1]s", "已从备份 %[1]s 补回", set.Name)
				return nil
			}
		}
		d.add("keys", Faulty, "archive/"+office.KeyFile, d.command("doctor --mend --from "+backupsWord()), "%[1]v", "%[1]v", office.FirstLine(err))
		return nil
	}
	d.add("keys", Sound, "", "", "they are the journal's", "与日志一致")
	return nil
}

func (d *doctor) foreignKeys() error {
	a, err := archive.View(d.z.Archive())
	if err != nil {
		return err
	}
	bound := map[string]string{}
	for e, err := range a.All() {
		if err != nil {
			return err
		}
		for scope, print := range e.Keys {
			bound[scope] = print
		}
	}
	text, err := os.ReadFile(filepath.Join(d.z.Archive(), office.KeyFile))
	if err != nil {
		return err
	}
	keys := map[string]string{}
	if err := json.Unmarshal(text, &keys); err != nil {
		return err
	}
	for scope, print := range bound {
		key, err := base64.StdEncoding.DecodeString(keys[scope])
		if err != nil {
			return err
		}
		if office.Fingerprint(scope, key) != print {
			return lang.Errorf("key %q is not the one that returns were taken in with", "密钥 %q 不是接收报表时用的密钥", scope)
		}
	}
	return nil
}

// compareWarehouse compares journal and warehouse; the caller has the lock.
func (d *doctor) compareWarehouse(ctx context.Context) error {
	a, err := archive.View(d.z.Archive())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	had, left, decisions := map[int64]string{}, map[int64]bool{}, 0
	for e, err := range a.All() {
		if err != nil {
			return nil // told already
		}
		switch e.Event {
		case archive.Arrive:
			had[int64(e.Seq)] = e.Hash
		case archive.Leave:
			left[int64(e.Seq)] = true
		case archive.Decide, archive.ErasePerson:
			decisions = max(decisions, e.Seq)
		}
	}
	db, err := warehouse.ReadOnly(d.z.Warehouse(), warehouse.Options{TimeZone: d.z.Timezone})
	if err != nil {
		d.add("warehouse", Faulty, warehouse.FileName, d.command("rebuild"), "%[1]v", "%[1]v", office.FirstLine(err))
		return nil
	}
	defer db.Close()
	if err := office.CompareKnown(ctx, db, had, decisions, d.z.Archive(), ""); err != nil {
		d.add("warehouse", Faulty, warehouse.FileName, d.restoreCommand(), "%[1]v", "%[1]v", office.FirstLine(err))
		return nil
	}
	have := map[int64]bool{}
	err = warehouse.Each(ctx, db.Conn, "select distinct arrival from raw.return", func(v []any) error {
		n, _ := v[0].(int64)
		have[n] = true
		return nil
	})
	if err != nil {
		return err
	}
	lacking := 0
	for n := range left {
		if !have[n] {
			lacking++
		}
	}
	if lacking > 0 {
		d.add("warehouse", Faulty, warehouse.FileName, d.command("rebuild"), "%[1]d files that were taken in are not in it", "有%[1]d个已接收的文件不在库中", lacking)
		return nil
	}
	d.add("warehouse", Sound, "", "", "every block is whole; it holds the %[1]d files of the journal", "每个数据块完好，与日志中%[1]d个文件一致", len(have))
	return nil
}
