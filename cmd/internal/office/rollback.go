package office

import (
	"context"
	"path/filepath"

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
	last, ok := z.lastPublication()
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
