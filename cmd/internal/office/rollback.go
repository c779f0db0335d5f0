package office

import (
	"context"
	"path/filepath"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Rollback publishes a kept publication again, by name or the newest. Returns and the warehouse stay as they are, so
// that a run without news leaves it, and a rebuild is compared with the publication that it took the place of. The
// caller holds the zone's lock.
func (z *Zone) Rollback(ctx context.Context, name string) (warehouse.Publication, error) {
	before, err := warehouse.History(z.Published())
	if err != nil {
		return warehouse.Publication{}, err
	}
	p, err := warehouse.Republish(ctx, z.Published(), name)
	if err != nil {
		return p, err
	}
	last, ok := z.LastPublication()
	if !ok {
		return p, nil
	}
	if name == "" {
		name = before[0].Name
	}
	switch kept, err := warehouse.History(z.Published()); {
	case err != nil:
		return p, err
	case last.RolledBack == "":
		last.RolledBack = kept[0].Name // the one that was replaced just now
	case filepath.Base(name) == last.RolledBack || filepath.Base(name) == last.RolledBack+".duckdb":
		last.RolledBack = "" // the newest is back
	}
	return p, z.notePublication(last)
}

// comparable is the file that holds what was published last from the warehouse, "" where it is kept no more.
func (z *Zone) comparable(last publication) (string, error) {
	if last.RolledBack == "" {
		return z.PublishedFile(), nil
	}
	kept, err := warehouse.History(z.Published())
	if err != nil {
		return "", err
	}
	for _, k := range kept {
		if k.Name == last.RolledBack {
			return k.Path, nil
		}
	}
	return "", nil
}

// PublishAnew publishes from what is there, whether anything is new or not.
const PublishAnew = "models run --full"

// RolledBack says whether an earlier publication was put up again, and nothing has been published since.
func (z *Zone) RolledBack() bool {
	last, _ := z.LastPublication()
	return last.RolledBack != ""
}

// RollbackNote says of a zone that is RolledBack what its readers see and how it ends; nil of others.
func (z *Zone) RollbackNote() error {
	if !z.RolledBack() {
		return nil
	}
	return lang.Say("an earlier publication was put up again by models rollback; newer figures are not shown until something new comes in, or: taizhang %[1]s --zone %[2]s",
		"现在显示的是 models rollback 恢复的以前的发布；有新内容之前不会显示更新的数字，要重新发布请执行：taizhang %[1]s --zone %[2]s", PublishAnew, z.Dir)
}
