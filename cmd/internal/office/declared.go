package office

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/ingest"
	"taizhang/ingest/forms"
	"taizhang/internal/warehouse"
	"taizhang/queries/weekly"
	"taizhang/transform"
	"taizhang/transform/mart"
)

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

// RefuseTypes says whether a form gives a column that holds values another type than they have, by what was published last.
func (z *Zone) RefuseTypes(ctx context.Context) (err error) {
	file, err := warehouse.Newest(z.Published())
	if err != nil {
		return nil // nothing was loaded yet, or it is told as that
	}
	db, err := warehouse.ReadOnly(file, warehouse.Options{TimeZone: z.Timezone})
	if err != nil {
		return nil
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return ingest.TypesFit(ctx, db.Conn, z.Forms)
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

// SavedQueries is the folder of the zone's saved queries, nil where it has none.
func (z *Zone) SavedQueries() fs.FS {
	dir := filepath.Join(z.Dir, "queries", "saved")
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil
	}
	return os.DirFS(dir)
}

// PlanModels are the built-in models and those of some folders, in building order, over the tables of a set of forms.
func PlanModels(ctx context.Context, set *forms.Set, own ...fs.FS) (models []transform.Model, err error) {
	db, err := warehouse.OpenMemory(warehouse.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := warehouse.Schema(ctx, db.Conn); err != nil {
		return nil, err
	}
	if err := ingest.EnsureTables(ctx, db.Conn, set); err != nil {
		return nil, err
	}
	return transform.Plan(ctx, db.Conn, transform.Options{Models: own})
}
