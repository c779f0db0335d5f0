package receipt

import (
	"archive/zip"
	"bytes"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
)

// TestLargeReceipt: the receipt of a large file that has to be drawn again is packed like any workbook, and drawing it
// takes a few megabytes, however many rows it has: a hundred megabytes of CSV once became a receipt of 680, in 5 GB.
func TestLargeReceipt(t *testing.T) {
	const rows = 120_000
	content := []byte("项目编号,项目名称,金额（元）\n" + strings.Repeat("XM-0001,标准厂房二期配套道路工程,123456.78\n", rows))
	report := &finding.Report{Arrival: 1, File: "项目明细台账.csv", Returns: []*finding.Return{{ID: "000001-1", Outcome: finding.Accepted, Rows: rows}}}
	before := heap()
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				most.Store(max(most.Load(), heap()))
			}
		}
	}()
	_, out, err := Write(report, Source{Content: content, Format: sheet.CSV}, office)
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	var drawn uint64
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, "xl/worksheets/") {
			drawn = max(drawn, f.UncompressedSize64)
		}
	}
	if drawn < rows*100 {
		t.Fatalf("the sheet has %d bytes: its rows are missing", drawn)
	}
	if uint64(len(out)) > drawn/5 {
		t.Errorf("the receipt has %d bytes for %d of XML", len(out), drawn)
	}
	if used := most.Load() - before; used > drawn/2 {
		t.Errorf("drawing %d bytes of XML took %d bytes of memory", drawn, used)
	}
}

// heap is what lives after a collection.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestUnsortedReceipt: rows and cells that a broken file gives out of order all stand in the receipt.
func TestUnsortedReceipt(t *testing.T) {
	const table = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表"><Table>` +
		`<Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="String">丙</Data></Cell><Cell ss:Index="1"><Data ss:Type="String">丁</Data></Cell></Row>` +
		`<Row ss:Index="1"><Cell><Data ss:Type="String">甲</Data></Cell></Row></Table></Worksheet></Workbook>`
	_, out, err := Write(&finding.Report{Arrival: 1, File: "x.xml", Returns: []*finding.Return{{ID: "000001-1", Outcome: finding.Accepted, Rows: 2}}}, Source{Content: []byte(table), Format: sheet.XML2003}, office)
	if err != nil {
		t.Fatal(err)
	}
	f := openBook(t, out)
	for cell, want := range map[string]string{"A1": "甲", "A3": "丁", "B3": "丙"} {
		if got, err := f.GetCellValue("表", cell); got != want || err != nil {
			t.Errorf("%s holds %q, %v, not %s", cell, got, err, want)
		}
	}
}
