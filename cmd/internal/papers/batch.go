package papers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
	"taizhang/queries/weekly"
)

// batch is the papers of one issue on their way: staged first, then named in the list as pending, then placed, then
// no longer pending. Killed anywhere, the next issue makes of it what an undisturbed one would have made.
type batch struct {
	z      *office.Zone
	point  warehouse.Point
	at     time.Time
	list   []Paper // what was issued, with what is new at its end
	staged []*durable.Staged
	old    int  // how many of the list were issued before
	dry    bool // nothing is written
}

// paper gives the file that holds this content: one that was issued for the same date, or else a new one, which write
// writes, under a name that nothing has. base is its name within summaries/ without suffix.
func (b *batch) paper(kind, base, suffix, content string, write func(io.Writer) error) (path string, isNew bool, err error) {
	name := base + suffix
	for n := 2; ; n++ {
		taken, same, err := b.taken(kind, name, content)
		if err != nil {
			return "", false, err
		}
		if same {
			return Paper{File: name, AsOf: b.point.AsOf}.Path(b.z), false, nil
		}
		if !taken {
			break
		}
		name = fmt.Sprintf("%s_r%d%s", base, n, suffix)
	}
	path = filepath.Join(b.z.Summaries(), filepath.FromSlash(name))
	if b.dry {
		return path, false, nil
	}
	if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", false, err
	}
	sum := sha256.New()
	s, err := durable.Stage(filepath.Dir(path), 0o644, func(w io.Writer) error { return write(io.MultiWriter(w, sum)) })
	if err != nil {
		return "", false, lang.Errorf("write %s: %w", "写 %s：%w", path, err)
	}
	b.staged = append(b.staged, s)
	b.list = append(b.list, Paper{File: name, Kind: kind, AsOf: b.point.AsOf, KnownAt: b.point.KnownAt, IssuedAt: b.at,
		Content: content, Sum: hex.EncodeToString(sum.Sum(nil)), Pending: true})
	return path, true, nil
}

// taken says whether a name is that of another paper or file, or already that of this content for the same date.
func (b *batch) taken(kind, name, content string) (taken, same bool, err error) {
	for i, p := range slices.Backward(b.list) {
		if p.File != name {
			continue
		}
		if i >= b.old || p.AsOf != b.point.AsOf || p.Kind != kind || p.Content != content {
			return true, false, nil // also where it is lost: another content never takes the name of an issued paper
		}
		_, err := os.Stat(p.Path(b.z))
		if errors.Is(err, fs.ErrNotExist) {
			return false, false, nil // a lost one is made again under its name
		}
		return err == nil, err == nil, err
	}
	_, err = os.Stat(filepath.Join(b.z.Summaries(), filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	return err == nil, false, err
}

// issuedOf is how many papers of a kind the year of this issue has so far.
func (b *batch) issuedOf(kind string) (n int) {
	for _, p := range b.list {
		if p.Kind == kind && p.AsOf.Year() == b.point.AsOf.Year() {
			n++
		}
	}
	return n
}

// said keeps what the workbook that was just staged says.
func (b *batch) said(s *weekly.Said) { b.list[len(b.list)-1].Said = s }

// issue places what is staged. What could not be placed is not issued; the rest is.
func (b *batch) issue() error {
	if len(b.staged) == 0 {
		return nil
	}
	b.list = slices.DeleteFunc(b.list, b.replaced())
	forget(b.list)
	if err := writeList(b.z, b.list); err != nil {
		return err
	}
	var faults []error
	fresh := b.list[len(b.list)-len(b.staged):]
	for i, s := range b.staged {
		if err := s.Place(fresh[i].Path(b.z)); err != nil {
			faults = append(faults, err)
			continue
		}
		fresh[i].Pending = false
	}
	b.list = slices.DeleteFunc(b.list, func(p Paper) bool { return p.Pending })
	return errors.Join(append(faults, writeList(b.z, b.list))...)
}

// replaced says which of the older entries name a file that is made again.
func (b *batch) replaced() func(Paper) bool {
	again := map[string]bool{}
	for _, p := range b.list[b.old:] {
		again[p.File] = true
	}
	n := -1
	return func(p Paper) bool {
		n++
		return n < b.old && again[p.File]
	}
}

// discard removes what is staged and was not placed.
func (b *batch) discard() {
	for _, s := range b.staged {
		s.Discard()
	}
}
