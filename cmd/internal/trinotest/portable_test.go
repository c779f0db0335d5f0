package trinotest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/office/trino"
	"taizhang/internal/metric"
	"taizhang/queries"
	"taizhang/queries/weekly"
)

// TestBuiltInTextsArePortable: metrics, saved queries and the weekly keep to the SQL that DuckDB and Trino share.
func TestBuiltInTextsArePortable(t *testing.T) {
	c, err := metric.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.NotPortable(true, nil) {
		t.Error(f)
	}
	saved, err := queries.SavedNotPortable(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range saved {
		t.Error(f)
	}
	d, err := weekly.LoadDir(nil, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.NotPortable(true, nil) {
		t.Error(f)
	}
}

// TestZonesOwnTexts: what Trino would read differently in a zone's models, metrics, saved queries and weekly is named with its
// place; the zone loads all the same.
func TestZonesOwnTexts(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"taizhang.yaml":         "zone: 试验区\nsubmitters:\n  - {code: a, name: 甲局, kind: department}\n",
		"models/core/odd.sql":   "-- One row per problem.\n-- grain: zone, return_id, sheet, row_no\nselect zone, return_id, sheet, row_no, strftime(assigned_on, '%Y') as year\nfrom stg.problem\n",
		"queries/saved/odd.sql": "-- 甲\nselect count(*) / 2 as 半 from core.fct_problem\n",
		"queries/metrics.yaml":  "metrics:\n  odd:\n    label: 奇\n    unit: count\n    definition: 奇。\n    fact: problem\n    value: {agg: count, where: \"extract(isoyear from assigned_on) = 2022\"}\n",
		"queries/weekly.yaml":   "extends: built-in\nwords:\n  odd_word: select string_agg(name, ',') from core.dim_submitter\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	z, err := office.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	found, err := trino.NotPortable(z)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range found {
		all = append(all, e.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"models/core/odd.sql:3:", "queries/saved/odd.sql:2:17:", "queries/saved/odd.sql:2:24:", "metrics.yaml:7:32:", "queries/weekly.yaml:3:"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing is named at %s:\n%s", want, text)
		}
	}
}
