// Package backup keeps sets of files in a folder elsewhere, and gives them back.
// It knows nothing of what the files mean.
//
// Words: a store is the folder, on whatever can hold plain files (a USB stick, a
// share: no links, no long names, no file past 4 MB); a piece is up to that many
// bytes of a file, known by the hex SHA-256 of its content and kept once however
// many sets hold it; a set is what was backed up at one time, whole once its
// manifest lies in the store, which is written last; the owner is what the sets
// of a store are of.
//
//	taizhang-backup.json    what the store is, and whose
//	pieces/<2 hex>/<sha256> pieces
//	sets/<time>.json        manifests
//
// One process at a time writes to a store; its caller sees to that.
package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

const (
	markName  = "taizhang-backup.json"
	piecesDir = "pieces"
	setsDir   = "sets"
	format    = 1

	// pieceBytes is the size of a piece: small enough that a database of which little has changed costs little, and that
	// the files of a store fit any file system.
	pieceBytes = 4 << 20
)

// ErrNone is what Open returns where a folder holds no store, and Find where a store holds no set.
var ErrNone = lang.Errorf("no backup", "没有备份")

// Store is a folder of sets.
type Store struct {
	dir   string
	owner string
	have  map[string]int64 // sizes of the pieces that are there
}

// mark is what markName says.
type mark struct {
	Format int    `json:"format"`
	Owner  string `json:"owner"`
	About  string `json:"about"`
}

