package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
	"taizhang/internal/warehouse"
)

// Options of an export.
type Options struct {
	Dir      string // of the lake; made where it is missing
	Program  string // version of taizhang
	Location string // where Trino sees Dir, such as s3://bucket/lake; default local:/// (its local file system, rooted there)
	Clock    func() time.Time
	// Progress, where given, is told how many tables are done.
	Progress func(done, total int64, what lang.Text)
}

// Report is what an export did for one zone.
type Report struct {
	Manifest *Manifest
	Written  []File   // new files
	Kept     int      // files that were there already
	Removed  []string // files that count no longer: corrected control tables, what was erased, what a killed export left
	Damaged  []*Damage
	Foreign  []string // files in the zone's folders that no export wrote: engines that read whole folders would read them
	Notes    []lang.Text
}

// Export brings a lake up to date with a publication: for each zone in it, what the lake has not yet is written, and then
// the zone's manifest is replaced. It may be killed at any time: the lake then holds what the manifest says, and the next
// export goes on. A damaged file is written anew. Several processes may export different zones into one lake at once; the
// error is a *warehouse.HeldError where another one exports the same zone.
func Export(ctx context.Context, publication string, o Options) ([]Report, error) {
	if err := durable.MkdirAll(o.Dir, 0o755); err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "taizhang-export-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	s, err := openSource(ctx, publication, scratch)
	if err != nil {
		return nil, err
	}
	defer s.db.Close()
	var zones []string
	known := map[string][2]string{}
	err = warehouse.Each(ctx, s.db.Conn, "select zone, name, timezone from "+warehouse.Beside+".ctl.zone order by zone", func(v []any) error {
		zone, name, tz := text(v[0]), text(v[1]), text(v[2])
		zones = append(zones, zone)
		known[zone] = [2]string{name, tz}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Report
	for _, zone := range zones {
		x := &export{source: s, Options: o, zone: zone, name: known[zone][0], timezone: known[zone][1]}
		r, err := x.run(ctx)
		if err != nil {
			return out, lang.Errorf("export zone %s: %w", "导出园区 %s：%w", zone, err)
		}
		out = append(out, *r)
	}
	notes, err := Attach(o.Dir, o.Location)
	if len(out) > 0 {
		out[0].Notes = append(out[0].Notes, notes...)
	}
	return out, err
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// export is the export of one zone.
type export struct {
	*source
	Options
	zone, name, timezone string

	was    *Manifest // what the lake holds, nil: nothing
	now    *Manifest
	report Report
	staged []staged
	old    map[string]bool // paths that the manifest before named
	intact map[string]bool // of them those whose content is right
}

// staged is a file that is written but has no name of its own yet.
type staged struct {
	temporary string
	file      File
}

func (x *export) run(ctx context.Context) (_ *Report, err error) {
	if err := durable.MkdirAll(filepath.Join(x.Dir, zonesDir, x.zone), 0o755); err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(x.timezone)
	if err != nil {
		return nil, lang.Errorf("zone %s: %w", "园区 %s：%w", x.zone, err)
	}
	owner, err := warehouse.LockFile(filepath.Join(x.Dir, zonesDir, x.zone, "export.lock"), "export", loc)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, owner.Release()) }()
	if err := x.compare(ctx); err != nil {
		return nil, err
	}
	if err := x.sweep(); err != nil {
		return nil, err
	}
	for i, t := range x.tables {
		if x.Progress != nil {
			x.Progress(int64(i), int64(len(x.tables)), lang.Say("exporting tables of %s", "导出 %s 的表", x.zone))
		}
		if err := x.table(ctx, t); err != nil {
			return nil, err
		}
	}
	return &x.report, x.place()
}

// compare reads what the lake holds and how far this publication is; it refuses another zone's lake and one that is ahead.
func (x *export) compare(ctx context.Context) error {
	was, err := ReadManifest(x.Dir, x.zone)
	var unusable *ManifestError
	switch {
	case errors.As(err, &unusable) && !unusable.Newer:
		x.report.Notes = append(x.report.Notes, lang.Say("the manifest was damaged and is made anew: %v", "清单已损坏，重新生成：%v", err))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	x.was, x.old, x.intact = was, map[string]bool{}, map[string]bool{}
	m := &Manifest{Format: Format, Schema: warehouse.Format, Program: x.Program, Engine: x.engine, Zone: x.zone, Name: x.name, Timezone: x.timezone, Cuts: []Cut{}}
	var last Cut
	zone := warehouse.Quote(x.zone)
	err = warehouse.Each(ctx, x.db.Conn, `select cast(as_of as varchar), cast(known_at as varchar),
			(select coalesce(max(arrival), 0) from publication.raw."return" where zone = `+zone+`),
			(select coalesce(max(seq), 0) from publication.raw.decision where zone = `+zone+`),
			(select min_by(cast(received_at as varchar) || ' ' || sha256, return_id) from publication.raw."return" where zone = `+zone+` and arrival = (select min(arrival) from publication.raw."return" where zone = `+zone+`))
		from publication.ctl.run`, func(v []any) error {
		m.AsOf, m.KnownAt, m.Origin = text(v[0]), text(v[1]), text(v[4])
		last = Cut{v[2].(int64), v[3].(int64)}
		return nil
	})
	if err != nil {
		return err
	}
	if was != nil {
		if was.Origin != "" && m.Origin != "" && was.Origin != m.Origin {
			return lang.Errorf("the lake holds another zone of the code %s (%s): give one of them another code: in taizhang.yaml", "数据湖中已有另一个代码为 %s 的园区（%s）：请在 taizhang.yaml 中为其中一个改 code:", x.zone, was.Name)
		}
		m.Cuts = append(m.Cuts, was.Cuts...)
	}
	var before Cut
	if n := len(m.Cuts); n > 0 {
		before = m.Cuts[n-1]
	}
	if last.Arrival < before.Arrival || last.Decision < before.Decision {
		return lang.Errorf("the lake is ahead of this publication: it knows arrivals up to %d, decisions up to %d, the publication up to %d and %d\nhint: run `taizhang run` first; where the zone was restored from an older backup, export into a new folder",
			"数据湖比本次发布新：其中收件到第%d号、处理决定到第%d号，本次发布只到第%d号和第%d号\n建议：先执行 taizhang run；如果园区是从旧备份恢复的，请导出到新的文件夹", before.Arrival, before.Decision, last.Arrival, last.Decision)
	}
	if last != before || len(m.Cuts) == 0 {
		m.Cuts = append(m.Cuts, last)
	}
	x.now = m
	return x.prepare(ctx, x.zone, m.Cuts)
}

// sweep looks at every file of the zone: those of the manifest against their hashes, then what else lies there.
func (x *export) sweep() error {
	if x.was != nil {
		for _, t := range x.was.Tables {
			for _, f := range t.Files {
				x.old[f.Path] = true
				err := Verify(x.Dir, f)
				var damage *Damage
				switch {
				case err == nil:
					x.intact[f.Path] = true
				case errors.As(err, &damage):
					x.report.Damaged = append(x.report.Damaged, damage)
				default:
					return err
				}
			}
		}
	}
	if err := x.sweepManifest(); err != nil {
		return err
	}
	return walk(x.Dir, x.zone, func(at string) error {
		name := path.Base(at)
		switch {
		case durable.IsLeftover(name):
			return durable.Remove(filepath.Join(x.Dir, filepath.FromSlash(at)))
		case x.old[at]:
		case ours(name):
			x.old[at] = true // a killed export left it; it goes unless it is about to be written
		default:
			x.report.Foreign = append(x.report.Foreign, at)
		}
		return nil
	})
}

// sweepManifest removes what a killed export left beside the manifest.
func (x *export) sweepManifest() error {
	folder := filepath.Join(x.Dir, zonesDir, x.zone)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if durable.IsLeftover(e.Name()) {
			if err := durable.Remove(filepath.Join(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// walk names the files in a zone's folders of tables.
func walk(dir, zone string, f func(at string) error) error {
	tables, err := os.ReadDir(filepath.Join(dir, tablesDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, t := range tables {
		root := path.Join(tablesDir, t.Name(), "zone="+zone)
		err := filepath.WalkDir(filepath.Join(dir, filepath.FromSlash(root)), func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
				return nil
			}
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(dir, file)
			if err != nil {
				return err
			}
			return f(filepath.ToSlash(rel))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ours says whether a file is named by a hash, as exports name theirs.
func ours(name string) bool {
	const hex = "0123456789abcdef"
	stem, ok := strings.CutSuffix(name, ".parquet")
	return ok && len(stem) == 64 && !slices.ContainsFunc([]byte(stem), func(c byte) bool { return !slices.Contains([]byte(hex), c) })
}

// table keeps the files of a table whose rows are as they were, and stages the others.
func (x *export) table(ctx context.Context, t Table) error {
	groups, err := x.groups(ctx, t, x.zone)
	if err != nil {
		return err
	}
	have := map[[2]any]File{}
	if x.was != nil {
		if w := x.was.Table(t.Name); w != nil {
			for _, f := range w.Files {
				if x.was.Engine != x.engine && x.intact[f.Path] { // its hash function may be another
					f.Fingerprint, err = x.fingerprintOf(ctx, t, filepath.Join(x.Dir, filepath.FromSlash(f.Path)))
					if err != nil {
						f.Fingerprint = "" // other columns: it is written anew
					}
				}
				have[[2]any{f.Month, f.Cut}] = f
			}
		}
	}
	for _, g := range groups {
		f, ok := have[[2]any{g.month, g.cut}]
		if ok && f.Fingerprint == g.fingerprint && f.Rows == g.rows && x.intact[f.Path] {
			t.Files = append(t.Files, f)
			x.report.Kept++
			continue
		}
		s, err := x.stage(ctx, t, g)
		if err != nil {
			return err
		}
		x.staged = append(x.staged, s)
		t.Files = append(t.Files, s.file)
	}
	x.now.Tables = append(x.now.Tables, t)
	return nil
}

// stage writes a file beside its place, under a name that no engine reads.
func (x *export) stage(ctx context.Context, t Table, g group) (staged, error) {
	dir := filepath.Join(x.Dir, filepath.FromSlash(partition(t.Name, x.zone, g.month)))
	if err := durable.MkdirAll(dir, 0o755); err != nil {
		return staged{}, err
	}
	s := staged{temporary: filepath.Join(dir, durable.LeftoverName(fmt.Sprintf("%d.parquet", g.cut)))}
	if err := x.copyTo(ctx, t, x.zone, g, s.temporary); err != nil {
		return staged{}, lang.Errorf("write %s: %w", "写入 %s：%w", t.Name, err)
	}
	size, hash, err := hashOf(s.temporary)
	s.file = File{Path: path.Join(partition(t.Name, x.zone, g.month), hash+".parquet"), SHA256: hash, Bytes: size, Rows: g.rows, Month: g.month, Cut: g.cut, Fingerprint: g.fingerprint}
	return s, err
}

// place gives the files that were written their names, then replaces the manifest, then removes what counts no longer.
func (x *export) place() error {
	for _, s := range x.staged {
		if err := durable.Replace(s.temporary, filepath.Join(x.Dir, filepath.FromSlash(s.file.Path))); err != nil {
			return err
		}
		x.report.Written = append(x.report.Written, s.file)
		x.old[s.file.Path] = false
	}
	x.report.Manifest = x.now
	if x.was != nil {
		x.now.ExportedAt = x.was.ExportedAt
	}
	if x.changed() {
		x.now.ExportedAt = x.Clock().UTC().Truncate(time.Second).Format(time.RFC3339)
		if err := x.now.write(x.Dir); err != nil {
			return err
		}
	}
	for _, t := range x.now.Tables {
		for _, f := range t.Files {
			x.old[f.Path] = false
		}
	}
	for _, at := range slices.Sorted(maps.Keys(x.old)) {
		if !x.old[at] {
			continue
		}
		if err := durable.Remove(filepath.Join(x.Dir, filepath.FromSlash(at))); err != nil {
			return err
		}
		x.report.Removed = append(x.report.Removed, at)
	}
	return nil
}

// changed says whether the manifest before says something else of the files.
func (x *export) changed() bool {
	if x.was == nil || x.was.Engine != x.now.Engine || x.was.Schema != x.now.Schema || !slices.Equal(x.was.Cuts, x.now.Cuts) || len(x.was.Tables) != len(x.now.Tables) {
		return true
	}
	for i, t := range x.now.Tables {
		w := x.was.Tables[i]
		if w.Name != t.Name || !slices.Equal(w.Columns, t.Columns) || !slices.Equal(w.Files, t.Files) {
			return true
		}
	}
	return false
}
