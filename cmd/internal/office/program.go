package office

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"sync"

	"taizhang/internal/archive"
)

// identity says which program this is by what is in it: the SHA-256 of its file. A copied, moved or touched program is
// the same one; anything that was built differently is another, whose tables and figures are made anew.
type identity struct {
	Program string `json:"program"`
	// ProgramFile is a fingerprint of the file's path, size and time. Where it is that of the last publication the file,
	// of some 80 MB, is not read again.
	ProgramFile string `json:"program_file,omitempty"`
}

// executable is the file of the running program as this process first saw it. One that is replaced while `serve` runs is
// the next program's.
type executable struct {
	path, mark string
	mutex      sync.Mutex
	hash       string
}

var running = sync.OnceValue(func() *executable {
	path, err := os.Executable()
	if err != nil {
		return &executable{}
	}
	return &executable{path: path, mark: markOf(path)}
})

// markOf is a fingerprint of a file's path, size and time; "" where it can't be told.
func markOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", path, info.Size(), info.ModTime().UnixNano()))
	return hex.EncodeToString(sum[:8])
}

// identify tells which program it is; known is what the last publication says. The identity of a file that can't be told
// is empty, and like no other's.
func (e *executable) identify(known identity) identity {
	if e.mark == "" {
		return identity{}
	}
	if known.ProgramFile == e.mark && known.Program != "" {
		return known
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.hash == "" {
		hash, err := archive.HashFile(e.path)
		switch {
		case err != nil:
			return identity{}
		case markOf(e.path) != e.mark: // replaced meanwhile: what was read isn't what runs
			hash = "replaced " + e.mark
		}
		e.hash = hash
	}
	return identity{e.hash, e.mark}
}

// MadeByAnother says whether what is published was made by another build of the program, whose models needn't have what
// this one's papers ask for; the next run makes it anew.
func (z *Zone) MadeByAnother() bool {
	last, known := z.LastPublication()
	now := running().identify(last.identity)
	return known && last.Program != "" && now.Program != "" && now.Program != last.Program
}
