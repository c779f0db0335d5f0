package trino

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/ingest"
	"taizhang/internal/warehouse"
	"taizhang/queries"
	"taizhang/queries/weekly"
	"taizhang/transform"
)

// NotPortable names, with file, line and column, what Trino would read
// differently in a zone's own models, checks, metrics, saved queries and weekly.
// A zone that asks DuckDB alone may leave it so.
func NotPortable(z *office.Zone) ([]error, error) {
	types := columnTypes(z)
	models, err := transform.Load(z.Models...)
	if err != nil {
		return nil, err
	}
	checks, err := transform.LoadAssertions(z.Models...)
	if err != nil {
		return nil, err
	}
	var out []error
	for _, m := range append(models, checks...) {
		if !strings.HasPrefix(m.File, "models/") {
			continue
		}
		for _, e := range transform.Lint(m, types) {
			out = append(out, e)
		}
	}
	for _, f := range z.Metrics.NotPortable(false, types) {
		out = append(out, f)
	}
	dir := filepath.Join(z.Dir, "queries")
	if _, err := os.Stat(filepath.Join(dir, "saved")); err == nil {
		faults, err := queries.SavedNotPortable(os.DirFS(filepath.Join(dir, "saved")), types)
		if err != nil {
			return nil, err
		}
		for _, f := range faults {
			out = append(out, f)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "weekly.yaml")); err == nil {
		d, err := weekly.LoadDir(os.DirFS(dir), z.Metrics)
		if err != nil {
			return nil, err
		}
		for _, f := range d.NotPortable(false, types) {
			out = append(out, f)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return out, nil
}

// columnTypes are those of columns by name, where all tables that have one agree.
func columnTypes(z *office.Zone) map[string]string {
	out := map[string]string{}
	add := func(t warehouse.Table) {
		for _, c := range t.Columns {
			if have, ok := out[c.Name]; ok && have != c.SQLType {
				out[c.Name] = ""
				continue
			}
			out[c.Name] = c.SQLType
		}
	}
	for _, t := range warehouse.Tables() {
		add(t)
	}
	for _, f := range z.Forms.Forms {
		add(ingest.RawTable(f))
	}
	return out
}
