package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDocuments is the twin of `make generate`: the generated files say what the declarations say.
func TestDocuments(t *testing.T) {
	all, err := documents()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		want, err := d.text()
		if err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		got, err := os.ReadFile(filepath.Join("../..", d.name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is stale: run make generate", d.name)
		}
	}
}
