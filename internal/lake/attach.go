package lake

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Names of the scripts that give the tables of a lake to an engine.
const (
	AttachDuckDB = "attach.duckdb.sql"
	AttachTrino  = "attach.trino.sql"
)

// DefaultLocation is where Trino sees a lake that is the root of its local file system (local.location).
const DefaultLocation = "local:///"

// shared are the control tables that say nothing of a zone: every zone exports them, and of equal keys one row counts. The
// columns are their keys.
var shared = map[string]string{
	"ctl.run":         "",
	"ctl.form":        "form",
	"ctl.form_column": "form, seq",
	"ctl.form_value":  "form, field, seq",
}

// Attach writes the scripts that give a lake to DuckDB and to Trino, where they aren't what they should be. They name
// tables and columns of all zones, not files or zones, so they change only where a table or a column is new. Zones that
// don't agree on a column's type are named in the notes. Another process may do the same at the same time.
func Attach(dir, location string) (notes []lang.Text, err error) {
	if location == "" {
		location = DefaultLocation
		if kept := locationIn(filepath.Join(dir, AttachTrino)); kept != "" {
			location = kept
		}
	}
	for {
		all, damaged, err := Manifests(dir)
		if err != nil {
			return nil, err
		}
		notes = nil
		for _, d := range damaged {
			notes = append(notes, lang.Say("%v", "%v", d))
		}
		tables, conflicts := union(all)
		notes = append(notes, conflicts...)
		for name, text := range map[string]string{AttachDuckDB: forDuckDB(tables), AttachTrino: forTrino(tables, location)} {
			if have, err := os.ReadFile(filepath.Join(dir, name)); err == nil && bytes.Equal(have, []byte(text)) {
				continue
			}
			if err := durable.WriteBytes(filepath.Join(dir, name), 0o644, []byte(text)); err != nil {
				return nil, err
			}
		}
		again, _, err := Manifests(dir)
		if err != nil {
			return nil, err
		}
		if after, _ := union(again); slices.EqualFunc(tables, after, sameTable) {
			return notes, nil
		}
	}
}

func sameTable(a, b Table) bool {
	return a.Name == b.Name && slices.Equal(a.Columns, b.Columns) && (len(a.Files) == 0) == (len(b.Files) == 0)
}

