package receipt

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"taizhang/ingest/finding"
	"taizhang/internal/opc"
)

// checkPackage holds a workbook to what Excel insists on: all XML well-formed,
// all relationships and content types leading to parts, formats that exist.
func checkPackage(t *testing.T, content []byte) {
	t.Helper()
	p, err := openPack(content)
	must(t, err)
	for _, name := range p.Names() {
		if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			continue
		}
		r, err := p.Part(name)
		must(t, err)
		d := xml.NewDecoder(r)
		d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
		for {
			if _, err := d.RawToken(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
		r.Close()
	}
	types, err := p.get("[Content_Types].xml")
	must(t, err)
	s, seen := &scanner{data: types}, map[string]bool{}
	for {
		tg, ok := s.next()
		if !ok {
			break
		}
		if tg.name == "Override" && !tg.closing {
			name := opc.PartName(tg.value(types, "PartName"))
			if !p.Has(name) || seen[name] {
				t.Errorf("content type of %s: missing part or stated twice", name)
			}
			seen[name] = true
		}
	}
	top, _, err := p.rels("")
	must(t, err)
	for _, r := range top {
		if r.typ != "officeDocument" {
			continue
		}
		rels, _, err := p.rels(r.target)
		must(t, err)
		for _, r := range rels {
			if !r.external && !p.Has(r.target) {
				t.Errorf("relationship to %s, which is missing", r.target)
			}
			if r.typ == "worksheet" {
				sub, _, err := p.rels(r.target)
				must(t, err)
				for _, r := range sub {
					if (r.typ == "comments" || r.typ == "vmlDrawing") && !p.Has(r.target) {
						t.Errorf("relationship to %s, which is missing", r.target)
					}
				}
			}
			if r.typ == "styles" {
				data, err := p.get(r.target)
				must(t, err)
				_, found, err := lists(data, "fonts", "fills", "borders", "cellXfs")
				must(t, err)
				for name, l := range found {
					if n := l.tag.number(data, "count", len(l.children)); n != len(l.children) {
						t.Errorf("%s: count %d, %d there", name, n, len(l.children))
					}
				}
				for _, x := range found["cellXfs"].children {
					for attr, list := range map[string]string{"fontId": "fonts", "fillId": "fills", "borderId": "borders"} {
						if n := x.tag.number(data, attr, 0); n >= len(found[list].children) && n > 0 {
							t.Errorf("format with %s %d of %d", attr, n, len(found[list].children))
						}
					}
				}
			}
		}
	}
}

// reading is what a workbook holds, sheet by sheet, as excelize sees it.
type reading struct {
	rows     [][]string
	formulas map[string]string
	comments map[string]string // of others
	fills    map[string]string
	ours     int
}

func readAll(t *testing.T, content []byte) (map[string]reading, []string, bool) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{RawCellValue: true, UnzipSizeLimit: 64 << 20})
	if err != nil {
		return nil, nil, false
	}
	defer f.Close()
	all := map[string]reading{}
	for _, name := range f.GetSheetList() {
		if name == SheetName {
			continue
		}
		rows, err := f.GetRows(name)
		if err != nil || len(rows) > 3000 {
			return nil, nil, false
		}
		for i := range rows { // cells that a mark added are empty
			for len(rows[i]) > 0 && rows[i][len(rows[i])-1] == "" {
				rows[i] = rows[i][:len(rows[i])-1]
			}
		}
		for len(rows) > 0 && len(rows[len(rows)-1]) == 0 {
			rows = rows[:len(rows)-1]
		}
		r := reading{rows: rows, formulas: map[string]string{}, comments: map[string]string{}, fills: map[string]string{}}
		for i, row := range rows[:min(len(rows), 60)] {
			for j := range min(len(row), 30) {
				ref := mark{row: i + 1, col: j + 1}.cellRef()
				if s, err := f.GetCellFormula(name, ref); err == nil && s != "" {
					r.formulas[ref] = s
				}
				if id, err := f.GetCellStyle(name, ref); err == nil {
					if st, err := f.GetStyle(id); err == nil && len(st.Fill.Color) > 0 {
						r.fills[ref] = st.Fill.Color[0]
					}
				}
			}
		}
		comments, _ := f.GetComments(name)
		for _, c := range comments {
			text := c.Text
			for _, p := range c.Paragraph {
				text += p.Text
			}
			if c.Author == Author {
				r.ours++
				continue
			}
			if strings.Contains(text, commentLead) {
				r.ours++
			}
			r.comments[c.Cell] = strings.TrimSpace(strings.Split(text, commentLead)[0])
		}
		all[name] = r
	}
	return all, f.GetSheetList(), true
}

