package xlsx_test

import (
	"context"
	"testing"
	"unicode/utf8"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/xlsx"
	"taizhang/internal/opc"
)

// FuzzSheetXML also demands that both ways of reading a row agree.
func FuzzSheetXML(f *testing.F) {
	f.Add(sheettest.SampleSheet)
	f.Add("<sheetData>\n<row\tr='3' ><c r=\"C3\"/><!-- x --><x:c r=\"B3\"><x:v><![CDATA[1]]></x:v></x:c></row><row r=\"2\"/></sheetData>")
	f.Add(`<sheetData><row r="1" spans="1:2"><c r="A1" cm="1"><v> 1 </v></c><c r="A1"><v></v></c></row></sheetData>`)
	parts := sheettest.XLSX("", "甲")
	f.Fuzz(func(t *testing.T, body string) {
		p := sheettest.With(parts, sheettest.Part{Name: "xl/worksheets/sheet1.xml", Body: `<worksheet>` + body + `</worksheet>`})
		if g, err := gridOf(t, p); err == nil {
			_ = g
			b, err := anyfile.Open(context.Background(), "x", sheettest.Zip(p...), sheettest.Limits())
			sheettest.CheckBook(t, b, err)
		} else {
			sheettest.CheckError(t, err)
		}
	})
}

func FuzzSharedStrings(f *testing.F) {
	f.Add(`<sst><si><t>甲</t></si><si><r><t>a</t></r><rPh><t>b</t></rPh></si><si/></sst>`)
	f.Add(`<sst><si><t xml:space="preserve"> _x000D_ </t></si> <si><t/></si></sst>`)
	f.Fuzz(func(t *testing.T, sst string) {
		p := sheettest.Must(opc.Open(sheettest.Zip(sheettest.Part{Name: "s", Body: sst}), opc.DefaultLimits()))
		s, err := xlsx.ReadShared(p, "s", sheet.DefaultLimits())
		if err != nil {
			sheettest.CheckError(t, sheet.AsRefusal(err))
			return
		}
		for i := range s.Len() {
			if !utf8.ValidString(s.At(i)) {
				t.Fatalf("string %d: %q", i, s.At(i))
			}
		}
	})
}
