package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bookOf zips a workbook of one sheet; sheet and strings are written as often as told, so that small files unpack large.
func bookOf(t *testing.T, sheet func(w io.Writer), shared func(w io.Writer)) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	const typ = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	put := func(name string, write func(w io.Writer)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		write(w)
	}
	text := func(s string) func(io.Writer) { return func(w io.Writer) { io.WriteString(w, s) } }
	put("_rels/.rels", text(`<Relationships><Relationship Id="rId1" Type="`+typ+`officeDocument" Target="xl/workbook.xml"/></Relationships>`))
	put("xl/workbook.xml", text(`<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`))
	put("xl/_rels/workbook.xml.rels", text(`<Relationships><Relationship Id="rId1" Type="`+typ+`worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="`+typ+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`))
	if shared != nil {
		put("xl/sharedStrings.xml", shared)
	}
	put("xl/worksheets/sheet1.xml", func(w io.Writer) {
		io.WriteString(w, `<worksheet>`)
		sheet(w)
		io.WriteString(w, `</worksheet>`)
	})
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func repeated(before, each string, n int, after string) func(w io.Writer) {
	return func(w io.Writer) {
		io.WriteString(w, before)
		many := strings.Repeat(each, 1000)
		for range n / 1000 {
			io.WriteString(w, many)
		}
		io.WriteString(w, strings.Repeat(each, n%1000)+after)
	}
}

// TestHostileInbox runs a zone whose inbox holds files made to exhaust, crash or mislead their reader. Each is sent back
// with its reason; the return among them counts.
func TestHostileInbox(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	z := filepath.Join(dir, "z")
	config := "zone: 示范区\nsubmitters:\n  - {code: cyj, name: 产业局}\nlimits: {file_mb: 2, inflated_mb: 64, rows: 50000, memory_mb: 64, seconds: 20}\n"
	write := func(path string, content []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(z, "taizhang.yaml"), []byte(config))
	one := `<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>`
	head := `<c t="inlineStr"><is><t>` + strings.Join(strings.Fields("问题编号 问题来源 责任清单 问题描述 牵头单位 交办日期 办结时限 办理状态"), `</t></is></c><c t="inlineStr"><is><t>`) + `</t></is></c>`
	good := "产业局问题台账（截至2026年11月20日）\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态\nQ1,走访调研,企业难题,路灯不亮,产业局,2026-11-02,2026-12-20,办理中\n"
	var manyParts bytes.Buffer
	zw := zip.NewWriter(&manyParts)
	for i := range 11_000 {
		if _, err := zw.Create(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	zw.Close()
	files := map[string]struct {
		content []byte
		rule    string // "" where the return counts
	}{
		"好的.csv":                     {[]byte(good), ""},
		"一格很大.xlsx":                  {bookOf(t, repeated(`<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`, strings.Repeat("a", 1000), 50_000, `</t></is></c></row></sheetData>`), nil), "too_large"},
		"展开很大.xlsx":                  {bookOf(t, repeated(`<sheetData>`, strings.Repeat(" ", 1000), 100_000, `</sheetData>`), nil), "bomb"},
		"文字很多.xlsx":                  {bookOf(t, func(w io.Writer) { io.WriteString(w, one) }, repeated(`<sst>`, `<si><t>a</t></si>`, 3_000_000, `</sst>`)), "too_large"},
		"单元格很多.xlsx":                 {bookOf(t, repeated(`<sheetData>`, `<row>`+strings.Repeat(`<c><v>1</v></c>`, 100)+`</row>`, 20_000, `</sheetData>`), nil), "too_large"},
		"行很多.xlsx":                   {bookOf(t, repeated(`<sheetData>`, `<row><c><v>1</v></c></row>`, 60_000, `</sheetData>`), nil), "too_large"},
		"很深.xlsx":                    {bookOf(t, repeated("", "<a>", 100_000, ""), nil), "bomb"},
		"实体.xlsx":                    {bookOf(t, func(w io.Writer) { io.WriteString(w, `<!DOCTYPE x [<!ENTITY a "aaaa">]>`+one) }, nil), "bomb"},
		"部件很多.xlsx":                  {manyParts.Bytes(), "bomb"},
		"表头很多.xlsx":                  {bookOf(t, repeated(`<sheetData>`, `<row>`+head+`</row><row><c><v>1</v></c></row>`, 20_000, `</sheetData>`), nil), "?"},
		"目录坏了.xlsx":                  {bytes.Replace(bookOf(t, func(w io.Writer) { io.WriteString(w, one) }, nil), []byte("PK\x01\x02"), []byte("PK\x01x"), 1), "damaged"},
		"太大.csv":                     {bytes.Repeat([]byte("a,b\n"), 1<<20), "too_large"},
		"网页.xls":                     {[]byte("<table>" + strings.Repeat("<tr><td>", 200_000)), "?"},
		"引号.csv":                     {[]byte("编号,描述\n" + strings.Repeat("\"x\n", 400_000)), "damaged"},
		"／..／..／etc／passwd.xlsx":     {[]byte("root:x:0:0"), "?"},
		"=HYPERLINK(\"http:x\").csv": {[]byte("=cmd|'/c calc'!A0\n"), "?"},
		"占位.xlsx":                    {[]byte("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "not_a_spreadsheet"},
		"快捷方式.lnk":                   {append([]byte("L\x00\x00\x00\x01\x14\x02\x00"), make([]byte, 60)...), "not_a_spreadsheet"},
		"名字里有\n换行和\x1b[31m颜色.xlsx":       {[]byte("%PDF-1.4"), "not_a_spreadsheet"},
		strings.Repeat("长", 80) + ".csv": {[]byte("%PDF-1.4"), "not_a_spreadsheet"},
	}
	for name, f := range files {
		write(filepath.Join(z, "inbox", "产业局", name), f.content)
	}
	var stdout, stderr bytes.Buffer
	if code := run([]string{"run", "--zone", z}, nil, &stdout, &stderr); code != exitRejected {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
	stdout.Reset()
	if code := run([]string{"returns", "list", "--zone", z, "-f", "json"}, nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var list []struct{ Return, File, Status string }
	if err := json.Unmarshal(stdout.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range list {
		seen[r.File] = true
		f, ok := files[r.File]
		if !ok {
			t.Errorf("nobody sent %q", r.File)
			continue
		}
		if counts := strings.HasPrefix(r.Status, "accepted"); counts != (f.rule == "") && f.rule != "?" {
			t.Errorf("%s: %s", r.File, r.Status)
		}
		if f.rule == "" || f.rule == "?" {
			continue
		}
		stdout.Reset()
		if code := run([]string{"returns", "show", r.Return, "--zone", z, "-f", "json"}, nil, &stdout, &stderr); code != exitDone {
			t.Errorf("show %s: %s", r.Return, stderr.String())
		} else if !strings.Contains(stdout.String(), `"rule": "`+f.rule+`"`) {
			t.Errorf("%s: not %s but %s", r.File, f.rule, stdout.String())
		}
	}
	if len(seen) != len(files) {
		t.Errorf("%d of %d files are listed", len(seen), len(files))
	}
	left, err := filepath.Glob(filepath.Join(z, "inbox", "产业局", "*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left in the inbox: %q %v", left, err)
	}
	receipts, err := filepath.Glob(filepath.Join(z, "outbox", "产业局", "回执_*"))
	if err != nil || len(receipts) != len(files) {
		t.Errorf("%d receipts for %d files (%v)", len(receipts), len(files), err)
	}
}
