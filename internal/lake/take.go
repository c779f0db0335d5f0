package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Take copies what one lake holds of a zone into another, which may be the same: what is there already stays, every file is
// read and compared with its hash, then the manifest is replaced. The error is a *Damage where a file isn't what the
// manifest says: the other lake then says what it said before.
func Take(from string, m *Manifest, to string) (copied int, err error) {
	wanted := map[string]bool{}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			wanted[f.Path] = true
			err := Verify(to, f)
			var damage *Damage
			if errors.As(err, &damage) && from != to {
				copied++
				err = takeFile(from, f, to)
			}
			if err != nil {
				return copied, err
			}
		}
	}
	if from == to {
		return 0, nil
	}
	if err := durable.MkdirAll(filepath.Join(to, zonesDir, m.Zone), 0o755); err != nil {
		return copied, err
	}
	if err := m.write(to); err != nil {
		return copied, err
	}
	return copied, walk(to, m.Zone, func(at string) error {
		if name := path.Base(at); wanted[at] || !ours(name) && !durable.IsLeftover(name) {
			return nil
		}
		return durable.Remove(filepath.Join(to, filepath.FromSlash(at)))
	})
}

// takeFile copies a file, unless what is read isn't what its name says.
func takeFile(from string, f File, to string) error {
	target := filepath.Join(to, filepath.FromSlash(f.Path))
	if err := durable.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return durable.Write(target, 0o644, func(w io.Writer) error {
		src, err := os.Open(filepath.Join(from, filepath.FromSlash(f.Path)))
		if errors.Is(err, fs.ErrNotExist) {
			return &Damage{f.Path, lang.Say("the file is gone", "文件不见了")}
		}
		if err != nil {
			return err
		}
		defer src.Close()
		h := sha256.New()
		n, err := io.Copy(io.MultiWriter(w, h), src)
		switch {
		case err != nil:
			return err
		case n != f.Bytes:
			return &Damage{f.Path, lang.Say("it has %d bytes, not %d", "有%d字节，应为%d字节", n, f.Bytes)}
		case hex.EncodeToString(h.Sum(nil)) != f.SHA256:
			return &Damage{f.Path, lang.Say("its content has changed (the SHA-256 is another)", "内容被改动过（SHA-256 不符）")}
		}
		return nil
	})
}

