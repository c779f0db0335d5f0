package office

import (
	"context"
	"path/filepath"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// Rollback publishes a kept publication again, by name or the newest. Returns and the warehouse stay as they are, so
// that a run without news leaves it, and a rebuild is compared with the publication that it took the place of. The
// caller holds the zone's lock.
func (z *Zone) Rollback(ctx context.Context, name string) (warehouse.Publication, error) {
	before, err := warehouse.History(z.Published())
	if err != nil {
		return warehouse.Publication{}, err
	}
	if err := z.refuseUnreadable(before, name); err != nil {
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

// refuseUnreadable refuses a publication that this program can't answer from: every figure would be gone, and no run would
// bring them back, since nothing is new.
func (z *Zone) refuseUnreadable(kept []warehouse.Kept, name string) error {
	for _, k := range kept {
		if name != "" && name != k.Name && name != filepath.Base(k.Path) {
			continue
		}
		r, err := queries.Open(k.Path, z.Metrics)
		if err != nil {
			return refuse("%[1]s can't be published again: this program can't read it (%[2]w); nothing was changed", "%[1]s 不能重新发布：本程序读不了它（%[2]w）；数据没有改动", k.Name, err)
		}
		return r.Close()
	}
	return nil // Republish says that there is none
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
