package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/state"
	"taizhang/internal/warehouse"
	"taizhang/transform"
)

// warehouse reads every block of the warehouse and compares it with the journal.
func (d *doctor) warehouse(ctx context.Context) error {
	path := d.z.Warehouse()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if last, _ := d.z.LastPublication(); last.Journal > 0 {
			d.add("warehouse", Faulty, warehouse.FileName, d.command("rebuild"), "it is missing", "文件丢失")
		}
		return nil
	}
	if !d.owned { // nobody may write while it is read
		owner, err := warehouse.Lock(d.z.Dir, "doctor", d.z.Location)
		var held *warehouse.HeldError
		if errors.As(err, &held) {
			d.add("warehouse", Sound, "", "", "not looked into: %[1]v", "没有检查：%[1]v", held)
			return nil
		}
		if err != nil { // of a full or write-protected disk the rest is looked at all the same
			d.add("disk", Faulty, warehouse.LockName, "", "nothing can be written in this zone: %[1]v", "本区不能写入：%[1]v", err)
		} else {
			defer owner.Release()
		}
	}
	if info, err := os.Stat(path + ".wal"); err == nil && info.Size() > 0 {
		d.add("warehouse", Warned, warehouse.FileName, d.command("run"), "a run was ended in the middle; the next one finishes it", "上次运行中断，下次运行会完成")
		return nil
	}
	if err := warehouse.Whole(ctx, path); err != nil {
		d.add("warehouse", Faulty, warehouse.FileName, d.command("rebuild"), "%[1]v", "%[1]v", office.FirstLine(err))
		return nil
	}
	return d.compareWarehouse(ctx)
}

// published looks at what readers open.
func (d *doctor) published(ctx context.Context) error {
	last, ok := d.z.LastPublication()
	file, err := warehouse.Newest(d.z.Published())
	if errors.Is(err, fs.ErrNotExist) {
		if last.Program != "" {
			d.add("published", Faulty, "published/taizhang.duckdb", d.command("run"), "it is missing", "文件丢失")
		}
		return nil
	}
	if err == nil {
		if err = warehouse.Sound(d.z.Published()); err == nil {
			err = warehouse.Whole(ctx, file)
		}
	}
	rel := "published/" + filepath.Base(file)
	switch {
	case err != nil:
		d.add("published", Faulty, rel, d.command("run"), "%[1]v", "%[1]v", office.FirstLine(err))
	case !ok:
		d.add("published", Faulty, "published/publication.json", d.command("run"), "it is missing or damaged", "丢失或损坏")
	case d.heldBack(rel):
	default:
		d.add("published", Sound, "", "", "as of %[1]s, every block is whole", "截至%[1]s，每个数据块完好", last.AsOf)
	}
	kept, err := warehouse.History(d.z.Published())
	if err != nil {
		return err
	}
	for _, k := range kept {
		if err := warehouse.Whole(ctx, k.Path); err != nil {
			d.add("published", Warned, "published/history/"+k.Name+".duckdb", "", "an earlier publication is damaged: %[1]v", "一份历史发布已损坏：%[1]v", office.FirstLine(err))
		}
	}
	plain, err := d.z.PlainFiles(ctx, nil)
	if err != nil {
		return err
	}
	if len(plain) > 0 {
		d.add("published", Warned, plain[0], office.RemoveCommand(d.z, plain), "%[1]s", "%[1]s", office.PlainNote(d.z, plain))
	}
	for _, f := range d.z.Forms.Forms {
		path := d.z.LedgerFile(f)
		if _, err := os.Stat(path); last.Ledgers[f.ID] != "" && errors.Is(err, fs.ErrNotExist) && d.hasRows(ctx, file, transform.ViewName(f.Title)) {
			d.add("published", Faulty, "published/汇总台账/"+filepath.Base(path), d.command("models run"), "it is missing", "文件丢失")
		}
	}
	return nil
}

// hasRows says whether a published view has rows: the workbook of one that has none isn't written.
func (d *doctor) hasRows(ctx context.Context, file, view string) bool {
	db, err := warehouse.ReadOnly(file, warehouse.Options{TimeZone: d.z.Timezone})
	if err != nil {
		return false
	}
	defer db.Close()
	n, err := warehouse.Strings(ctx, db.Conn, "select cast(count(*) as varchar) from main."+warehouse.Ident(view))
	return err == nil && len(n) == 1 && n[0] != "0"
}

