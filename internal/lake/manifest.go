package lake

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// Format of the lakes that this program writes: the layout of folders and manifests.
const Format = 1

// MonthKey is the key of the folders, and the name of the partition column, that say of which month the rows are: the
// month in which a return's period ends, `all` for control tables. It can't be called period or month: tables have
// columns of these names.
const MonthKey = "lake_month"

// All is the value of MonthKey where a table isn't kept by month.
const All = "all"

// Names of a lake's files and folders.
const (
	zonesDir     = "zones"
	tablesDir    = "tables"
	manifestName = "manifest.json"
)

// Manifest says what a lake holds of one zone.
type Manifest struct {
	Format     int     `json:"format"`      // of the lake
	Schema     int     `json:"schema"`      // of the tables: the format of the warehouse they come from
	Program    string  `json:"program"`     // version of taizhang
	Engine     string  `json:"engine"`      // version of DuckDB, whose hash the fingerprints are of
	Zone       string  `json:"zone"`        // code
	Name       string  `json:"name"`        // of the zone
	Timezone   string  `json:"timezone"`    // of all its times, which are wall clock
	Origin     string  `json:"origin"`      // what its first arrival was: two zones of one code differ in it; "" before any
	AsOf       string  `json:"as_of"`       // business date of the publication
	KnownAt    string  `json:"known_at"`    // what was received until then is there
	ExportedAt string  `json:"exported_at"` // RFC 3339; when the files were last added to
	Cuts       []Cut   `json:"cuts"`
	Tables     []Table `json:"tables"`
}

// Cut is how far an export came.
type Cut struct {
	Arrival  int64 `json:"arrival"`  // number of the last arrival
	Decision int64 `json:"decision"` // of the last decision
}

// Table of a zone.
type Table struct {
	Name    string   `json:"name"` // such as raw.problem
	Columns []Column `json:"columns"`
	Files   []File   `json:"files"`
}

// Column of a table.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"` // as DuckDB spells it: VARCHAR, DECIMAL(18,2) …
}

// File of a lake.
type File struct {
	Path        string `json:"path"` // from the lake's folder, with slashes
	SHA256      string `json:"sha256"`
	Bytes       int64  `json:"bytes"`
	Rows        int64  `json:"rows"`
	Month       string `json:"month"`
	Cut         int    `json:"cut"`         // index of its cut; 0 of control tables
	Fingerprint string `json:"fingerprint"` // of its rows, whatever their order
}

// Table returns a table of the zone by name, nil where it has none.
func (m *Manifest) Table(name string) *Table {
	for i := range m.Tables {
		if m.Tables[i].Name == name {
			return &m.Tables[i]
		}
	}
	return nil
}

// Rows are those of all files, and Bytes their size.
func (m *Manifest) Rows() (rows, bytes int64) {
	for _, t := range m.Tables {
		for _, f := range t.Files {
			rows, bytes = rows+f.Rows, bytes+f.Bytes
		}
	}
	return rows, bytes
}

func manifestPath(dir, zone string) string {
	return filepath.Join(dir, zonesDir, zone, manifestName)
}

// partition is the folder of a table's files of one zone and month, from the lake's folder.
func partition(table, zone, month string) string {
	return path.Join(tablesDir, table, "zone="+zone, MonthKey+"="+month)
}

// ManifestError is a manifest that can't be used.
type ManifestError struct {
	Path  string
	Zone  string // whose folder it lies in
	Newer bool   // a newer program wrote it
	cause error
}

// In is Error in a given language.
func (e *ManifestError) In(l lang.Language) string {
	return lang.Say("%s: %v", "%s：%v", e.Path, e.cause).In(l)
}

func (e *ManifestError) Error() string { return e.In(lang.Spoken()) }
func (e *ManifestError) Unwrap() error { return e.cause }

// ReadManifest reads what a lake holds of a zone: fs.ErrNotExist where it holds nothing, else a *ManifestError.
func ReadManifest(dir, zone string) (*Manifest, error) {
	at := manifestPath(dir, zone)
	text, err := os.ReadFile(at)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, &ManifestError{at, zone, false, err}
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, &ManifestError{at, zone, false, lang.Errorf("it is no manifest (%v)", "不是清单文件（%v）", err)}
	}
	if m.Format > Format {
		return nil, &ManifestError{at, zone, true, lang.Errorf("it was written by a newer program (format %d, this one knows %d): update taizhang here", "由较新的程序写成（格式%d，本程序只认识到%d）：请更新这里的 taizhang", m.Format, Format)}
	}
	if err := m.sane(zone); err != nil {
		return nil, &ManifestError{at, zone, false, err}
	}
	return m, nil
}

// sane refuses a manifest that was tampered with: files elsewhere than where this zone's belong.
func (m *Manifest) sane(zone string) error {
	if m.Format < 1 || m.Zone != zone {
		return lang.Errorf("it is not that of zone %s (it says %q)", "不是园区 %s 的清单（其中写的是 %q）", zone, m.Zone)
	}
	for _, t := range m.Tables {
		for _, f := range t.Files {
			if f.Path != path.Join(partition(t.Name, zone, f.Month), f.SHA256+".parquet") || !filepath.IsLocal(filepath.FromSlash(f.Path)) {
				return lang.Errorf("it names a file that can't be this zone's: %s", "其中的文件不属于本园区：%s", f.Path)
			}
			if f.Cut < 0 || f.Cut >= max(len(m.Cuts), 1) {
				return lang.Errorf("it names a file of an unknown export: %s", "其中的文件不知属于哪次导出：%s", f.Path)
			}
		}
	}
	return nil
}

func (m *Manifest) write(dir string) error {
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return durable.WriteBytes(manifestPath(dir, m.Zone), 0o644, append(text, '\n'))
}

// Zones are the codes of the zones that a lake holds something of, in order.
func Zones(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, zonesDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if _, err := os.Stat(manifestPath(dir, e.Name())); e.IsDir() && err == nil {
			out = append(out, e.Name())
		}
	}
	sort.Strings(out)
	return out, nil
}

// Damage is a file that isn't what its manifest says.
type Damage struct {
	Path string // from the lake's folder
	What lang.Text
}

// In is Error in a given language.
func (d *Damage) In(l lang.Language) string {
	return lang.Say("%s: %s", "%s：%s", d.Path, d.What).In(l)
}

func (d *Damage) Error() string { return d.In(lang.Spoken()) }

// Verify reads a file of a lake whole and compares it with its hash: nil, a *Damage, or why it can't be read.
func Verify(dir string, f File) error {
	size, hash, err := hashOf(filepath.Join(dir, filepath.FromSlash(f.Path)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Damage{f.Path, lang.Say("the file is gone", "文件不见了")}
	case err != nil:
		return fmt.Errorf("%s: %w", f.Path, err)
	case size != f.Bytes:
		return &Damage{f.Path, lang.Say("it has %d bytes, not %d", "有%d字节，应为%d字节", size, f.Bytes)}
	case hash != f.SHA256:
		return &Damage{f.Path, lang.Say("its content has changed (the SHA-256 is another)", "内容被改动过（SHA-256 不符）")}
	}
	return nil
}

func hashOf(file string) (size int64, hash string, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	if size, err = io.Copy(h, f); err != nil {
		return 0, "", err
	}
	return size, hex.EncodeToString(h.Sum(nil)), nil
}
