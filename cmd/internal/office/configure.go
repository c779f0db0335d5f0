package office

import (
	"bytes"
	"os"
	"path/filepath"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/zone"
)

// ErrChanged: somebody else has changed the file meanwhile.
var ErrChanged = lang.Errorf("taizhang.yaml was changed by somebody else meanwhile; nothing was written", "taizhang.yaml 刚才被别人改过，没有写入")

// Check says what is wrong with a text as the taizhang.yaml of a folder, as Configure does, and writes nothing.
func Check(dir string, text []byte) error {
	_, err := load(dir, text)
	return err
}

// Configure replaces taizhang.yaml by another text, if it still is what it was and the new one is right. Faults of the new
// one are *decl.Fault, joined. Where there was none, was is nil.
func Configure(dir string, was, text []byte) error {
	path := filepath.Join(dir, zone.FileName)
	now, err := os.ReadFile(path)
	if err != nil && !(os.IsNotExist(err) && was == nil) {
		return err
	}
	if was != nil && !bytes.Equal(now, was) || was == nil && err == nil {
		return ErrChanged
	}
	z, err := load(dir, text)
	if err != nil {
		return err
	}
	if err := durable.WriteBytes(path, 0o644, text); err != nil {
		return err
	}
	return z.EnsureFolders()
}