// state looks at what the service notes of its jobs.
func (d *doctor) state(ctx context.Context) error {
	s, err := state.View(ctx, d.z.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		return s.Close()
	}
	if d.o.Mend && errors.Is(err, state.ErrDamaged) {
		if store, set, f := d.kept(state.FileName, ""); f != nil {
			_, err := state.SetAside(d.z.Dir, d.o.Clock())
			if err == nil {
				err = store.Extract(f, filepath.Join(d.z.Dir, state.FileName))
			}
			if err == nil {
				d.add("state", Mended, state.FileName, "", "it was damaged; put back from backup %[1]s", "原已损坏，已从备份 %[1]s 补回", set.Name)
				return nil
			}
		}
	}
	d.add("state", Faulty, state.FileName, d.command("doctor --mend"), "%[1]v", "%[1]v", office.FirstLine(err))
	return nil
}

// papers looks for issued papers that are gone.
func (d *doctor) papers(context.Context) error {
	path := filepath.Join(d.z.Summaries(), "issued.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var issued []struct {
		File    string
		Sum     string `json:"sha256"`
		Pending bool
	}
	if len(text) == 0 || json.Unmarshal(text, &issued) != nil {
		if d.o.Mend {
			if store, set, f := d.kept("summaries/issued.json", ""); f != nil && store.Extract(f, path) == nil {
				d.add("papers", Mended, "summaries/issued.json", "", "it was empty or damaged; put back from backup %[1]s", "原为空或已损坏，已从备份 %[1]s 补回", set.Name)
				return nil
			}
		}
		d.add("papers", Faulty, "summaries/issued.json", d.command("doctor --mend --from "+backupsWord()), "the list of what was issued is empty or damaged", "印发目录为空或已损坏")
		return nil
	}
	lost, seen := 0, map[string]bool{}
	for _, i := range slices.Backward(issued) {
		if seen[i.File] {
			continue
		}
		seen[i.File] = true
		path := filepath.Join(d.z.Summaries(), filepath.FromSlash(i.File))
		what := wrong(path, i.Sum)
		if what == damagedWord && i.Sum == "" { // an older program noted none
			what = ""
		}
		if what == "" || what == lostWord && i.Pending {
			continue
		}
		lost++
		d.putBackPaper("summaries/"+i.File, i.Sum, what)
	}
	if lost == 0 {
		d.add("papers", Sound, "", "", "%[1]d issued papers are there", "已印发的%[1]d份材料都在", len(issued))
	}
	return nil
}

// putBackPaper tells of an issued paper that is gone, or not what was issued. One that somebody wrote to is left alone.
func (d *doctor) putBackPaper(rel, sum, what string) {
	if what == damagedWord {
		d.add("papers", Warned, rel, "", "it is not what was issued: somebody wrote to it, or it is damaged", "内容与印发时不一致：有人改动过，或已损坏")
		return
	}
	store, set, f := d.kept(rel, sum)
	switch {
	case f == nil:
		d.add("papers", Warned, rel, "", "this issued paper is gone, and in no backup that is known here", "这份已印发的材料不在了，已知的备份中也没有")
	case !d.o.Mend:
		d.add("papers", Faulty, rel, d.command("doctor --mend"), "this issued paper is gone; backup %[1]s has it", "这份已印发的材料不在了；备份 %[1]s 中有", set.Name)
	default:
		if err := store.Extract(f, filepath.Join(d.z.Dir, filepath.FromSlash(rel))); err != nil {
			d.add("papers", Faulty, rel, "", "this issued paper can't be put back: %[1]v", "这份已印发的材料补回失败：%[1]v", err)
			return
		}
		d.add("papers", Mended, rel, "", "put back from backup %[1]s", "已从备份 %[1]s 补回", set.Name)
	}
}

