package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// filledODS is a spreadsheet whose one row of content is repeated, as filling a
// column to the bottom leaves it; the file has a kilobyte however many rows.
func filledODS(t *testing.T, rows int) string {
	t.Helper()
	cell := func(s string) string {
		return `<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`
	}
	content := `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="台账">` +
		`<table:table-row table:number-rows-repeated="` + fmt.Sprint(rows) + `">` + cell("甲") + cell("已办结") + cell("他说“\"<好>&amp;\"”") + `<table:table-cell office:value-type="float" office:value="1.50"/></table:table-row>` +
		`</table:table></office:spreadsheet></office:body></office:document-content>`
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": strings.Replace(content, "<好>", "&lt;好&gt;", 1)} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(body))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "满.ods")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// heapWatch is an output that notes how large the heap grows while it is written to.
type heapWatch struct {
	bytes, writes int
	peak          uint64
}

func (h *heapWatch) Write(p []byte) (int, error) {
	h.bytes += len(p)
	if h.writes++; h.writes%1000 == 0 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		h.peak = max(h.peak, m.HeapAlloc)
	}
	return len(p), nil
}

// TestPeekStreams: what a file repeats is printed, not collected.
func TestPeekStreams(t *testing.T) {
	path := filledODS(t, 200_000)
	defer debug.SetGCPercent(debug.SetGCPercent(20)) // else the heap may double what other tests left before anybody looks
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	for _, format := range []string{"json", "csv"} {
		h := &heapWatch{}
		if code := run([]string{"peek", "-f", format, path}, nil, h, os.Stderr); code != 0 {
			t.Fatalf("%s: exit code %d", format, code)
		}
		if h.bytes < 200_000*20 || h.peak == 0 {
			t.Fatalf("%s: %d bytes in %d writes: the test is beside the point", format, h.bytes, h.writes)
		}
		if grown := int64(h.peak) - int64(m.HeapAlloc); grown > 24<<20 {
			t.Errorf("%s: the heap grew by %d MiB", format, grown>>20)
		}
	}
}

// TestPeekJSON: cell by cell, what is written is the JSON of the whole.
func TestPeekJSON(t *testing.T) {
	var out bytes.Buffer
	if code := run([]string{"peek", "-f", "json", filledODS(t, 2)}, nil, &out, os.Stderr); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	var got []struct {
		Sheet         string
		Rows, Columns int
		Cells         []struct {
			Ref, Type, Text string
			Value           json.RawMessage
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	if len(got) != 1 || got[0].Sheet != "台账" || got[0].Rows != 2 || got[0].Columns != 4 || len(got[0].Cells) != 8 {
		t.Fatalf("%+v", got)
	}
	if c := got[0].Cells[6]; c.Ref != "C2" || c.Type != "text" || c.Text != "他说“\"<好>&\"”" {
		t.Errorf("%+v", c)
	}
	if c := got[0].Cells[7]; c.Ref != "D2" || c.Type != "number" || string(c.Value) != "1.5" {
		t.Errorf("%+v", c)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, out.Bytes(), "", " "); err != nil || indented.String() != out.String() {
		t.Errorf("not as other commands print JSON:\n%s", out.String())
	}
}
