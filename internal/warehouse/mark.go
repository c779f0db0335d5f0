package warehouse

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// markName is the file beside a publication that says what was published, so
// that a file that somebody else wrote to, or that a disk damaged, is told.
const markName = "integrity.json"

// mark is what was published: the size and time of the file spare reading it
// again, the fingerprint tells a copied or touched one from an altered one.
type mark struct {
	Bytes       int64     `json:"bytes"`
	Modified    time.Time `json:"modified"`
	Fingerprint uint64    `json:"fingerprint,string"`
}

func marks(dir string) []mark {
	var list []mark
	text, err := os.ReadFile(filepath.Join(dir, markName))
	if err != nil || json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list
}

// noteMark says what is about to be published. Those before stay in the note,
// since a kill, or a reader on Windows, may keep the file from being replaced.
func noteMark(dir, staged string, fingerprint uint64) error {
	info, err := os.Stat(staged)
	if err != nil {
		return err
	}
	list := append([]mark{{info.Size(), info.ModTime(), fingerprint}}, marks(dir)...)
	text, err := json.MarshalIndent(list[:min(len(list), 4)], "", " ")
	if err != nil {
		return err
	}
	return durable.WriteBytes(filepath.Join(dir, markName), 0o644, append(text, '\n'))
}

// Trouble is why a published file is not to be read as it is: a program has it
// open for writing, or left its log beside it, or the file is no longer what
// was published.
type Trouble struct {
	Path string
	What string
}

func (t *Trouble) Error() string { return t.Path + ": " + t.What }

// Sound says whether the newest publication in dir can be read and is what was
// published: nil, fs.ErrNotExist or a *Trouble. The file itself is read only
// where its size or time is not the one noted.
func Sound(dir string) error {
	path, err := Newest(dir)
	if err != nil {
		return err
	}
	return sound(path, marks(dir))
}

func sound(path string, published []mark) error {
	for _, s := range sidecars(path) {
		if info, err := os.Stat(s); err == nil && (info.IsDir() || info.Size() > 0) {
			return &Trouble{path, lang.Phrase("a program that opened it for writing has left %s", "以写入方式打开它的程序留下了 %s", filepath.Base(s))}
		}
	}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return &Trouble{path, lang.Phrase("it can't be opened: %v", "打不开：%v", err)}
	}
	info, err := f.Stat()
	held := writeLocked(f)
	f.Close()
	switch {
	case err != nil:
		return err
	case held != 0:
		return &Trouble{path, heldText(held)}
	}
	for _, m := range published {
		if m.Bytes == info.Size() && m.Modified.Equal(info.ModTime()) {
			return nil
		}
	}
	fingerprint, err := scan(path)
	for _, m := range published {
		if m.Bytes == info.Size() && m.Fingerprint == fingerprint && fingerprint != 0 {
			return nil
		}
	}
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		return &Trouble{path, lang.Phrase("it is damaged: %s", "已损坏：%s", damaged.What)}
	case err != nil && !errors.Is(err, errLayout):
		return &Trouble{path, err.Error()}
	case len(published) > 0:
		return &Trouble{path, lang.Phrase("somebody has written to it since it was published", "发布之后有人改动过它")}
	}
	return nil
}

// sidecars are what a program that opened a database file for writing leaves
// beside it: its log (.wal, .wal.checkpoint, .wal.recovery) and what it
// spilled (.tmp, a folder).
func sidecars(path string) []string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), filepath.Base(path))
		if ok && (strings.HasPrefix(rest, ".wal") || strings.HasPrefix(rest, ".tmp")) {
			out = append(out, filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
	return out
}

// removeSidecars removes them and gives their names.
func removeSidecars(path string) (names []string, err error) {
	for _, s := range sidecars(path) {
		if e := os.RemoveAll(s); e != nil {
			err = errors.Join(err, e)
			continue
		}
		names = append(names, filepath.Base(s))
	}
	return names, err
}
