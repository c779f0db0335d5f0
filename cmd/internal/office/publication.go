package office

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

	"taizhang/ingest/forms"
	"taizhang/internal/archive"
	"taizhang/internal/calendar"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// publication is what the last publication was made from, kept beside it: if nothing of it has changed, a run has nothing to do.
type publication struct {
	AsOf         calendar.Date `json:"as_of"`
	Declarations string        `json:"declarations"`
	identity
	Journal     int64     `json:"journal"` // its length: every arrival and decision makes it longer
	PublishedAt time.Time `json:"published_at"`
	Deferred    bool      `json:"deferred,omitempty"`
	Erasure     int       `json:"erasure,omitempty"` // the last one that it knows of
	// Told is the last arrival whose outcome a run has told; nil: not known, since an earlier program noted it.
	Told *int `json:"told,omitempty"`
	// RolledBack is the kept publication that all this is true of, where an earlier one was published again.
	RolledBack string `json:"rolled_back,omitempty"`
	// Shown is the kept publication that was published again last, by name; going back further begins there.
	Shown string `json:"shown,omitempty"`
	// Ledgers are the fingerprints of the consolidated workbooks, by form.
	Ledgers map[string]string `json:"ledgers,omitempty"`
	// LedgerFiles are how these files looked when they were written, by form: one that is gone or another is written again.
	// It is nil only in what an earlier program noted; empty where none could be written.
	LedgerFiles map[string]ledgerMark `json:"ledger_files"`
}

// PublicationFile is the note beside what is published: what it was made from.
func (z *Zone) PublicationFile() string { return filepath.Join(z.Published(), "publication.json") }

// current is what a publication made now would be made from.
func (z *Zone) current(now time.Time, a *archive.Archive) (publication, error) {
	p, err := z.CurrentAt(now, a.Size())
	if err != nil {
		return p, err
	}
	p.Erasure, err = lastErasure(a)
	return p, err
}

// CurrentAt is current for a journal of that length, without its last erasure.
func (z *Zone) CurrentAt(now time.Time, journal int64) (publication, error) {
	p := publication{AsOf: z.Today(now), Journal: journal, PublishedAt: now.Truncate(time.Microsecond)}
	last, _ := z.LastPublication()
	p.identity = running().identify(last.identity)
	h := sha256.New()
	h.Write(z.config)
	fmt.Fprintf(h, "\x00%s\x00%s", forms.LearnedFile, z.learned)
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
			rel, err := filepath.Rel(z.Dir, path) // a zone that moves is the same zone
			if err != nil {
				return err
			}
			fmt.Fprintf(h, "\x00%s\x00%d\x00", filepath.ToSlash(rel), len(text))
			h.Write(text)
			return nil
		})
		if err != nil {
			return p, lang.Errorf("read declarations: %w", "读取配置：%w", err)
		}
	}
	p.Declarations = hex.EncodeToString(h.Sum(nil))
	return p, nil
}

// same says whether two publications are made from the same things.
func (p publication) same(o publication) bool {
	return p.AsOf == o.AsOf && p.Declarations == o.Declarations && p.Program != "" && p.Program == o.Program && p.Journal == o.Journal && !p.Deferred && !o.Deferred
}

// LastPublication tells what was published; false where nothing is, or it can't be told from what.
func (z *Zone) LastPublication() (publication, bool) {
	var p publication
	text, err := os.ReadFile(z.PublicationFile())
	if err != nil || json.Unmarshal(text, &p) != nil {
		return publication{}, false
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
	return durable.WriteBytes(z.PublicationFile(), 0o644, append(text, '\n'))
}