// Content names what a manifest's files hold: equal texts, equal rows.
func (m *Manifest) Content() string {
	h := sha256.New()
	fmt.Fprintln(h, m.Schema, m.Name)
	for _, t := range m.Tables {
		fmt.Fprintln(h, t.Name, t.Columns)
		for _, f := range t.Files {
			fmt.Fprintln(h, f.SHA256)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// ofZone are the control tables that each zone brings along where zones are joined. Forms, targets and the business day are
// those of whoever joins them.
var ofZone = []string{"ctl.zone", "ctl.submitter", "ctl.submitter_alias", "ctl.obligation", "ctl.calendar"}

// Load puts the rows that a lake holds of a zone in the place of those that a warehouse has of it, in the caller's
// transaction. Tables and columns that the warehouse lacks are left out: they belong to forms that nobody there declares.
// Numbers of returns and names of units are made unlike those of other zones (see qualified).
func Load(ctx context.Context, conn warehouse.Querier, dir string, m *Manifest) error {
	columns := map[string][]string{}
	err := warehouse.Each(ctx, conn, "select table_schema || '.' || table_name, column_name from information_schema.columns where table_schema in ('raw', 'ctl') order by 1, ordinal_position", func(v []any) error {
		columns[text(v[0])] = append(columns[text(v[0])], text(v[1]))
		return nil
	})
	if err != nil {
		return err
	}
	units, err := m.units(ctx, conn, dir)
	if err != nil {
		return lang.Errorf("load the forms of zone %s: %w", "载入园区 %s 的表样：%w", m.Zone, err)
	}
	names := ""
	if t := m.Table("ctl.submitter"); t != nil && len(t.Files) > 0 {
		names = "(select name from " + m.read(dir, *t) + ")"
	}
	for _, t := range m.Tables {
		if columns[t.Name] == nil || !strings.HasPrefix(t.Name, "raw.") && !slices.Contains(ofZone, t.Name) {
			continue
		}
		name := t.in("")
		script := []string{"delete from " + name + " where zone = " + warehouse.Quote(m.Zone)}
		if len(t.Files) > 0 {
			var into, from []string
			for _, c := range t.Columns {
				if slices.Contains(columns[t.Name], c.Name) {
					into = append(into, warehouse.Ident(c.Name))
					e := qualified(t.Name, c.Name, m.Zone, m.Name)
					if units[t.Name+"."+c.Name] && names != "" {
						e = "case when " + e + " in " + names + " then " + begun(c.Name, m.Name) + " else " + e + " end"
					}
					from = append(from, e)
				}
			}
			script = append(script, "insert into "+name+" ("+strings.Join(into, ", ")+") select "+strings.Join(from, ", ")+" from "+m.read(dir, t))
		}
		for _, q := range script {
			if _, err := conn.ExecContext(ctx, q); err != nil {
				return lang.Errorf("load %s of zone %s: %w", "载入园区 %[2]s 的 %[1]s：%[3]w", t.Name, m.Zone, err)
			}
		}
	}
	return nil
}

// units are the columns of raw tables that name units, as the zone declares them.
func (m *Manifest) units(ctx context.Context, conn warehouse.Querier, dir string) (map[string]bool, error) {
	out := map[string]bool{}
	t := m.Table("ctl.form_column")
	if t == nil || len(t.Files) == 0 {
		return out, nil
	}
	got, err := warehouse.Strings(ctx, conn, "select 'raw.' || form || '.' || field from "+m.read(dir, *t)+" where type = 'unit'")
	for _, g := range got {
		out[g] = true
	}
	return out, err
}

// read is a table of a zone as DuckDB reads it.
func (m *Manifest) read(dir string, t Table) string {
	files := make([]string, len(t.Files))
	for i, f := range t.Files {
		files[i] = warehouse.Quote(filepath.Join(dir, filepath.FromSlash(f.Path)))
	}
	return "read_parquet([" + strings.Join(files, ", ") + "], union_by_name = true, hive_partitioning = false)"
}

// qualified is a column as it is where several zones stand together. Numbers of returns begin with the code of their zone
// (xt:000123-1), names of its units with its name (湘潭高新区产业局), also where rows name them: each is then one return, one unit, also for whoever knows
// of no zones. What is so already stays.
func qualified(table, column, zone, name string) string {
	switch {
	case column == "return_id" && strings.HasPrefix(table, "raw."):
		return begun(column, zone+":")
	case table == "ctl.submitter" && column == "name":
		return begun(column, name)
	}
	return warehouse.Ident(column)
}

// begun is a text that begins with a prefix, as it is where it does already.
func begun(column, prefix string) string {
	c, p := warehouse.Ident(column), warehouse.Quote(prefix)
	return "case when substr(" + c + ", 1, length(" + p + ")) = " + p + " then " + c + " else " + p + " || " + c + " end"
}

// Differing names what in the forms of a zone isn't as a warehouse declares it, of the forms that both have; none where
// their rows can stand together. The warehouse has its control tables.
func Differing(ctx context.Context, conn warehouse.Querier, dir string, m *Manifest) (out []string, err error) {
	for _, x := range []struct{ table, what, key string }{
		{"ctl.form", "title, mode, frequency", "form"},
		{"ctl.form_column", "field, title, type, is_required, is_key, is_sensitive", "form || '.' || field"},
		{"ctl.form_value", "field, value, coalesce(means, '') as means", "form || '.' || field || ' ' || value"},
	} {
		t := m.Table(x.table)
		if t == nil || len(t.Files) == 0 {
			continue
		}
		is := ""
		if x.table == "ctl.form_value" { // what rows of before called a value is a matter of each zone
			is = " where name = value"
		}
		theirs, ours := "(select form, "+x.what+" from "+m.read(dir, *t)+is+")", "(select form, "+x.what+" from "+t.in("")+is+")"
		got, err := warehouse.Strings(ctx, conn, "select distinct "+x.key+" from (select * from ((select * from "+theirs+" except select * from "+ours+") union all (select * from "+ours+" except select * from "+theirs+
			")) where form in (select form from "+theirs+") and form in (select form from "+ours+")) order by 1")
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}