// leftovers are files that runs which were ended left half-written, databases set aside, and originals that the journal
// doesn't name.
func (d *doctor) leftovers(context.Context) error {
	if !d.idle() {
		return nil // they may be somebody's work
	}
	var left []string
	err := filepath.WalkDir(d.z.Dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			if errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
			return err
		}
		if durable.IsLeftover(e.Name()) && !strings.HasPrefix(path, d.z.Inbox()+string(filepath.Separator)) {
			left = append(left, path)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range []string{".rebuild", ".rebuild.wal", ".damaged", ".damaged.wal"} {
		if _, err := os.Stat(d.z.Warehouse() + name); err == nil {
			left = append(left, d.z.Warehouse()+name)
		}
	}
	older := d.z.OlderName()
	_, err = os.Stat(older)
	if keptOlder := err == nil; keptOlder && (d.o.Mend || len(left) > 0) {
		left = append(left, older)
	} else if keptOlder {
		d.add("leftovers", Warned, filepath.Base(older), d.command("doctor --mend"), "the warehouse as it was before this program migrated it is kept; it can go once the figures are seen to be right", "升级前的数据库还保留着，核对数据无误后可以清除")
		return nil
	}
	if len(left) == 0 {
		d.add("leftovers", Sound, "", "", "none", "没有")
		return nil
	}
	if d.o.Mend {
		if err := durable.Remove(left...); err != nil {
			d.add("leftovers", Faulty, "", "", "%[1]v", "%[1]v", office.FirstLine(err))
			return nil
		}
		d.add("leftovers", Mended, "", "", "%[1]d files of work that was ended were removed", "清除了%[1]d个中断遗留的文件", len(left))
		return nil
	}
	rel, _ := filepath.Rel(d.z.Dir, left[0]) // it was found there
	d.add("leftovers", Warned, filepath.ToSlash(rel), d.command("doctor --mend"), "%[1]d files of work that was ended lie about", "有%[1]d个中断遗留的文件", len(left))
	return nil
}

// waiting names what holds single units up.
func (d *doctor) waiting(context.Context) error {
	list, err := d.z.Troubles()
	if err != nil {
		return nil // the journal: told already
	}
	for _, t := range list {
		d.add("waiting", Faulty, "", d.command("run"), "%[1]s", "%[1]s", t)
	}
	return nil
}

// roomTimes is how many times the warehouse must fit on the disk: a run, its publication, and the one before.
const roomTimes = 3

// disk looks for room, and whether the folders can be written.
func (d *doctor) disk(context.Context) error {
	size := int64(0)
	if info, err := os.Stat(d.z.Warehouse()); err == nil {
		size = info.Size()
	}
	const mb = 1 << 20
	need := size + 64*mb
	free, files := office.FreeSpace(d.z.Dir)
	switch {
	case free >= 0 && free < need:
		d.add("disk", Faulty, "", "", "%[1]d MB are free; a run needs %[2]d MB: make room", "剩余%[1]d MB，运行需要%[2]d MB：请清理磁盘", free/mb, need/mb)
	case files >= 0 && files < 200:
		d.add("disk", Faulty, "", "", "only %[1]d more files fit on the disk: remove some", "磁盘只能再放%[1]d个文件：请清理", files)
	case free >= 0 && free < roomTimes*need:
		d.add("disk", Warned, "", "", "%[1]d MB are free, of which a run needs %[2]d MB", "剩余%[1]d MB，一次运行需要%[2]d MB", free/mb, need/mb)
	case free >= 0:
		d.add("disk", Sound, "", "", "%[1]d MB are free", "剩余%[1]d MB", free/mb)
	}
	for _, dir := range []string{d.z.Dir, d.z.Inbox(), d.z.Outbox(), d.z.Archive(), d.z.Published(), d.z.Summaries()} {
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			continue // the next run makes it
		}
		rel, _ := filepath.Rel(d.z.Dir, dir) // it is in the zone
		switch {
		case err != nil:
			d.add("permissions", Faulty, filepath.ToSlash(rel), "", "%[1]v", "%[1]v", err)
		case !info.IsDir():
			d.add("permissions", Faulty, filepath.ToSlash(rel), "", "a file stands where a folder should be", "此处应是文件夹，却是文件")
		case !office.CanWrite(dir):
			d.add("permissions", Faulty, filepath.ToSlash(rel), "", "this user may not write there", "当前用户没有写入权限")
		}
	}
	return nil
}
