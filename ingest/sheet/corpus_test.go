package sheet

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// corpusDir is where the real files are; they are not part of the repository.
func corpusDir(t testing.TB) string {
	dir := os.Getenv("TAIZHANG_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	if _, err := os.Stat(filepath.Join(dir, "MANIFEST.tsv")); err != nil {
		t.Skipf("no corpus at %s (set TAIZHANG_CORPUS)", dir)
	}
	return dir
}

type corpusFile struct {
	name, shows, expected, reference string
	cells                            []corpusCell
}

type corpusCell struct{ sheet, ref, typ, value string }

func readCorpus(t testing.TB, dir string) []*corpusFile {
	byName := map[string]*corpusFile{}
	var files []*corpusFile
	for i, line := range strings.Split(strings.TrimRight(string(must(os.ReadFile(filepath.Join(dir, "MANIFEST.tsv")))), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 6 {
			continue
		}
		c := &corpusFile{name: f[0], shows: f[3], expected: f[4], reference: f[5]}
		files = append(files, c)
		byName[c.name] = c
	}
	z := must(gzip.NewReader(bytes.NewReader(must(os.ReadFile(filepath.Join(dir, "cells.tsv.gz"))))))
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	un := strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\r`, "\r", `\n`, "\n")
	for sc.Scan() {
		f := strings.SplitN(sc.Text(), "\t", 5)
		if c := byName[f[0]]; c != nil && len(f) == 5 {
			c.cells = append(c.cells, corpusCell{f[1], f[2], f[3], un.Replace(f[4])})
		}
	}
	if sc.Err() != nil {
		t.Fatal(sc.Err())
	}
	return files
}

// wantReason is the reason behind each refusal the manifest asks for; a "-"
// before it allows reading too.
func wantReason(expected string) (reason string, mayRead bool) {
	e := strings.TrimPrefix(expected, "refused:")
	switch {
	case e == expected:
		return "", true
	case strings.Contains(e, "frames"):
		return Frameset, false
	case strings.Contains(e, "lock file"):
		return LockFile, false
	case strings.Contains(e, "empty"):
		return EmptyFile, false
	case strings.Contains(e, "entities"):
		return Bomb, false
	case strings.Contains(e, "password"):
		return Password, false
	case strings.Contains(e, "unreasonable size"):
		return TooLarge, true
	case strings.Contains(e, "charset"):
		return Charset, true
	case strings.Contains(e, "xlsb"):
		return Unsupported, false
	case strings.Contains(e, "not a spreadsheet"):
		return NotASheet, false
	}
	return Damaged, false
}

// differs are files on which we disagree with the references, and why we are right.
var differs = map[string]string{
	"nasty/22_velvet_sweatshop.xlsx": "B4 holds a formula whose stored result is the error #REF!; the only reader that opened the file leaves errors of links out",
}

func TestCorpus(t *testing.T) {
	dir := corpusDir(t)
	type tally struct{ files, perfect, cells, agreed, refused int }
	table := map[string]*tally{}
	for _, f := range readCorpus(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, f.name))
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		group := f.name[:strings.IndexByte(f.name, '/')]
		if group == "nasty" || group == "cn" {
			group += filepath.Ext(f.name)
		}
		n := table[group]
		if n == nil {
			n = &tally{}
			table[group] = n
		}
		n.files++
		grids, err := readAll(f.name, data)
		if reason, mayRead := wantReason(f.expected); reason != "" {
			switch {
			case err == nil && mayRead:
				n.perfect++
			case err == nil:
				t.Errorf("%s: read, want refusal %s", f.name, reason)
			case asReason(err) != reason:
				t.Errorf("%s: refused as %v, want %s", f.name, err, reason)
			default:
				n.refused++
				n.perfect++
			}
			continue
		}
		if err != nil && strings.Contains(f.shows, "refuse, or read") && asReason(err) == Damaged {
			n.perfect++
			n.refused++
			continue
		}
		if err != nil {
			t.Errorf("%s (%s): %v", f.name, f.shows, err)
			continue
		}
		if !Complete(data) {
			t.Errorf("%s: readable, but called incomplete", f.name)
		}
		bad := compareCorpus(f, grids)
		n.cells += len(f.cells)
		n.agreed += len(f.cells) - len(bad)
		if len(bad) == 0 {
			n.perfect++
			continue
		}
		if why := differs[f.name]; why != "" {
			t.Logf("%s: %d differ: %s", f.name, len(bad), why)
			continue
		}
		t.Errorf("%s (%s; %s): %d of %d cells differ\n\t%s", f.name, f.shows, f.reference, len(bad), len(f.cells), strings.Join(bad[:min(5, len(bad))], "\n\t"))
	}
	var names []string
	for g := range table {
		names = append(names, g)
	}
	sort.Strings(names)
	for _, g := range names {
		n := table[g]
		t.Logf("%-12s files %3d  as expected %3d  refused %2d  cells %6d  agreed %6d", g, n.files, n.perfect, n.refused, n.cells, n.agreed)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func readAll(name string, data []byte) ([]*Grid, error) {
	b, err := Open(context.Background(), filepath.Base(name), data, Limits{})
	if err != nil {
		return nil, err
	}
	var grids []*Grid
	for i := range b.Sheets() {
		g, err := b.Grid(i)
		if err != nil {
			return nil, err
		}
		grids = append(grids, g)
	}
	return grids, nil
}

// compareCorpus follows the corpus's README.
func compareCorpus(f *corpusFile, grids []*Grid) (bad []string) {
	if strings.HasPrefix(f.name, "markup/html") || strings.Contains(f.name, "html_") {
		var got []string
		for _, g := range grids {
			for _, r := range g.Rows {
				for _, c := range r.Cells {
					got = append(got, strings.Join(strings.Fields(c.Text), " "))
				}
			}
		}
		for i, c := range f.cells {
			if i >= len(got) || got[i] != c.value {
				bad = append(bad, fmt.Sprintf("text %d: %q, got %q", i, c.value, got))
				break
			}
		}
		return bad
	}
	byName := map[string]*Grid{}
	for _, g := range grids {
		byName[g.Name] = g
	}
	var order []string
	seen := map[string]int{}
	for _, c := range f.cells {
		if _, ok := seen[c.sheet]; !ok {
			seen[c.sheet] = len(order)
			order = append(order, c.sheet)
		}
	}
	want := map[*Grid]map[string]corpusCell{}
	for _, g := range grids {
		want[g] = map[string]corpusCell{}
	}
	for _, c := range f.cells {
		g := byName[c.sheet]
		if g == nil && seen[c.sheet] < len(grids) {
			g = grids[seen[c.sheet]]
		}
		if g == nil {
			bad = append(bad, "no sheet "+c.sheet)
			continue
		}
		want[g][c.ref] = c
	}
	for _, g := range grids {
		w := want[g]
		for _, r := range g.Rows {
			for _, c := range r.Cells {
				e, ok := w[c.Ref()]
				delete(w, c.Ref())
				if !ok {
					if strings.TrimSpace(c.Text) != "" {
						bad = append(bad, fmt.Sprintf("%s!%s: %v %q, want blank", g.Name, c.Ref(), c.Kind, c.Text))
					}
					continue
				}
				if !sameCell(e, c, strings.HasSuffix(f.name, "csv") || e.sheet == "") {
					bad = append(bad, fmt.Sprintf("%s!%s: %v %q (%s), want %s %q", g.Name, c.Ref(), c.Kind, c.Text, c.Format, e.typ, e.value))
				}
			}
		}
		for _, e := range w {
			if e.typ != "?" && strings.TrimSpace(e.value) != "" {
				bad = append(bad, fmt.Sprintf("%s!%s: blank, want %s %q", g.Name, e.ref, e.typ, e.value))
			}
		}
	}
	sort.Strings(bad)
	return bad
}

func sameCell(e corpusCell, c Cell, csv bool) bool {
	switch e.typ {
	case "?":
		return true
	case "number":
		want, _ := strconv.ParseFloat(e.value, 64)
		return c.Kind == Number && math.Abs(c.Num-want) <= 1e-9*math.Max(1e-300, math.Abs(want))
	case "date":
		return c.Kind == Date && strings.TrimSuffix(c.Text, "T00:00:00") == strings.TrimSuffix(e.value, "T00:00:00")
	case "time":
		want, _ := strconv.ParseFloat(e.value, 64)
		return (c.Kind == Time || c.Kind == Date) && math.Abs(c.Num*86400-want) < 1
	case "text":
		v := strings.ReplaceAll(e.value, "\r\n", "\n")
		return (c.Kind == Text || csv && c.Kind == Number) && c.Text == v
	case "bool":
		return c.Kind == Bool && strings.EqualFold(c.Text, e.value)
	case "error":
		return c.Kind == Error && c.Text == e.value
	}
	return false
}

// TestTwoWaysAgree reads every workbook of the corpus by the quick and by the
// token reader.
func TestTwoWaysAgree(t *testing.T) {
	dir := corpusDir(t)
	n := 0
	for _, f := range readCorpus(t, dir) {
		data := must(os.ReadFile(filepath.Join(dir, f.name)))
		quick, err := Open(context.Background(), "x", data, Limits{})
		if err != nil || quick.Format != XLSX && quick.Format != XLSM {
			continue
		}
		n++
		slow := must(Open(context.Background(), "x", data, Limits{}))
		slow.src.(*workbook).slowOnly = true
		for i := range quick.Sheets() {
			a, errA := quick.Grid(i)
			b, errB := slow.Grid(i)
			if asReason(errA) != asReason(errB) {
				t.Errorf("%s, sheet %d: quick %v, slow %v", f.name, i, errA, errB)
			} else if errA == nil && dump(a) != dump(b) {
				t.Errorf("%s, sheet %d: quick and slow differ", f.name, i)
			}
		}
	}
	t.Logf("%d workbooks", n)
}
