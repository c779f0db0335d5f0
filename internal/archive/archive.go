// Package archive keeps what can't be made again: the originals that people
// sent, by content hash and untouched, and the journal of everything that
// happened to them. The warehouse can be rebuilt from an archive alone.
//
// Words: an original is the bytes of one file as sent, known by the hex SHA-256
// of its content; a declaration bundle is the text of all forms, submitters and
// schedules in force from one moment on; an event is one line of the journal;
// an arrival is pending until its leave event says that the file is dealt with
// and its receipt written.
//
//	archive/<2 hex>/<sha256>            originals
//	archive/declarations/<sha256>.json  bundles
//	archive/journal.jsonl               one event a line, only ever appended to
//
// One process at a time owns an archive (Open); any number may read it beside
// the owner (View). An Archive is safe for use by several goroutines.
package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

const (
	journalName     = "journal.jsonl"
	declarationsDir = "declarations"
	tempDir         = "tmp"
)

// ErrErased is what Get returns for an original that was erased.
var ErrErased = lang.Errorf("archive: original was erased", "档案：原件已清除")

// Archive is one archive folder.
type Archive struct {
	// Clock gives the time noted as `recorded` in every event; time.Now unless set.
	Clock func() time.Time

	dir      string
	readOnly bool

	mu      sync.Mutex
	journal *durable.Log // nil in a view
	size    int64        // of the journal as we know it
	broken  error        // why nothing may be appended any more
	torn    int
	state   state
}

// Open opens an archive as its owner, making the folder if need be. It repairs
// what a crash left behind: a torn last line of the journal, unfinished files.
func Open(dir string) (*Archive, error) {
	a := &Archive{Clock: time.Now, dir: dir}
	for _, d := range []string{dir, a.path(declarationsDir), a.path(tempDir)} {
		if err := durable.MkdirAll(d, 0o700); err != nil {
			return nil, lang.Errorf("archive: %w", "档案：%w", err)
		}
	}
	left, err := os.ReadDir(a.path(tempDir))
	if err != nil {
		return nil, lang.Errorf("archive: %w", "档案：%w", err)
	}
	for _, e := range left {
		_ = os.Remove(filepath.Join(a.path(tempDir), e.Name())) // a leftover does no harm
	}
	if err := a.openJournal(); err != nil {
		return nil, err
	}
	return a, nil
}

// View opens an existing archive for reading only, beside its owner. It sees
// the journal as it stands at each call; Append, Put and Declare are refused.
func View(dir string) (*Archive, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, lang.Errorf("archive: %w", "档案：%w", err)
	}
	return &Archive{Clock: time.Now, dir: dir, readOnly: true}, nil
}

// Close ends the use of the archive.
func (a *Archive) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.journal == nil {
		return nil
	}
	err := a.journal.Close()
	a.journal = nil
	return err
}

// Hash gives the name under which content is kept.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// HashOf is [Hash] of what a reader gives, which memory needn't hold.
func HashOf(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// HashFile is [Hash] of a file's content.
func HashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return HashOf(f)
}

// Put keeps an original and gives its hash. When it returns without error the
// content is on the disk. The same content again costs one comparison; a copy
// found damaged is replaced.
func (a *Archive) Put(content []byte) (string, error) {
	p := a.Puts()
	defer p.Discard()
	hash, err := p.Put(content)
	if err == nil {
		err = p.Commit()
	}
	return hash, err
}

// Puts keeps many originals at the price of few: they are on the disk once
// Commit has returned without error, not before.
type Puts struct {
	a     *Archive
	batch durable.Batch
}

// Puts begins to keep originals. Commit or Discard must follow.
func (a *Archive) Puts() *Puts { return &Puts{a: a} }

// Put begins to keep an original, as [Archive.Put] does, and gives its hash. The content must not change before Commit.
func (p *Puts) Put(content []byte) (string, error) {
	hash := Hash(content)
	if err := p.a.keep(&p.batch, filepath.Join(hash[:2], hash), hash, content); err != nil {
		return "", lang.Errorf("archive: keep original %s: %w", "档案：保存原件 %s：%w", hash[:12], err)
	}
	return hash, nil
}

// Commit puts on the disk what is to be kept.
func (p *Puts) Commit() error {
	if err := p.batch.Commit(); err != nil {
		return lang.Errorf("archive: keep originals: %w", "档案：保存原件：%w", err)
	}
	return nil
}

