package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDocuments is the twin of `make generate`: the generated pages say what the declarations say.
func TestDocuments(t *testing.T) {
	for _, d := range documents {
		want, err := d.text()
		if err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		got, err := os.ReadFile(filepath.Join("../../docs", d.name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("docs/%s is stale: run make generate", d.name)
		}
	}
}
