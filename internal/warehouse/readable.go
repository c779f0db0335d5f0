package warehouse

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Readable is a publication to read.
type Readable struct {
	Path string
	// Note says why it isn't the newest publication under its own name, "" where it is.
	Note string
	// Earlier: it is a publication before the newest, which can't be read.
	Earlier bool

	temporary string // folder to remove
}

// Close removes what was made for the reader.
func (r *Readable) Close() error {
	if r.temporary == "" {
		return nil
	}
	return os.RemoveAll(r.temporary)
}

// Find is the publication that readers should open: the newest, and where that
// one is in trouble the newest kept one that isn't; where none is kept, a copy
// of the newest without what lies beside it, if it is what was published.
// fs.ErrNotExist: nothing has been published.
func Find(dir string) (*Readable, error) {
	path, err := Newest(dir)
	published := marks(dir)
	if err == nil {
		err = sound(path, published)
	}
	if err == nil {
		return &Readable{Path: path}, nil
	}
	var trouble *Trouble
	if errors.Is(err, fs.ErrNotExist) {
		trouble = &Trouble{filepath.Join(dir, Published), lang.Phrase("the file is gone", "文件不见了")}
	} else if !errors.As(err, &trouble) {
		return nil, err
	}
	kept, e := History(dir)
	if e != nil {
		return nil, errors.Join(err, e)
	}
	for _, k := range kept {
		if sound(k.Path, nil) == nil {
			return &Readable{Path: k.Path, Earlier: true, Note: lang.Phrase("%v; answering from the earlier publication %s (the next `taizhang run` mends it)", "%v；现用较早的发布 %s 应答（下次 taizhang run 会修复）", trouble, k.Name)}, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	r, e := privateCopy(path, published)
	if e != nil {
		return nil, lang.Errorf("%w, and no earlier publication is kept (%v)\nhint: `taizhang run` publishes it anew", "%w，也没有保留更早的发布（%v）\n建议：执行 taizhang run 重新发布", trouble, e)
	}
	r.Note = lang.Phrase("%v; answering from a copy of it as it was published (the next `taizhang run` mends it)", "%v；现用发布时的副本应答（下次 taizhang run 会修复）", trouble)
	return r, nil
}

// privateCopy copies a published file away from its locks and logs.
func privateCopy(path string, published []mark) (*Readable, error) {
	dir, err := os.MkdirTemp("", "taizhang-published-")
	if err != nil {
		return nil, err
	}
	r := &Readable{Path: filepath.Join(dir, Published), temporary: dir}
	if err = durable.Write(r.Path, 0o600, durable.Copy(path)); err == nil {
		err = sound(r.Path, published)
	}
	if err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}