// Open opens a store to look into or to restore from.
func Open(dir string) (*Store, error) {
	text, err := os.ReadFile(filepath.Join(dir, markName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", dir, ErrNone)
	}
	if err != nil {
		return nil, lang.Errorf("open the backups: %w", "打开备份：%w", err)
	}
	var m mark
	if err := json.Unmarshal(text, &m); err != nil || m.Format == 0 {
		return nil, lang.Errorf("%s is damaged: it says nothing of the backups beside it", "%s 已损坏：无法得知旁边的备份", filepath.Join(dir, markName))
	}
	if m.Format > format {
		return nil, lang.Errorf("the backups in %s are of a newer program (format %d, this one knows %d)", "%s 中的备份由较新的程序写成（格式%d，本程序只认识到%d）", dir, m.Format, format)
	}
	return &Store{dir: dir, owner: m.Owner}, nil
}

// Create opens a store to write to, making it in an empty or missing folder; the folder above must be there. about is a
// text for whoever finds it.
func Create(dir, owner, about string) (*Store, error) {
	s, err := Open(dir)
	switch {
	case err == nil && s.owner != owner:
		return nil, lang.Errorf("%s holds the backups of %s, not of %s", "%s 中是 %s 的备份，不是 %s 的", dir, s.owner, owner)
	case err == nil:
		return s, nil
	case !errors.Is(err, ErrNone):
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err == nil {
		for _, e := range entries { // what systems put onto every medium is no content
			if !strings.HasPrefix(e.Name(), ".") && !slices.Contains([]string{"lost+found", "System Volume Information", "$RECYCLE.BIN"}, e.Name()) {
				return nil, lang.Errorf("%s holds other files (%s): name a folder of its own for backups", "%s 中有其他文件（%s）：请为备份单独指定一个文件夹", dir, e.Name())
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, lang.Errorf("open the backups: %w", "打开备份：%w", err)
	}
	if _, err := os.Stat(filepath.Dir(dir)); err != nil {
		return nil, lang.Errorf("there is no folder %s to make %s in", "没有文件夹 %s，无法在其中建立 %s", filepath.Dir(dir), filepath.Base(dir))
	}
	text, err := json.MarshalIndent(mark{format, owner, about}, "", " ")
	if err == nil {
		err = durable.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = durable.WriteBytes(filepath.Join(dir, markName), 0o600, append(text, '\n'))
	}
	if err != nil {
		return nil, lang.Errorf("begin a folder of backups: %w", "建立备份文件夹：%w", err)
	}
	return &Store{dir: dir, owner: owner}, nil
}

// Owner is what the sets are of.
func (s *Store) Owner() string { return s.owner }

// File is a file of a set.
type File struct {
	Path     string      `json:"path"`               // with slashes, relative to what is backed up
	PathRaw  []byte      `json:"path_raw,omitempty"` // where Path is no UTF-8
	Size     int64       `json:"size"`
	Mode     fs.FileMode `json:"mode"`
	Modified time.Time   `json:"modified"`
	Sum      string      `json:"sha256"`
	Pieces   []string    `json:"pieces,omitempty"` // none where the file is one piece, whose name is Sum
}

func (f *File) pieces() []string {
	if len(f.Pieces) > 0 {
		return f.Pieces
	}
	return []string{f.Sum}
}

// Set is what was backed up at one time.
type Set struct {
	Name    string           `json:"name"`
	At      time.Time        `json:"at"`
	Program string           `json:"program"`         // its version
	Turn    int              `json:"turn"`            // of reading older pieces again
	Facts   map[string]int64 `json:"facts,omitempty"` // what the owner wants to know of it again
	Files   []File           `json:"files"`
}

// Bytes is the size of all files.
func (s *Set) Bytes() (n int64) {
	for _, f := range s.Files {
		n += f.Size
	}
	return n
}

// File finds a file, nil where the set has none of that path.
func (s *Set) File(path string) *File {
	for i := range s.Files {
		if s.Files[i].Path == path {
			return &s.Files[i]
		}
	}
	return nil
}

// Sets gives the whole sets, oldest first, and says which manifests can't be read.
func (s *Store) Sets() (sets []*Set, damaged []error, err error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, setsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, lang.Errorf("list the backups: %w", "列出备份：%w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".json")
		if !ok || durable.IsLeftover(e.Name()) || strings.HasPrefix(name, ".") {
			continue
		}
		set, err := s.manifest(name)
		if err != nil {
			damaged = append(damaged, err)
			continue
		}
		sets = append(sets, set)
	}
	slices.SortFunc(sets, func(a, b *Set) int { return strings.Compare(a.Name, b.Name) })
	return sets, damaged, nil
}

// Find gives the set of a name, the newest for "".
func (s *Store) Find(name string) (*Set, error) {
	sets, damaged, err := s.Sets()
	if err != nil {
		return nil, err
	}
	if name == "" && len(sets) > 0 {
		return sets[len(sets)-1], nil
	}
	var names []string
	for _, set := range sets {
		if set.Name == name {
			return set, nil
		}
		names = append(names, set.Name)
	}
	if len(sets) == 0 {
		return nil, errors.Join(append([]error{lang.Errorf("%s: %w is whole", "%s：%w是完整的", s.dir, ErrNone)}, damaged...)...)
	}
	return nil, errors.Join(append([]error{lang.Errorf("%s holds no backup %s; there are: %s", "%s 中没有备份 %s；现有：%s", s.dir, name, strings.Join(names, ", "))}, damaged...)...)
}

func (s *Store) manifest(name string) (*Set, error) {
	path := filepath.Join(s.dir, setsDir, name+".json")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, lang.Errorf("read backup %s: %w", "读取备份 %s：%w", name, err)
	}
	sum, body, ok := bytes.Cut(text, []byte("\n"))
	var set Set
	if !ok || string(sum) != hashOf(body) || json.Unmarshal(body, &set) != nil || set.Name != name {
		return nil, lang.Errorf("backup %s is damaged: %s is not what was written", "备份 %s 已损坏：%s 与写入时不同", name, path)
	}
	for i := range set.Files {
		if f := &set.Files[i]; f.PathRaw != nil {
			f.Path, f.PathRaw = string(f.PathRaw), nil
		}
	}
	return &set, nil
}

// writeManifest makes a set whole.
func (s *Store) writeManifest(set *Set) error {
	out := *set
	out.Files = slices.Clone(set.Files)
	for i := range out.Files {
		if f := &out.Files[i]; !utf8.ValidString(f.Path) {
			f.PathRaw = []byte(f.Path)
		}
	}
	body, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, setsDir)
	if err := durable.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := durable.WriteBytes(filepath.Join(dir, set.Name+".json"), 0o600, append([]byte(hashOf(body)+"\n"), body...)); err != nil {
		return err
	}
	_, err = s.manifest(set.Name)
	return err
}

// inventory lists the pieces that are there, and removes what killed backups left half-written.
func (s *Store) inventory() error {
	s.have = map[string]int64{}
	var leftovers []string
	err := filepath.WalkDir(filepath.Join(s.dir, piecesDir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if durable.IsLeftover(d.Name()) {
			leftovers = append(leftovers, path)
			return nil
		}
		info, err := d.Info()
		if err == nil && len(d.Name()) == 2*sha256.Size {
			s.have[d.Name()] = info.Size()
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return lang.Errorf("look through the backups: %w", "检查备份：%w", err)
	}
	for _, dir := range []string{s.dir, filepath.Join(s.dir, setsDir)} {
		entries, _ := os.ReadDir(dir) // one that isn't there yet has no leftovers
		for _, e := range entries {
			if durable.IsLeftover(e.Name()) {
				leftovers = append(leftovers, filepath.Join(dir, e.Name()))
			}
		}
	}
	return durable.Remove(leftovers...)
}

func (s *Store) piece(name string) string { return filepath.Join(s.dir, piecesDir, name[:2], name) }

// read gives a piece, checked.
func (s *Store) read(name string) ([]byte, error) {
	content, err := readMedium(s.piece(name))
	if err != nil {
		return nil, err
	}
	if hashOf(content) != name {
		return nil, lang.Errorf("%s is damaged: its content is another", "%s 已损坏：内容已变", s.piece(name))
	}
	return content, nil
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
