package office

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/ingest"
	"taizhang/internal/archive"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/weekly"
	"taizhang/transform"
	"taizhang/transform/mart"
)

// declared says of the declarations what a run would: whether it would take them, and what of them nothing reads.
func (d *doctor) declared(ctx context.Context) error {
	z, faulty := d.z, false
	fault := func(err error) {
		if err != nil {
			faulty = true
			d.add("declarations", Faulty, "", "", "%[1]v", "%[1]v", err)
		}
	}
	var refusal *Refusal
	if err := d.moved(); errors.As(err, &refusal) { // else the journal: told by those who look at it
		fault(err)
	}
	if _, err := z.currentAt(d.o.Clock(), 0); err != nil {
		fault(err)
	} else {
		fault(z.TryDeclared(ctx))
		_, err := z.Weekly()
		fault(err)
		_, err = queries.SavedQueries(z.savedQueries())
		fault(err)
	}
	for _, u := range z.Unread() {
		d.add("declarations", Warned, u.Path, "", "%[1]s", "%[1]s", u.Say())
	}
	if !faulty {
		d.add("declarations", Sound, "", "", "%[1]s: %[2]d units, %[3]d forms", "%[1]s：%[2]d个单位，%[3]d种报表", z.Name, len(z.Submitters), len(z.Forms.Forms))
	}
	return ctx.Err()
}

// moved is refuseMoved by the journal as it lies there.
func (d *doctor) moved() error {
	a, err := archive.View(d.z.Archive())
	if err != nil {
		return err
	}
	declared, arrived := "", false
	for e, err := range a.All() {
		if err != nil {
			return err
		}
		switch e.Event {
		case archive.Declare:
			declared = e.Hash
		case archive.Arrive:
			arrived = true
		}
	}
	if !arrived {
		return nil
	}
	return d.z.refuseMovedFrom(a, declared)
}

// TryDeclared builds what the zone declares itself over no returns: the error is what a run would stop at.
func (z *Zone) TryDeclared(ctx context.Context) (err error) {
	if !z.declaresItself() {
		return nil
	}
	db, err := warehouse.OpenMemory(warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := warehouse.Schema(ctx, db.Conn); err != nil {
		return err
	}
	if err := ingest.EnsureTables(ctx, db.Conn, z.Forms); err != nil {
		return err
	}
	o := &Options{}
	o.fill()
	now := o.Clock()
	control := z.writeControl
	if z.Joined {
		control = z.writeShared
	}
	if err := control(ctx, db.Conn, z.Today(now), now, true); err != nil {
		return err
	}
	if _, err := transform.Run(ctx, db.Conn, transform.Options{Models: z.Models}); err != nil {
		return err
	}
	_, err = mart.Build(ctx, db.Conn, mart.Options{Catalogue: z.Metrics})
	return err
}

// declaresItself says whether the zone has forms, models, metrics or queries of its own.
func (z *Zone) declaresItself() bool {
	for _, dir := range ownFolders {
		if list, err := os.ReadDir(filepath.Join(z.Dir, dir)); err == nil && len(list) > 0 {
			return true
		}
	}
	return false
}

// ownFolders are where a zone declares forms, models, metrics and queries of its own.
var ownFolders = []string{"forms", "models", "queries"}

// Weekly reads the declaration of the zone's weekly workbook.
func (z *Zone) Weekly() (*weekly.Declaration, error) {
	var folder fs.FS
	dir := filepath.Join(z.Dir, "queries")
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		folder = os.DirFS(dir)
	}
	if z.Joined {
		return weekly.LoadJoined(folder, z.Metrics)
	}
	return weekly.LoadDir(folder, z.Metrics)
}

// savedQueries is the folder of the zone's saved queries, nil where it has none.
func (z *Zone) savedQueries() fs.FS {
	dir := filepath.Join(z.Dir, "queries", "saved")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(dir)
}

// heldBack tells of figures that the last run didn't publish, and of an earlier publication put up again.
func (d *doctor) heldBack(rel string) bool {
	r, _, err := d.z.Read()
	if err != nil {
		d.add("published", Faulty, rel, d.command("run"), "%[1]v", "%[1]v", firstLine(err))
		return true
	}
	defer r.Close()
	n := r.HeldBack()
	if n > 0 {
		d.add("published", Faulty, rel, d.command("sql @failed"), "newer figures are held back: %[1]d checks failed in the last run, these are the figures before it", "有更新的数字没有发布：最近一次运行有%[1]d项检查未通过，这里仍是此前的数字", n)
	}
	if said := d.z.RollbackNote(); said != nil {
		d.add("published", Warned, rel, d.command(publishAnew), "%[1]s", "%[1]s", said)
		return true
	}
	return n > 0
}

// publishAnew publishes from what is there, whether anything is new or not.
const publishAnew = "models run --full"

// RolledBack says whether an earlier publication was put up again, and nothing has been published since.
func (z *Zone) RolledBack() bool {
	last, _ := z.lastPublication()
	return last.RolledBack != ""
}

// RollbackNote says of a zone that is RolledBack what its readers see and how it ends; nil of others.
func (z *Zone) RollbackNote() error {
	if !z.RolledBack() {
		return nil
	}
	return lang.Say("an earlier publication was put up again by models rollback; newer figures are not shown until something new comes in, or: taizhang %[1]s --zone %[2]s",
		"现在显示的是 models rollback 恢复的以前的发布；有新内容之前不会显示更新的数字，要重新发布请执行：taizhang %[1]s --zone %[2]s", publishAnew, z.Dir)
}
