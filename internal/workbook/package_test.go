package workbook

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unzip reads all parts of a package.
func unzip(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[f.Name]; twice {
			t.Errorf("part %s is there twice", f.Name)
		}
		out[f.Name] = string(data)
	}
	return out
}

// Differences names the parts in which two packages differ. The order of
// content types has no meaning.
func Differences(a, b map[string]string) []string {
	var out []string
	for name := range a {
		if _, ok := b[name]; !ok {
			out = append(out, "only in the first: "+name)
		} else if name == "[Content_Types].xml" {
			x, y := strings.Split(a[name], "<"), strings.Split(b[name], "<")
			slices.Sort(x)
			slices.Sort(y)
			if !slices.Equal(x, y) {
				out = append(out, "differs: "+name)
			}
		} else if a[name] != b[name] {
			out = append(out, "differs: "+name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			out = append(out, "only in the second: "+name)
		}
	}
	slices.Sort(out)
	return out
}

type rels struct {
	Rel []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
		Mode   string `xml:"TargetMode,attr"`
	} `xml:"Relationship"`
}

// TestPackage checks what makes Excel offer a repair: parts, relationships and
// content types that don't match, ids that repeat, elements out of order.
func TestPackage(t *testing.T) {
	parts := unzip(t, write(t, sample()))
	checkPackage(t, parts)
}

func checkPackage(t *testing.T, parts map[string]string) {
	t.Helper()
	var types struct {
		Default  []struct{ Extension, ContentType string } `xml:"Default"`
		Override []struct {
			PartName string `xml:"PartName,attr"`
		} `xml:"Override"`
	}
	if err := xml.Unmarshal([]byte(parts["[Content_Types].xml"]), &types); err != nil {
		t.Fatal(err)
	}
	typed := map[string]bool{}
	for _, o := range types.Override {
		if typed[o.PartName] {
			t.Errorf("content type of %s is given twice", o.PartName)
		}
		typed[o.PartName] = true
		if _, ok := parts[strings.TrimPrefix(o.PartName, "/")]; !ok {
			t.Errorf("content type for %s, which is not there", o.PartName)
		}
	}
	for name, data := range parts {
		if err := wellFormed(data); err != nil && !strings.HasPrefix(name, "xl/media/") {
			t.Errorf("%s: %v", name, err)
		}
		switch {
		case strings.HasSuffix(name, ".rels"):
			checkRels(t, parts, name, data)
		case name != "[Content_Types].xml" && !typed["/"+name] && !strings.HasPrefix(name, "xl/media/"):
			t.Errorf("%s has no content type", name)
		}
		if strings.HasPrefix(name, "xl/worksheets/sheet") {
			checkSheet(t, name, data)
		}
		if strings.HasPrefix(name, "xl/drawings/drawing") {
			ids := map[string]bool{}
			for _, m := range regexp.MustCompile(`cNvPr [^>]*\bid="(\d+)"`).FindAllStringSubmatch(data, -1) {
				if ids[m[1]] {
					t.Errorf("%s: id %s twice", name, m[1])
				}
				ids[m[1]] = true
			}
		}
		if strings.Contains(data, "externalLink") || strings.HasSuffix(name, ".bin") {
			t.Errorf("%s has an external link or a macro", name)
		}
	}
}

func wellFormed(data string) error {
	d := xml.NewDecoder(strings.NewReader(data))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func checkRels(t *testing.T, parts map[string]string, name, data string) {
	t.Helper()
	var r rels
	if err := xml.Unmarshal([]byte(data), &r); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	base := path.Dir(path.Dir(name))
	seen := map[string]bool{}
	for _, x := range r.Rel {
		if seen[x.ID] {
			t.Errorf("%s: %s twice", name, x.ID)
		}
		seen[x.ID] = true
		target := path.Join(base, x.Target)
		if strings.HasPrefix(x.Target, "/") {
			target = strings.TrimPrefix(x.Target, "/")
		}
		if _, ok := parts[target]; !ok && x.Mode != "External" {
			t.Errorf("%s: %s leads to %s, which is not there", name, x.ID, target)
		}
	}
}

// order of a worksheet's elements per ECMA-376.
var order = []string{
	"sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection", "protectedRanges",
	"scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr",
	"conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter",
	"rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing",
	"legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
}

func checkSheet(t *testing.T, name, data string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(data))
	depth, last, row := 0, -1, 0
	maxCol, maxRow, dimension := 0, 0, ""
	col := 0
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		switch e := tok.(type) {
		case xml.StartElement:
			depth++
			attr := func(n string) string {
				for _, a := range e.Attr {
					if a.Name.Local == n {
						return a.Value
					}
				}
				return ""
			}
			switch {
			case depth == 2:
				at := slices.Index(order, e.Name.Local)
				if at <= last {
					t.Errorf("%s: <%s> out of order", name, e.Name.Local)
				}
				last = at
				if e.Name.Local == "dimension" {
					dimension = attr("ref")
				}
			case e.Name.Local == "col":
				n, _ := strconv.Atoi(attr("min"))
				if n <= col {
					t.Errorf("%s: column %d after %d", name, n, col)
				}
				col = n
			case e.Name.Local == "row":
				n, _ := strconv.Atoi(attr("r"))
				if n <= row {
					t.Errorf("%s: row %d after %d", name, n, row)
				}
				row = n
				maxRow = max(maxRow, n)
			case e.Name.Local == "c":
				maxCol = max(maxCol, columnOf(attr("r")))
			}
		case xml.EndElement:
			depth--
		}
	}
	if want := fmt.Sprintf("A1:%s%d", columnName(maxCol), maxRow); dimension != want {
		t.Errorf("%s: dimension %s, the cells reach %s", name, dimension, want)
	}
	checkMerges(t, name, data)
}

func columnOf(cell string) int {
	n := 0
	for _, r := range cell {
		if r < 'A' || r > 'Z' {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	return n
}

// checkMerges sees that no cell is merged twice.
func checkMerges(t *testing.T, name, data string) {
	t.Helper()
	taken := map[string]string{}
	for _, m := range regexp.MustCompile(`<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"`).FindAllStringSubmatch(data, -1) {
		r1, _ := strconv.Atoi(m[2])
		r2, _ := strconv.Atoi(m[4])
		for r := r1; r <= r2; r++ {
			for c := columnOf(m[1]); c <= columnOf(m[3]); c++ {
				key := fmt.Sprint(c, ":", r)
				if taken[key] != "" {
					t.Errorf("%s: merges %s and %s overlap", name, taken[key], m[0])
				}
				taken[key] = m[0]
			}
		}
	}
}