// odd names corpus files for which a comparison by excelize says nothing.
var odd = map[string]string{
	"15_sst_elsewhere.xlsx":     "excelize finds no comments outside of xl/",
	"17_empty_s_attribute.xlsx": "excelize reads cells with s=\"\" as empty, until they are marked",
	"20_xml_bomb.xlsx":          "its shared strings are no XML, and stay so",
	"duplicate_entries.xlsx":    "two parts of one name: not marked in place",
}

// TestForeignWorkbooks marks workbooks by other people's software, marks the
// result again, and compares what they hold.
func TestForeignWorkbooks(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("../../../shared/corpus", "*/*.xls[xm]"))
	files = append(files, globEnv("TAIZHANG_CORPUS")...)
	if len(files) == 0 {
		t.Skip("no corpus here")
	}
	marked := 0
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			if why := odd[filepath.Base(name)]; why != "" {
				t.Skip(why)
			}
			content, err := os.ReadFile(name)
			must(t, err)
			before, sheets, ok := readAll(t, content)
			if !ok || len(content) > 2<<20 {
				t.Skip("not for excelize")
			}
			report := &finding.Report{Arrival: 7, File: filepath.Base(name), Returns: []*finding.Return{{ID: "000007-1", Outcome: finding.Partial}}}
			for _, s := range sheets {
				if s == SheetName {
					continue
				}
				for i, ref := range []string{"A1", "B3", "C3", "AB2", "D90"} {
					report.Returns[0].Findings = append(report.Returns[0].Findings, finding.Finding{
						Severity: []finding.Severity{finding.Error, finding.Warning, finding.Info}[i%3], Rule: "x", Sheet: s, Cell: ref, Message: "试"})
				}
			}
			draw := func(s *paperStyle, n []string) ([]byte, string) {
				return drawPaper(s, report, Office{Zone: "某区"}, n)
			}
			first, err := patch(content, nil, marksOf(report), draw)
			if err != nil {
				if errors.Is(err, zip.ErrFormat) {
					t.Skip(err)
				}
				t.Fatalf("not markable: %v", err)
			}
			marked++
			checkPackage(t, first)
			again, err := patch(first, nil, marksOf(report), draw)
			must(t, err)
			checkPackage(t, again)
			clean, err := patch(again, nil, nil, draw)
			must(t, err)
			checkPackage(t, clean)
			for step, content := range [][]byte{first, again, clean} {
				got, list, ok := readAll(t, content)
				if !ok {
					t.Fatalf("step %d: excelize can't open the receipt", step)
				}
				if list[0] != SheetName || len(got) != len(before) {
					t.Errorf("step %d: sheets %v", step, list)
				}
				for s, b := range before {
					g := got[s]
					if !reflect.DeepEqual(g.rows, b.rows) || !reflect.DeepEqual(g.formulas, b.formulas) || !reflect.DeepEqual(g.comments, b.comments) {
						t.Errorf("step %d, %s: content changed", step, s)
					}
					if step < 2 && g.ours == 0 {
						t.Errorf("step %d, %s: no comments of ours", step, s)
					}
					if step == 2 && (g.ours > 0 || !reflect.DeepEqual(g.fills, b.fills)) {
						t.Errorf("%s: marks left: %d comments, fills %v, were %v", s, g.ours, g.fills, b.fills)
					}
				}
			}
		})
	}
	t.Logf("%d of %d marked in place", marked, len(files))
}

func globEnv(name string) []string {
	dir := os.Getenv(name)
	if dir == "" {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.xlsx"))
	return files
}
