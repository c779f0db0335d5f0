package receipt

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"taizhang/ingest/finding"
)

// TestCleanReceiptIsTheOriginal: in the receipt of a return without findings every part is the sender's, most of them as
// they lie in the file, packed; sheets differ in nothing but which one is selected.
func TestCleanReceiptIsTheOriginal(t *testing.T) {
	original := problemBook(t, 300)
	report := problemReport()
	report.Returns[0].Findings, report.Returns[0].Outcome = nil, finding.Accepted
	_, content, err := Write(report, Source{Content: original}, zone)
	must(t, err)
	read := func(data []byte) (text, raw map[string]string) {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		must(t, err)
		text, raw = map[string]string{}, map[string]string{}
		for _, f := range z.File {
			packed, err := f.OpenRaw()
			must(t, err)
			b, err := io.ReadAll(packed)
			must(t, err)
			raw[f.Name] = string(b)
			unpacked, err := f.Open()
			must(t, err)
			b, err = io.ReadAll(unpacked)
			must(t, err)
			text[f.Name] = string(b)
		}
		return text, raw
	}
	was, wasRaw := read(original)
	is, isRaw := read(content)
	edited := []string{"[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/workbook.xml"}
	selected := 0
	for name, text := range was {
		switch {
		case slices.Contains(edited, name):
		case strings.Contains(text, ` tabSelected="`):
			selected++
			before, after, _ := strings.Cut(text, `tabSelected="`)
			if _, after, _ = strings.Cut(after, `"`); is[name] != before+after {
				t.Errorf("%s differs in more than its selection", name)
			}
		case isRaw[name] != wasRaw[name]:
			t.Errorf("%s was packed anew", name)
		}
	}
	if selected != 1 || len(is) != len(was)+1 {
		t.Errorf("%d sheets were selected, %d parts are %d now", selected, len(was), len(is))
	}
}

func TestDeselected(t *testing.T) {
	for given, want := range map[string]string{
		`<worksheet><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetData><row/></sheetData></worksheet>`:            `<worksheet><sheetViews><sheetView  workbookViewId="0"/></sheetViews><sheetData><row/></sheetData></worksheet>`,
		`<x:worksheet><x:sheetViews><x:sheetView tabSelected='true'></x:sheetView></x:sheetViews><x:sheetData/></x:worksheet>`:                    `<x:worksheet><x:sheetViews><x:sheetView ></x:sheetView></x:sheetViews><x:sheetData/></x:worksheet>`,
		`<worksheet><sheetViews><sheetView tabSelected="1"/><sheetView workbookViewId="1" tabSelected="1"/></sheetViews><sheetData/></worksheet>`: `<worksheet><sheetViews><sheetView /><sheetView workbookViewId="1" /></sheetViews><sheetData/></worksheet>`,
		`<worksheet><sheetData><row><c t="inlineStr"><is><t>&lt;sheetView tabSelected="1"/&gt;</t></is></c></row></sheetData></worksheet>`:        `<worksheet><sheetData><row><c t="inlineStr"><is><t>&lt;sheetView tabSelected="1"/&gt;</t></is></c></row></sheetData></worksheet>`,
		`<worksheet><!-- tabSelected="1" --><sheetViews/></worksheet>`:                                                                            `<worksheet><!-- tabSelected="1" --><sheetViews/></worksheet>`,
		"not XML": "",
	} {
		got, err := deselected([]byte(given))
		if string(got) != want || (err == nil) != (want != "") {
			t.Errorf("%s\nbecomes %s (%v)", given, got, err)
		}
	}
}
