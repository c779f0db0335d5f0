package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"taizhang/internal/archive"
	"taizhang/internal/calendar"
)

// publication is what the last publication was made from, kept beside it: if nothing of it has changed, a run has nothing to do.
type publication struct {
	AsOf         calendar.Date `json:"as_of"`
	Declarations string        `json:"declarations"`
	Program      string        `json:"program"`
	Arrivals     int           `json:"arrivals"`
	Decisions    int           `json:"decisions"`
	PublishedAt  time.Time     `json:"published_at"`
	Deferred     bool          `json:"deferred,omitempty"`
}

func (z *Zone) publicationFile() string { return filepath.Join(z.Published(), "publication.json") }

// current is what a publication made now would be made from.
func (z *Zone) current(now time.Time, a *archive.Archive) (publication, error) {
	p := publication{AsOf: z.Today(now), Arrivals: a.NextArrival(), Decisions: a.NextDecision(), PublishedAt: now}
	exe, err := os.Executable()
	if err == nil {
		if info, err := os.Stat(exe); err == nil {
			p.Program = fmt.Sprintf("%d-%d", info.Size(), info.ModTime().UnixNano())
		}
	}
	h := sha256.New()
	h.Write(z.config)
	for _, dir := range []string{"forms", "models", "queries"} {
		err := filepath.WalkDir(filepath.Join(z.Dir, dir), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "\x00%s\x00%d\x00", path, len(text))
			h.Write(text)
			return nil
		})
		if err != nil {
			return p, fmt.Errorf("read declarations: %w", err)
		}
	}
	p.Declarations = hex.EncodeToString(h.Sum(nil))
	return p, nil
}

// same says whether two publications are made from the same things.
func (p publication) same(o publication) bool {
	return p.AsOf == o.AsOf && p.Declarations == o.Declarations && p.Program == o.Program && p.Arrivals == o.Arrivals &&
		p.Decisions == o.Decisions && !p.Deferred && !o.Deferred
}

func (z *Zone) lastPublication() (publication, bool) {
	var p publication
	text, err := os.ReadFile(z.publicationFile())
	if err != nil || json.Unmarshal(text, &p) != nil {
		return p, false
	}
	if _, err := os.Stat(z.PublishedFile()); err != nil {
		return p, false
	}
	return p, true
}

func (z *Zone) notePublication(p publication) error {
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return err
	}
	return writeFile(z.publicationFile(), append(text, '\n'), 0o644)
}
