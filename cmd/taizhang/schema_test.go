package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"taizhang/ingest/forms"
	"taizhang/internal/tooltest"
)

// The schemas of ECMA-376 (transitional) as Apache POI carries them.
const (
	schemaArtifact = "org.apache.poi:poi-ooxml-full:5.4.1"
	schemaSHA256   = "c51b051655d58d74d5eb89e7d3736c7052c2574f43c79db0c8a83ad216f6dd37"
)

// schemas are those of a part, by namespace and name of its root; "" where POI has none.
var schemas = sync.OnceValue(func() map[xml.Name]string {
	const office = "http://schemas.openxmlformats.org/"
	out := map[xml.Name]string{}
	for root, schema := range map[string]string{
		"spreadsheetml/2006/main workbook worksheet styleSheet sst comments table":    "sml.xsd",
		"wordprocessingml/2006/main document styles settings numbering hdr ftr fonts": "wml.xsd",
		"drawingml/2006/spreadsheetDrawing wsDr":                                      "dml-spreadsheetDrawing.xsd",
		"drawingml/2006/chart chartSpace":                                             "dml-chart.xsd",
		"drawingml/2006/main theme":                                                   "dml-main.xsd",
		"officeDocument/2006/extended-properties Properties":                          "shared-documentPropertiesExtended.xsd",
		"officeDocument/2006/custom-properties Properties":                            "shared-documentPropertiesCustom.xsd",
		"package/2006/relationships Relationships":                                    "opc-relationships.xsd",
		"package/2006/content-types Types":                                            "",
		"package/2006/metadata/core-properties coreProperties":                        "",
	} {
		space, names, _ := strings.Cut(root, " ")
		for n := range strings.FieldsSeq(names) {
			out[xml.Name{Space: office + space, Local: n}] = schema
		}
	}
	return out
})

// allowed is what Office itself writes against the schemas: xml:space on texts; attributes of later versions, and that they may be
// ignored (part 3).
var allowed = regexp.MustCompile(`attribute '\{http://(www\.w3\.org/XML/1998/namespace\}space|schemas\.microsoft\.com/office/|schemas\.openxmlformats\.org/markup-compatibility/2006\}Ignorable)`)

