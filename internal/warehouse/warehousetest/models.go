package warehousetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"testing"

	"taizhang/internal/warehouse"
)

var readsTable = regexp.MustCompile(`(?m)(?:from|join)\s+((?:raw|ctl|stg|core|mart)\.[a-z_]+)`)

// BuildModels builds the models of transform/models from their files and
// stores their texts in ctl.model: tests of readers need the tables, not the
// room that makes them.
func BuildModels(t testing.TB, db *warehouse.DB) {
	t.Helper()
	BuildEdited(t, db, nil)
}

// BuildEdited is BuildModels with other texts for some models: name → edit of its text.
func BuildEdited(t testing.TB, db *warehouse.DB, edits map[string]func(string) string) {
	t.Helper()
	ctx := context.Background()
	_, here, _, _ := runtime.Caller(0)
	root := filepath.Join(filepath.Dir(here), "../../../transform/models")
	files, err := filepath.Glob(filepath.Join(root, "*", "*.sql"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models in %s: %v", root, err)
	}
	texts := map[string]string{}
	for _, f := range files {
		if filepath.Base(filepath.Dir(f)) == "check" {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(filepath.Dir(f))+"."+strings.TrimSuffix(filepath.Base(f), ".sql")] = string(b)
	}
	for n, edit := range edits {
		edited := edit(texts[n])
		if edited == texts[n] {
			t.Fatalf("the edit of %s changes nothing", n)
		}
		texts[n] = edited
	}
	names := make([]string, 0, len(texts))
	for n := range texts {
		names = append(names, n)
	}
	sort.Strings(names)
	done := map[string]bool{}
	var stored [][]any
	var build func(name string)
	build = func(name string) {
		if done[name] || texts[name] == "" {
			return
		}
		done[name] = true
		var reads []string
		for _, m := range readsTable.FindAllStringSubmatch(texts[name], -1) {
			reads = append(reads, m[1])
			build(m[1])
		}
		kind := "table"
		if strings.HasPrefix(name, "stg.") {
			kind = "view"
		}
		Exec(t, db, "create or replace "+kind+" "+name+" as "+texts[name])
		stored = append(stored, []any{name, strings.Split(name, ".")[0], "", texts[name], fmt.Sprint(len(stored) + 1), strings.Join(reads, " ")})
	}
	for _, n := range names {
		build(n)
	}
	if err := warehouse.Empty(ctx, db.Conn, "ctl.model"); err != nil {
		t.Fatal(err)
	}
	load(t, db, "ctl.model", stored)
}
