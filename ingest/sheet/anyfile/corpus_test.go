package anyfile_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

// wantReason is the reason behind each refusal the manifest asks for; a "-"
// before it allows reading too.
func wantReason(expected string) (reason string, mayRead bool) {
	e := strings.TrimPrefix(expected, "refused:")
	switch {
	case e == expected:
		return "", true
	case strings.Contains(e, "frames"):
		return sheet.Frameset, false
	case strings.Contains(e, "lock file"):
		return sheet.LockFile, false
	case strings.Contains(e, "empty"):
		return sheet.EmptyFile, false
	case strings.Contains(e, "entities"):
		return sheet.Bomb, false
	case strings.Contains(e, "password"):
		return sheet.Password, false
	case strings.Contains(e, "unreasonable size"):
		return sheet.TooLarge, true
	case strings.Contains(e, "charset"):
		return sheet.Charset, true
	case strings.Contains(e, "xlsb"):
		return sheet.Unsupported, false
	case strings.Contains(e, "not a spreadsheet"):
		return sheet.NotASheet, false
	}
	return sheet.Damaged, false
}

// differs are files on which we disagree with the references, and why we are right.
var differs = map[string]string{
	"nasty/22_velvet_sweatshop.xlsx": "B4 holds a formula whose stored result is the error #REF!; the only reader that opened the file leaves errors of links out",
}

func TestCorpus(t *testing.T) {
	dir := sheettest.CorpusDir(t)
	type tally struct{ files, perfect, cells, agreed, refused int }
	table := map[string]*tally{}
	for _, f := range sheettest.ReadCorpus(t, dir) {
		data, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		group := f.Name[:strings.IndexByte(f.Name, '/')]
		if group == "nasty" || group == "cn" {
			group += filepath.Ext(f.Name)
		}
		n := table[group]
		if n == nil {
			n = &tally{}
			table[group] = n
		}
		n.files++
		grids, err := sheettest.ReadAll(f.Name, data)
		if reason, mayRead := wantReason(f.Expected); reason != "" {
			switch {
			case err == nil && mayRead:
				n.perfect++
			case err == nil:
				t.Errorf("%s: read, want refusal %s", f.Name, reason)
			case sheettest.Reason(err) != reason:
				t.Errorf("%s: refused as %v, want %s", f.Name, err, reason)
			default:
				n.refused++
				n.perfect++
			}
			continue
		}
		if err != nil && strings.Contains(f.Shows, "refuse, or read") && sheettest.Reason(err) == sheet.Damaged {
			n.perfect++
			n.refused++
			continue
		}
		if err != nil {
			t.Errorf("%s (%s): %v", f.Name, f.Shows, err)
			continue
		}
		if !anyfile.Complete(data) {
			t.Errorf("%s: readable, but called incomplete", f.Name)
		}
		bad := compareCorpus(f, grids)
		n.cells += len(f.Cells)
		n.agreed += len(f.Cells) - len(bad)
		if len(bad) == 0 {
			n.perfect++
			continue
		}
		if why := differs[f.Name]; why != "" {
			t.Logf("%s: %d differ: %s", f.Name, len(bad), why)
			continue
		}
		t.Errorf("%s (%s; %s): %d of %d cells differ\n\t%s", f.Name, f.Shows, f.Reference, len(bad), len(f.Cells), strings.Join(bad[:min(5, len(bad))], "\n\t"))
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

// compareCorpus follows the corpus's README.
func compareCorpus(f *sheettest.CorpusFile, grids []*sheet.Grid) (bad []string) {
	if strings.HasPrefix(f.Name, "markup/html") || strings.Contains(f.Name, "html_") {
		var got []string
		for _, g := range grids {
			for _, r := range g.Rows {
				for _, c := range r.Cells {
					got = append(got, strings.Join(strings.Fields(c.Text), " "))
				}
			}
		}
		for i, c := range f.Cells {
			if i >= len(got) || got[i] != c.Value {
				bad = append(bad, fmt.Sprintf("text %d: %q, got %q", i, c.Value, got))
				break
			}
		}
		return bad
	}
	byName := map[string]*sheet.Grid{}
	for _, g := range grids {
		byName[g.Name] = g
	}
	var order []string
	seen := map[string]int{}
	for _, c := range f.Cells {
		if _, ok := seen[c.Sheet]; !ok {
			seen[c.Sheet] = len(order)
			order = append(order, c.Sheet)
		}
	}
	want := map[*sheet.Grid]map[string]sheettest.CorpusCell{}
	for _, g := range grids {
		want[g] = map[string]sheettest.CorpusCell{}
	}
	for _, c := range f.Cells {
		g := byName[c.Sheet]
		if g == nil && seen[c.Sheet] < len(grids) {
			g = grids[seen[c.Sheet]]
		}
		if g == nil {
			bad = append(bad, "no sheet "+c.Sheet)
			continue
		}
		want[g][c.Ref] = c
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
				if !sameCell(e, c, strings.HasSuffix(f.Name, "csv") || e.Sheet == "") {
					bad = append(bad, fmt.Sprintf("%s!%s: %v %q (%s), want %s %q", g.Name, c.Ref(), c.Kind, c.Text, c.Format, e.Type, e.Value))
				}
			}
		}
		for _, e := range w {
			if e.Type != "?" && strings.TrimSpace(e.Value) != "" {
				bad = append(bad, fmt.Sprintf("%s!%s: blank, want %s %q", g.Name, e.Ref, e.Type, e.Value))
			}
		}
	}
	sort.Strings(bad)
	return bad
}

func sameCell(e sheettest.CorpusCell, c sheet.Cell, csv bool) bool {
	switch e.Type {
	case "?":
		return true
	case "number":
		want, _ := strconv.ParseFloat(e.Value, 64)
		return c.Kind == sheet.Number && math.Abs(c.Num-want) <= 1e-9*math.Max(1e-300, math.Abs(want))
	case "date":
		return c.Kind == sheet.Date && strings.TrimSuffix(c.Text, "T00:00:00") == strings.TrimSuffix(e.Value, "T00:00:00")
	case "time":
		want, _ := strconv.ParseFloat(e.Value, 64)
		return (c.Kind == sheet.Time || c.Kind == sheet.Date) && math.Abs(c.Num*86400-want) < 1
	case "text":
		v := strings.ReplaceAll(e.Value, "\r\n", "\n")
		return (c.Kind == sheet.Text || csv && c.Kind == sheet.Number) && c.Text == v
	case "bool":
		return c.Kind == sheet.Bool && strings.EqualFold(c.Text, e.Value)
	case "error":
		return c.Kind == sheet.Error && c.Text == e.Value
	}
	return false
}
