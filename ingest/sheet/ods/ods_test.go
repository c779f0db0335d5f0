package ods_test

import (
	"context"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

func TestODS(t *testing.T) {
	const ns = `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x" xmlns:style="s" xmlns:calcext="c">`
	content := ns + `<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles>` +
		`<office:body><office:spreadsheet><table:table table:name="甲" table:style-name="ta1"><table:shapes><text:p>图</text:p></table:shapes><table:table-column table:number-columns-repeated="1024"/>` +
		`<table:table-header-rows><table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>标<text:span>题</text:span></text:p><text:p>二 <text:s text:c="2"/>三<text:tab/><text:line-break/>四</text:p><office:annotation><text:p>批注</text:p></office:annotation></table:table-cell><table:covered-table-cell/>` +
		`<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="1.5"><text:p>1.5</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row></table:table-header-rows>` +
		`<table:table-row table:number-rows-repeated="2" table:visibility="filter"><table:table-cell office:value-type="percentage" office:value="0.85"><text:p>85%</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="2022-01-03T08:30:00"/><table:table-cell office:value-type="time" office:time-value="PT36H00M00S"/>` +
		`<table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>#DIV/0!</text:p></table:table-cell><table:table-cell table:formula="of:=A1"/></table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row></table:table>` +
		`<table:table table:name="乙" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`
	pkg := func(c string) []byte {
		return sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "application/vnd.oasis.opendocument.spreadsheet"}, sheettest.Part{Name: "content.xml", Body: c})
	}
	b := sheettest.Must(anyfile.Open(context.Background(), "x", pkg(content), sheet.Limits{}))
	row := func(n string) string {
		return "A" + n + " number \"0.85\" percent hidden\nB" + n + " date \"2022-01-03T08:30:00\" hidden\nC" + n + " time \"36:00:00\" hidden\nD" + n + " bool \"TRUE\" hidden\nE" + n + " error \"#DIV/0!\" formula hidden\nF" + n + " empty \"\" formula no-value hidden\n"
	}
	want := []string{"A1 text \"标题\\n二   三\\t\\n四\"\nC1 number \"1.5\"\nD1 number \"1.5\"\n" + row("2") + row("3") + "merged A1:B1\n", "A1 text \"x\"\n"}
	if s := b.Sheets(); len(s) != 2 || s[0].Hidden || !s[1].Hidden || s[1].Name != "乙" || b.Format != sheet.ODS {
		t.Errorf("%s %+v", b.Format, s)
	}
	for i := range want {
		if got := sheettest.Dump(sheettest.Must(b.Grid(i))); got != want[i] {
			t.Errorf("sheet %d: got\n%swant\n%s", i, got, want[i])
		}
	}
	refusals := map[string]struct {
		data   []byte
		reason string
	}{
		"cut off":   {pkg(content[:len(content)-300]), sheet.Damaged},
		"password":  {sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: "x"}, sheettest.Part{Name: "META-INF/manifest.xml", Body: "<manifest:encryption-data/>"}), sheet.Password},
		"password2": {sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "encrypted-package", Body: "x"}, sheettest.Part{Name: "META-INF/manifest.xml", Body: "<x/>"}), sheet.Password},
		"text":      {pkg(ns + `<office:body><office:text/></office:body></office:document-content>`), sheet.NotASheet},
		"columns":   {pkg(strings.Replace(content, `columns-repeated="2"`, `columns-repeated="99999999999"`, 1)), sheet.TooLarge},
		"rows":      {pkg(strings.Replace(content, `rows-repeated="2"`, `rows-repeated="999999999"`, 1)), sheet.TooLarge},
		"entity":    {pkg(`<!DOCTYPE a [<!ENTITY b "c">]>` + content), sheet.Bomb},
	}
	for name, tt := range refusals {
		b, err := anyfile.Open(context.Background(), "x", tt.data, sheet.Limits{})
		if err == nil {
			_, err = b.Grid(0)
		}
		if sheettest.Reason(err) != tt.reason {
			t.Errorf("%s: %v, want %s", name, err, tt.reason)
		}
	}
}
