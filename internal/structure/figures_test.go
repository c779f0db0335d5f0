package structure

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestQueriesOnlyRead: what people ask writes nothing; tables of figures are made by transform/mart.
func TestQueriesOnlyRead(t *testing.T) {
	writes := regexp.MustCompile(`["` + "`" + `](?:[^"` + "`" + `]*;)?\s*(?i:insert into|delete from|update |create |drop |alter |copy )`)
	seen := 0
	for _, s := range tree(t) {
		if s.Test || room(s.Package) != "queries" {
			continue
		}
		seen++
		if m := writes.FindString(read(t, s.Path)); m != "" {
			t.Errorf("%s writes to a database: %s", s.Path, m)
		}
	}
	if seen < 20 {
		t.Errorf("only %d files of queries were read", seen)
	}
	for _, text := range []string{"exec(`insert into x`)", `exec("begin; drop table x")`, "exec(`\n\t\tcreate table x`)"} {
		if !writes.MatchString(text) {
			t.Errorf("%s goes unnoticed", text)
		}
	}
}

// TestOneLayoutOfTimestamps: how a TIMESTAMP is written in SQL and results is warehouse.Stamp.
func TestOneLayoutOfTimestamps(t *testing.T) {
	var places []string
	for _, s := range tree(t) {
		if !s.Test && s.Package != "internal/structure" && strings.Contains(read(t, s.Path), `"2006-01-02 15:04:05.9`) {
			places = append(places, s.Path)
		}
	}
	if len(places) != 1 || places[0] != "internal/warehouse/point.go" {
		t.Errorf("the layout of timestamps stands in %v; it is warehouse.Stamp", places)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(fromRoot(path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestMeaningsStandInForms: which values of a list are closed, open, granted says the form; no SQL names them.
func TestMeaningsStandInForms(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "docs/tables.md"), "## What listed values mean")
	parts := strings.SplitN(rest, "```", 3)
	if len(parts) < 3 {
		t.Fatal("docs/tables.md lists no meanings")
	}
	var values []string
	for _, m := range regexp.MustCompile(`=(\S+)`).FindAllStringSubmatch(parts[1], -1) {
		values = append(values, strings.Split(m[1], ",")...)
	}
	if len(values) < 15 {
		t.Fatalf("only %d values mean something: %v", len(values), values)
	}
	texts := []string{"internal/metric/metrics.yaml", "queries/weekly/weekly.yaml"}
	models, err := filepath.Glob(fromRoot("transform/models/*/*.sql"))
	if err != nil || len(models) < 50 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	for _, m := range models {
		texts = append(texts, strings.TrimPrefix(filepath.ToSlash(m), filepath.ToSlash(fromRoot(""))+"/"))
	}
	gives := regexp.MustCompile(`(?:then|else) '[^']*'`) // what a model calls something, not what it asks for
	for _, name := range texts {
		text := gives.ReplaceAllString(read(t, name), "")
		for _, v := range values {
			if strings.Contains(text, "'"+v+"'") {
				t.Errorf("%s names %s: its form says what it means (<field>_means)", name, v)
			}
		}
	}
}
