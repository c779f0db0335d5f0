package warehouse

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/internal/durable"
)

// Readable is a publication to read.
type Readable struct {
	Path string
	// Note says why it isn't the newest publication under its own name, "" where it is.
	Note string

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
		trouble = &Trouble{filepath.Join(dir, Published), "the file is gone"}
	} else if !errors.As(err, &trouble) {
		return nil, err
	}
	kept, e := History(dir)
	if e != nil {
		return nil, errors.Join(err, e)
	}
	for _, k := range kept {
		if sound(k.Path, nil) == nil {
			return &Readable{Path: k.Path, Note: fmt.Sprintf("%v; answering from the earlier publication %s (the next `taizhang run` mends it)", trouble, k.Name)}, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	r, e := privateCopy(path, published)
	if e != nil {
		return nil, fmt.Errorf("%w, and no earlier publication is kept (%v)\nhint: `taizhang run` publishes it anew", trouble, e)
	}
	r.Note = fmt.Sprintf("%v; answering from a copy of it as it was published (the next `taizhang run` mends it)", trouble)
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
