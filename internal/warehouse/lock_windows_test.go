package warehouse

import (
	"errors"
	"path/filepath"
	"testing"
)

// TestForeignOpenerInAnyLanguage: a program that has the warehouse open is told as that, whatever language Windows speaks.
func TestForeignOpenerInAnyLanguage(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	hold(t, t.TempDir(), path)
	var held *HeldError
	if _, err := Open(path, Options{}); !errors.As(err, &held) {
		t.Error(err)
	}
}