// TestOfficeSchemas: every workbook and document that goes out (weeklies, extracts, reminders, ledgers, receipts in the senders'
// own workbooks, templates, exports) keeps to the schemas of ECMA-376. Excel offers to repair a workbook that doesn't, and a
// leader has no answer to that.
func TestOfficeSchemas(t *testing.T) {
	if os.Getenv("TAIZHANG_TEST_SCHEMA") == "" {
		t.Skip("needs the schemas, 15 MB by Maven: make test-schema runs it")
	}
	xmllint := tooltest.Path(t, "xmllint", "libxml2-utils")
	folder := getSchemas(t)
	zone := demoZone(t)
	more := t.TempDir()
	set, err := forms.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.Forms {
		if code, _, log := program(t, "forms", "template", f.ID, "-o", filepath.Join(more, f.ID+".xlsx"), "--zone", zone); code != 0 {
			t.Fatalf("template of %s: %s", f.ID, log)
		}
	}
	for name, args := range map[string][]string{
		"query":   {"sql", "from 问题台账"},
		"metrics": {"metrics", "--by", "submitter"},
		"trace":   {"trace", "closure_rate"},
		"returns": {"returns", "list"},
	} {
		if code, _, log := program(t, append(args, "-o", filepath.Join(more, name+".xlsx"), "--zone", zone)...); code != 0 {
			t.Fatalf("%v: %s", args, log)
		}
	}
	for _, pattern := range []string{"../../ingest/receipt/testdata/*.*", "../../ingest/sheet/anyfile/testdata/*/*.*"} { // .xls, .ods: their sheets are written anew
		files, _ := filepath.Glob(pattern)
		if len(files) == 0 {
			t.Fatalf("no file is called %s", pattern)
		}
		for _, f := range files {
			if code, _, log := program(t, "check", f, "-o", filepath.Join(more, "check-"+filepath.Base(f)+".xlsx"), "--submitter", "产业局", "--zone", zone); code != 0 && code != 3 {
				t.Fatalf("check %s: exit code %d: %s", f, code, log)
			}
		}
	}
	parts, books := t.TempDir(), 0
	of := map[string]string{}         // part on the disk → where it is from
	bySchema := map[string][]string{} // schema → parts on the disk
	for _, root := range []string{filepath.Join(zone, "summaries"), filepath.Join(zone, "published"), filepath.Join(zone, "outbox"), more} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".xlsx" && ext != ".docx" {
				return err
			}
			books++
			z, err := zip.OpenReader(path)
			if err != nil {
				return err
			}
			defer z.Close()
			for _, f := range z.File {
				content, err := readPart(f)
				if err != nil {
					return fmt.Errorf("%s %s: %w", path, f.Name, err)
				}
				if ext := filepath.Ext(f.Name); ext != ".xml" && ext != ".rels" {
					continue
				}
				schema, known := schemas()[rootOf(content)]
				if !known {
					t.Errorf("%s: %s begins with %v, which no schema is known of", filepath.Base(path), f.Name, rootOf(content))
				}
				if schema == "" {
					continue
				}
				part := filepath.Join(parts, fmt.Sprintf("%06d.xml", len(of)))
				of[part] = filepath.Base(path) + " " + f.Name
				bySchema[schema] = append(bySchema[schema], part)
				if err := os.WriteFile(part, content, 0o644); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for schema, list := range bySchema {
		for said := range strings.Lines(lint(xmllint, filepath.Join(folder, schema), list)) {
			part, rest, _ := strings.Cut(strings.TrimSpace(said), ":")
			from, ours := of[part]
			if !ours && !strings.HasSuffix(said, "validates\n") && !strings.HasSuffix(said, "fails to validate\n") {
				t.Fatalf("xmllint with %s: %s", schema, said)
			}
			if ours && !allowed.MatchString(rest) {
				t.Errorf("%s:%s", from, rest)
			}
		}
	}
	t.Logf("%d workbooks and documents, %d parts", books, len(of))
	if books < 300 || len(bySchema) != 8 {
		t.Errorf("looked at %d files by %d schemas: that is not all that goes out", books, len(bySchema))
	}
	wrong := filepath.Join(parts, "wrong.xml")
	if err := os.WriteFile(wrong, []byte(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetPr><tabColor rgb="C3CAD1"/></sheetPr><sheetData/></worksheet>`), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := lint(xmllint, filepath.Join(folder, "sml.xsd"), []string{wrong}); !strings.Contains(said, "C3CAD1") {
		t.Errorf("a colour of three bytes passes: %s", said)
	}
}

// lint gives what xmllint says of some parts.
func lint(xmllint, schema string, parts []string) string {
	out, _ := exec.Command(xmllint, append([]string{"--noout", "--nonet", "--huge", "--schema", schema}, parts...)...).CombinedOutput() // its exit code says that one of them fails
	return string(out)
}

func readPart(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// rootOf is the name of the first element.
func rootOf(content []byte) xml.Name {
	d := xml.NewDecoder(strings.NewReader(string(content)))
	for {
		token, err := d.Token()
		if err != nil {
			return xml.Name{}
		}
		if e, ok := token.(xml.StartElement); ok {
			return e.Name
		}
	}
}

// getSchemas gives a folder with the schemas.
func getSchemas(t *testing.T) string {
	t.Helper()
	mvn := tooltest.Path(t, "mvn", "maven")
	dir := t.TempDir()
	if out, err := exec.Command(mvn, "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy", "-Dartifact="+schemaArtifact, "-DoutputDirectory="+dir).CombinedOutput(); err != nil {
		t.Fatalf("fetch %s: %v\n%s", schemaArtifact, err, out)
	}
	jars, _ := filepath.Glob(filepath.Join(dir, "*.jar"))
	if len(jars) != 1 {
		t.Fatalf("Maven fetched %q, want one jar", jars)
	}
	content, err := os.ReadFile(jars[0])
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != schemaSHA256 {
		t.Fatalf("%s has the SHA-256 %x, want %s", schemaArtifact, sum, schemaSHA256)
	}
	z, err := zip.OpenReader(jars[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	const nameless = `<xsd:import namespace="http://www.w3.org/XML/1998/namespace"`
	for _, f := range z.File {
		if filepath.Ext(f.Name) != ".xsd" {
			continue
		}
		text, err := readPart(f)
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.ReplaceAll(string(text), nameless, nameless+` schemaLocation="xml.xsd"`)) // they don't say where it lies
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(f.Name)), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const xmlSchema = `<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace"><xsd:attribute name="space" type="xsd:NCName"/><xsd:attribute name="lang" type="xsd:string"/></xsd:schema>`
	if err := os.WriteFile(filepath.Join(dir, "xml.xsd"), []byte(xmlSchema), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}
