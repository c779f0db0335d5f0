package office

import (
	"context"
	"path/filepath"
	"slices"

	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// Rolled is what a rollback did.
type Rolled struct {
	warehouse.Publication
	From, To Shown
}

// Shown is a publication that readers see or saw: its name among those kept, and the point of its figures.
type Shown struct {
	Name  string
	Point warehouse.Point
}

// Rollback publishes a kept publication again: by name, or the one before what readers see, so that doing it once more goes
// back further. Returns and the warehouse stay as they are: a run without news leaves it, and a rebuild is compared with
// the publication that it took the place of. The caller holds the zone's lock.
func (z *Zone) Rollback(ctx context.Context, name string) (*Rolled, error) {
	kept, err := warehouse.History(z.Published())
	if err != nil {
		return nil, err
	}
	last, noted := z.LastPublication()
	k, err := earlier(kept, last.Shown, name)
	if err != nil {
		return nil, err
	}
	to, err := z.pointOf(k.Path)
	if err != nil { // every figure would be gone, and no run would bring them back, since nothing is new
		return nil, refuse("%[1]s can't be published again: this program can't read it (%[2]w); nothing was changed", "%[1]s 不能重新发布：本程序读不了它（%[2]w）；数据没有改动", k.Name, err)
	}
	out := &Rolled{From: Shown{Name: last.Shown}, To: Shown{k.Name, to}}
	if file, err := warehouse.Newest(z.Published()); err == nil {
		out.From.Point, _ = z.pointOf(file) // what is damaged is replaced all the same
	}
	again := slices.ContainsFunc(kept, func(k warehouse.Kept) bool { return k.Name == last.Shown })
	if out.Publication, err = warehouse.Republish(ctx, z.Published(), k, again); err != nil {
		return nil, err
	}
	if !again {
		if kept, err = warehouse.History(z.Published()); err != nil {
			return nil, err
		}
		if len(kept) > 0 {
			out.From.Name = kept[0].Name // the one that was replaced just now
		}
	}
	if !noted {
		return out, nil
	}
	switch {
	case last.RolledBack == "" && !again:
		last.RolledBack = out.From.Name
	case k.Name == last.RolledBack:
		last.RolledBack = "" // the newest is back
	case last.RolledBack == "":
		last.RolledBack = last.Shown // the newest had been put back
	}
	last.Shown = k.Name
	return out, z.notePublication(last)
}

// earlier finds a kept publication: by name, or the newest before the one that is shown.
func earlier(kept []warehouse.Kept, shown, name string) (warehouse.Kept, error) {
	for _, k := range kept {
		if name == k.Name || name == filepath.Base(k.Path) || name == "" && (shown == "" || k.Name < shown) {
			return k, nil
		}
	}
	switch {
	case name != "":
		return warehouse.Kept{}, lang.Errorf("no publication %s is kept; see: taizhang models rollback --list", "没有保留名为 %s 的发布；名单见：taizhang models rollback --list", name)
	case shown != "" && len(kept) > 0:
		return warehouse.Kept{}, lang.Errorf("%[1]s is shown, and no earlier publication is kept; for a later one name it: taizhang models rollback --list", "现在显示的是 %[1]s，没有保留更早的发布；要换成较晚的一次请写它的名称：taizhang models rollback --list", shown)
	}
	return warehouse.Kept{}, lang.Errorf("no earlier publication is kept yet", "还没有保留以前的发布")
}

// pointOf is the point of the figures in a publication that this program can answer from.
func (z *Zone) pointOf(file string) (warehouse.Point, error) {
	r, err := queries.Open(file, z.Metrics)
	if err != nil {
		return warehouse.Point{}, err
	}
	return r.Published(), r.Close()
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

// Shown names the kept publication that was published again, "" where readers see what a run published.
func (z *Zone) Shown() string {
	last, _ := z.LastPublication()
	return last.Shown
}

// RollbackNote says of a zone that is RolledBack what its readers see and how it ends; nil of others.
func (z *Zone) RollbackNote() error {
	if !z.RolledBack() {
		return nil
	}
	return lang.Say("an earlier publication was put up again by models rollback; newer figures are not shown until something new comes in, or: taizhang %[1]s --zone %[2]s",
		"现在显示的是 models rollback 恢复的以前的发布；有新内容之前不会显示更新的数字，要重新发布请执行：taizhang %[1]s --zone %[2]s", PublishAnew, z.Dir)
}
