package main

import (
	"archive/tar"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/tooltest"
	"taizhang/internal/warehouse"
)

// olderZone unpacks a zone that an earlier program wrote, with the figures that it gave.
func olderZone(t *testing.T, archive string) (zone string, figures map[string]string) {
	t.Helper()
	f := must(os.Open(archive))
	defer f.Close()
	dir := t.TempDir()
	for r := tar.NewReader(must(gzip.NewReader(f))); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = os.WriteFile(path, must(io.ReadAll(r)), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "zone"), figuresIn(t, string(must(os.ReadFile(filepath.Join(dir, "figures.csv")))))
}

// figuresIn gives value, numerator and denominator of each metric.
func figuresIn(t *testing.T, text string) map[string]string {
	t.Helper()
	rows := must(csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll())
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	out := map[string]string{}
	for _, r := range rows[1:] {
		out[r[at["metric"]]] = r[at["value"]] + " " + r[at["num"]] + " " + r[at["den"]]
	}
	return out
}

// TestOlderZones: a zone that any program since 0.1.0 wrote opens, with the figures that it gave then; what is migrated is
// kept as it was; and it can be rebuilt from its archive.
func TestOlderZones(t *testing.T) {
	tooltest.Thorough(t)
	t.Parallel()
	archives := must(filepath.Glob("testdata/zones/*.tar.gz"))
	if len(archives) < 3 {
		t.Fatalf("only %d zones are kept", len(archives))
	}
	for _, archive := range archives {
		name := strings.TrimSuffix(filepath.Base(archive), ".tar.gz")
		t.Run(name, func(t *testing.T) {
			zone, want := olderZone(t, archive)
			if len(want) < 50 {
				t.Fatalf("%d figures", len(want))
			}
			code, _, log := program(t, "metrics", "--zone", zone)
			if code != 0 && !strings.Contains(log, "`taizhang run` publishes it anew") {
				t.Errorf("before a run: %d %s", code, log)
			}
			unread := code != 0
			before := must(os.ReadFile(filepath.Join(zone, warehouse.FileName)))
			code, _, log = program(t, "run", "--zone", zone)
			if code != 0 {
				t.Fatalf("run: %d %s", code, log)
			}
			if strings.Contains(log, "it is migrated") {
				if kept := must(os.ReadFile(filepath.Join(zone, warehouse.FileName+".older"))); string(kept) != string(before) {
					t.Error("the warehouse wasn't kept as it was")
				}
				if _, out, _ := program(t, "doctor", "--zone", zone); !strings.Contains(out, "the warehouse as it was before this program migrated it is kept") {
					t.Errorf("doctor doesn't say what is kept: %s", out)
				}
			} else if !strings.HasPrefix(name, "0.1.0-2026-11-29") {
				t.Errorf("nothing is said of a migration: %s", log)
			}
			if unread { // and stays so: who goes back to it is told instead of being left without figures
				if code, _, log := program(t, "models", "rollback", "--zone", zone); code != 2 || !strings.Contains(log, "this program can't read it") {
					t.Errorf("rollback: %d %s", code, log)
				}
			}
			_, out, _ := program(t, "metrics", "--zone", zone, "-f", "csv")
			got := figuresIn(t, out)
			for m, v := range want {
				if got[m] != v {
					t.Errorf("%s is %q, was %q", m, got[m], v)
				}
			}
			if code, _, log := program(t, "rebuild", "--zone", zone); code != 0 || !strings.Contains(log, "the figures are the same") {
				t.Errorf("rebuild: %d %s", code, log)
			}
			if code, out, log := program(t, "doctor", "--zone", zone, "--mend"); code != 0 {
				t.Errorf("doctor: %d %s%s", code, out, log)
			}
		})
	}
}

// TestNewerZone: what a newer program has worked in is left alone, and said in plain words.
func TestNewerZone(t *testing.T) {
	t.Parallel()
	zone, _ := olderZone(t, "testdata/zones/0.1.0-2026-11-29.tar.gz")
	writeLongAgo(t, filepath.Join(zone, "inbox/产业局/新.csv"), "x\n")
	db := must(warehouse.Open(filepath.Join(zone, warehouse.FileName), warehouse.Options{}))
	must(db.Conn.ExecContext(t.Context(), "update ctl.format set number = 99"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, note := range []string{`{"format":1}`, `{"format":99}`} { // in the warehouse alone, and in the zone
		if err := os.WriteFile(filepath.Join(zone, "archive/format.json"), []byte(note), 0o600); err != nil {
			t.Fatal(err)
		}
		before := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl")))
		for _, command := range [][]string{{"run"}, {"returns", "waive", "产业局", "problem", "2022-W30", "--reason", "x"}, {"erase", "--person", "430304198001011234", "--yes"}} {
			code, _, log := program(t, append(command, "--zone", zone)...)
			if code != 2 || !strings.Contains(log, "newer program has worked in this zone (format 99") || !strings.Contains(log, "nothing was changed") {
				t.Errorf("%s, %v: %d %s", note, command, code, log)
			}
		}
		if after := must(os.ReadFile(filepath.Join(zone, "archive/journal.jsonl"))); string(after) != string(before) {
			t.Errorf("%s: the journal was written to", note)
		}
	}
	for _, command := range [][]string{{"metrics"}, {"status"}, {"rebuild"}, {"backup", filepath.Join(t.TempDir(), "b")}} {
		if code, _, log := program(t, append(command, "--zone", zone)...); code != 2 || !strings.Contains(log, "newer program") {
			t.Errorf("%v: %d %s", command, code, log)
		}
	}
	if must(os.Stat(filepath.Join(zone, "inbox/产业局/新.csv"))).Size() != 2 {
		t.Error("the file in the inbox was taken in")
	}
}