// Discard forgets what was not committed.
func (p *Puts) Discard() { p.batch.Discard() }

// PutFrom keeps an original that is too large to be held in memory, as Put does, and gives its size too.
func (a *Archive) PutFrom(src io.Reader) (hash string, size int64, err error) {
	if a.readOnly {
		return "", 0, errReadOnly
	}
	h := sha256.New()
	s, err := durable.Stage(a.path(tempDir), 0o600, func(w io.Writer) error {
		_, err := durable.Sparse(w, io.TeeReader(src, h))
		return err
	})
	if err != nil {
		return "", 0, lang.Errorf("archive: keep an original: %w", "档案：保存一份原件：%w", err)
	}
	defer s.Discard()
	hash = hex.EncodeToString(h.Sum(nil))
	path := a.path(hash[:2], hash)
	if err = durable.MkdirAll(filepath.Dir(path), 0o700); err == nil {
		err = s.Place(path)
	}
	if err != nil {
		return "", 0, lang.Errorf("archive: keep original %s: %w", "档案：保存原件 %s：%w", hash[:12], err)
	}
	return hash, s.Size(), nil
}

// Get gives the bytes of an original. It checks them against the hash, so what
// it returns is what was sent.
func (a *Archive) Get(hash string) ([]byte, error) {
	if !validHash(hash) {
		return nil, lang.Errorf("archive: %q is not a SHA-256", "档案：%q 不是 SHA-256", hash)
	}
	content, err := a.verified(filepath.Join(hash[:2], hash), hash)
	if errors.Is(err, fs.ErrNotExist) {
		if erased, e := a.erased(hash); e == nil && erased {
			return nil, fmt.Errorf("%w: %s", ErrErased, hash[:12])
		}
	}
	return content, err
}

// Path gives where an original lies, for those who only need to name it.
func (a *Archive) Path(hash string) (string, error) {
	if !validHash(hash) {
		return "", lang.Errorf("archive: %q is not a SHA-256", "档案：%q 不是 SHA-256", hash)
	}
	return a.path(hash[:2], hash), nil
}

// Declare notes that bundle is in force from now on and gives its hash. It adds
// an event only where the bundle differs from the last one in force.
func (a *Archive) Declare(bundle []byte) (string, error) {
	hash := Hash(bundle)
	if a.Declared() == hash {
		if _, err := a.Declaration(hash); err == nil {
			return hash, nil
		}
	}
	var batch durable.Batch
	err := a.keep(&batch, filepath.Join(declarationsDir, hash+".json"), hash, bundle)
	if err == nil {
		err = batch.Commit()
	}
	if err != nil {
		return "", lang.Errorf("archive: keep declarations %s: %w", "档案：保存配置 %s：%w", hash[:12], err)
	}
	if a.Declared() == hash {
		return hash, nil
	}
	return hash, a.Append(Event{Event: Declare, Hash: hash})
}

// Declaration gives the bytes of a declaration bundle.
func (a *Archive) Declaration(hash string) ([]byte, error) {
	if !validHash(hash) {
		return nil, lang.Errorf("archive: %q is not a SHA-256", "档案：%q 不是 SHA-256", hash)
	}
	return a.verified(filepath.Join(declarationsDir, hash+".json"), hash)
}

// keep adds to a batch what is to be written under a name that its hash decides, unless it is there.
func (a *Archive) keep(batch *durable.Batch, name, hash string, content []byte) error {
	if a.readOnly {
		return errReadOnly
	}
	if _, err := a.verified(name, hash); err == nil {
		return nil
	}
	path := a.path(name)
	if err := durable.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	batch.AddFrom(a.path(tempDir), path, 0o600, content)
	return nil
}

// verified reads a file and checks that its content has the hash.
func (a *Archive) verified(name, hash string) ([]byte, error) {
	content, err := os.ReadFile(a.path(name))
	if err != nil {
		return nil, lang.Errorf("archive: %w", "档案：%w", err)
	}
	if got := Hash(content); got != hash {
		return nil, lang.Errorf("archive: %s is damaged: its content has the hash %s", "档案：%s 已损坏：其内容的校验值为 %s", name, got[:12])
	}
	return content, nil
}

func (a *Archive) path(parts ...string) string {
	return filepath.Join(append([]string{a.dir}, parts...)...)
}

// validHash keeps anything but a hash out of file names.
func validHash(s string) bool {
	if len(s) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