// Manifests reads the manifests of all zones of a lake; those that can't be used are given beside them.
func Manifests(dir string) (all []*Manifest, damaged []*ManifestError, err error) {
	zones, err := Zones(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, z := range zones {
		m, err := ReadManifest(dir, z)
		var unusable *ManifestError
		switch {
		case errors.As(err, &unusable):
			damaged = append(damaged, unusable)
		case errors.Is(err, fs.ErrNotExist): // gone meanwhile
		case err != nil:
			return nil, nil, err
		default:
			all = append(all, m)
		}
	}
	return all, damaged, nil
}

// union is the tables of all zones with every column that some zone has, and a file where some zone has one.
func union(all []*Manifest) (tables []Table, conflicts []lang.Text) {
	at := map[string]int{}
	for _, m := range all {
		for _, t := range m.Tables {
			i, ok := at[t.Name]
			if !ok {
				i = len(tables)
				at[t.Name] = i
				tables = append(tables, Table{Name: t.Name})
			}
			u := &tables[i]
			for _, c := range t.Columns {
				k := slices.IndexFunc(u.Columns, func(have Column) bool { return have.Name == c.Name })
				if k < 0 {
					u.Columns = append(u.Columns, c)
				} else if u.Columns[k].Type != c.Type {
					conflicts = append(conflicts, lang.Say("zone %[1]s has %[2]s.%[3]s as %[4]s, other zones as %[5]s: the tables can't be read together", "园区 %[1]s 的 %[2]s.%[3]s 是 %[4]s，其他园区是 %[5]s：这些表不能合在一起读", m.Zone, t.Name, c.Name, c.Type, u.Columns[k].Type))
				}
			}
			if len(u.Files) == 0 && len(t.Files) > 0 {
				u.Files = t.Files[:1]
			}
		}
	}
	sort.Slice(tables, func(i, k int) bool { return tables[i].Name < tables[k].Name })
	return tables, conflicts
}

// oneRowEach is a query for a shared table: of equal keys the row of the first zone, of the runs the latest.
func oneRowEach(t Table, from string) string {
	keys := shared[t.Name]
	columns := t.list()
	if keys == "" {
		parts := make([]string, len(t.Columns))
		for i, c := range t.Columns {
			parts[i] = "max(" + warehouse.Ident(c.Name) + ") as " + warehouse.Ident(c.Name)
		}
		return "select " + strings.Join(parts, ", ") + " from " + from
	}
	return "select " + columns + " from (select " + columns + ", row_number() over (partition by " + keys + " order by zone) as lake_n from " + from + ") as numbered where lake_n = 1"
}

func isShared(t Table) bool {
	_, ok := shared[t.Name]
	return ok && !t.has("zone")
}

// forDuckDB writes the views of a lake for DuckDB. They read the files that the manifests name at the time, no others.
func forDuckDB(tables []Table) string {
	var b strings.Builder
	b.WriteString(`-- The tables of this lake for DuckDB, written by taizhang export. In the folder of the lake: duckdb -init ` + AttachDuckDB + `
-- Elsewhere first: set variable lake = '/folder/of/the/lake'; The views read what the manifests name while this script runs:
-- run it again after an export.
set variable lake = coalesce(getvariable('lake'), '.');
create schema if not exists raw;
create schema if not exists ctl;
create or replace temp table lake_file as
    select z.zone, t.name as table_name, getvariable('lake') || '/' || f.path as path
    from read_json(getvariable('lake') || '/zones/*/manifest.json', columns = {zone: 'VARCHAR', tables: 'STRUCT(name VARCHAR, files STRUCT(path VARCHAR)[])[]'}) as z,
        unnest(z.tables) as u(t), unnest(t.files) as v(f);
`)
	for _, t := range tables {
		schema, name, _ := strings.Cut(t.Name, ".")
		view := schema + "." + warehouse.Ident(name)
		if len(t.Files) == 0 {
			parts := make([]string, len(t.Columns))
			for i, c := range t.Columns {
				parts[i] = "cast(null as " + c.Type + ") as " + warehouse.Ident(c.Name)
			}
			fmt.Fprintf(&b, "create or replace view %s as select %s where false;\n", view, strings.Join(parts, ", "))
			continue
		}
		variable := "lake_" + schema + "_" + name
		fmt.Fprintf(&b, "set variable %s = (select list(path order by path) from lake_file where table_name = %s);\n", warehouse.Ident(variable), warehouse.Quote(t.Name))
		from := "read_parquet(getvariable(" + warehouse.Quote(variable) + "), union_by_name = true, hive_partitioning = "
		if isShared(t) {
			fmt.Fprintf(&b, "create or replace view %s as %s;\n", view, oneRowEach(t, from+"true, hive_types_autocast = false)"))
			continue
		}
		fmt.Fprintf(&b, "create or replace view %s as select %s from %sfalse);\n", view, t.list(), from)
	}
	return b.String()
}

const locationMark = "-- location: "

// forTrino writes the tables of a lake for Trino's Hive connector. Statements end with a semicolon at the end of a line.
func forTrino(tables []Table, location string) string {
	var b strings.Builder
	b.WriteString(`-- The tables of this lake for Trino (Hive connector, catalog lake), written by taizhang export.
-- The catalog needs: hive.metastore=file, or another one; hive.storage-format=PARQUET; hive.parquet.time-zone=UTC;
-- hive.timestamp-precision=MICROSECONDS; fs.native-local.enabled=true and local.location=this folder, or another file system.
-- Run it again after exports: it finds the new partitions.
` + locationMark + location + "\n")
	for _, s := range []string{"raw", "ctl", "lake"} {
		fmt.Fprintf(&b, "create schema if not exists lake.%s;\n", s)
	}
	for _, t := range tables {
		schema, name, _ := strings.Cut(t.Name, ".")
		at := "lake." + schema + "." + warehouse.Ident(name)
		if isShared(t) {
			schema, at = "lake", "lake.lake."+warehouse.Ident(name)
		}
		var columns []string
		for _, c := range t.Columns {
			if c.Name != "zone" {
				columns = append(columns, warehouse.Ident(c.Name)+" "+trinoType(c.Type))
			}
		}
		columns = append(columns, "zone varchar", MonthKey+" varchar")
		fmt.Fprintf(&b, "create table if not exists %s (%s) with (external_location = %s, format = 'PARQUET', partitioned_by = array['zone', '%s']);\n",
			at, strings.Join(columns, ", "), warehouse.Quote(strings.TrimSuffix(location, "/")+"/"+tablesDir+"/"+t.Name), MonthKey)
		fmt.Fprintf(&b, "call lake.system.sync_partition_metadata(%s, %s, 'FULL');\n", warehouse.Quote(schema), warehouse.Quote(name))
		if isShared(t) {
			fmt.Fprintf(&b, "create or replace view lake.ctl.%s as %s;\n", warehouse.Ident(name), oneRowEach(t, at))
		}
	}
	return b.String()
}

// trinoType is a type as Trino spells it.
func trinoType(kind string) string {
	switch kind {
	case "TIMESTAMP":
		return "timestamp(6)"
	}
	return strings.ToLower(kind)
}

// locationIn is the location that a script was written for, "" where there is none.
func locationIn(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if at, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), locationMark); ok {
			return at
		}
	}
	return ""
}
