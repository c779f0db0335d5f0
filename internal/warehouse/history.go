package warehouse

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// KeptPublications is how many earlier publications stay in published/history.
const KeptPublications = 5

// historyDir is the folder of earlier publications, within that of the publication.
const historyDir = "history"

// Kept is an earlier publication: taizhang-<time it was replaced>.duckdb.
type Kept struct {
	Name, Path string
	Bytes      int64
}

// History lists the earlier publications, newest first.
func History(dir string) ([]Kept, error) {
	entries, err := os.ReadDir(filepath.Join(dir, historyDir))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	var out []Kept
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "taizhang-") || !strings.HasSuffix(e.Name(), ".duckdb") {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		out = append(out, Kept{strings.TrimSuffix(e.Name(), ".duckdb"), filepath.Join(dir, historyDir, e.Name()), info.Size()})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name > out[j].Name })
	return out, nil
}

// keep puts the publication that is about to be replaced into the history: a
// hard link, where the file system has none a copy. The oldest beyond
// KeptPublications are removed; one that a reader holds goes the next time.
func keep(dir string, now time.Time) error {
	current := filepath.Join(dir, Published)
	if _, err := os.Stat(current); err != nil {
		return nil // the first publication
	}
	if err := durable.MkdirAll(filepath.Join(dir, historyDir), 0o755); err != nil {
		return err
	}
	to := filepath.Join(dir, historyDir, "taizhang-"+now.Format("20060102-150405.000000")+".duckdb")
	if err := durable.Duplicate(current, to, 0o644); err != nil {
		return err
	}
	list, err := History(dir)
	if err != nil {
		return err
	}
	for _, k := range list[min(len(list), KeptPublications):] {
		_, _ = removeSidecars(k.Path)
		os.Remove(k.Path)
	}
	return nil
}

// Republish publishes an earlier publication again. The one that it replaces is kept, unless that is one that is kept
// already, which was put up the same way. The caller holds the zone's Lock.
func Republish(ctx context.Context, dir string, k Kept, again bool) (Publication, error) {
	p, err := publish(ctx, k.Path, dir, !again) // the file of its own name: publish may remove the oldest ones
	if err != nil {
		return p, lang.Errorf("publish %s again: %w", "重新发布 %s：%w", k.Name, err)
	}
	return p, nil
}
