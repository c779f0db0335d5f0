package sheettest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// CorpusDir is where the real files are; they are not part of the repository.
func CorpusDir(t testing.TB) string {
	dir := os.Getenv("TAIZHANG_CORPUS")
	if dir == "" {
		dir = "../../../../shared/corpus"
	}
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.tsv")); err != nil {
		t.Skipf("no corpus at %s (set TAIZHANG_CORPUS)", dir)
	}
	return dir
}

// CorpusFile is a file of the corpus and what is known of it.
type CorpusFile struct {
	Name, Shows, Expected, Reference string
	Cells                            []CorpusCell
}

// CorpusCell is what a cell holds as others read it.
type CorpusCell struct{ Sheet, Ref, Type, Value string }

// ReadCorpus reads the list of files and cells.
func ReadCorpus(t testing.TB, dir string) []*CorpusFile {
	byName := map[string]*CorpusFile{}
	var files []*CorpusFile
	for i, line := range strings.Split(strings.TrimRight(string(Must(os.ReadFile(filepath.Join(dir, "MANIFEST.tsv")))), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 6 {
			continue
		}
		c := &CorpusFile{Name: f[0], Shows: f[3], Expected: f[4], Reference: f[5]}
		files = append(files, c)
		byName[c.Name] = c
	}
	z := Must(gzip.NewReader(bytes.NewReader(Must(os.ReadFile(filepath.Join(dir, "cells.tsv.gz"))))))
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	un := strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n")
	for sc.Scan() {
		f := strings.SplitN(sc.Text(), "\t", 5)
		if c := byName[f[0]]; c != nil && len(f) == 5 {
			c.Cells = append(c.Cells, CorpusCell{f[1], f[2], f[3], un.Replace(f[4])})
		}
	}
	if sc.Err() != nil {
		t.Fatal(sc.Err())
	}
	return files
}
