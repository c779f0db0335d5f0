//go:build unix

package anyfile_test

import (
	"archive/zip"
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

// memoryFile names the file that a child process of BenchmarkMemory reads.
const memoryFile = "TAIZHANG_MEMORY_FILE"

// TestMemoryChild is the child process of BenchmarkMemory; by itself it does nothing.
func TestMemoryChild(t *testing.T) {
	path := os.Getenv(memoryFile)
	if path == "" {
		return
	}
	f := sheettest.Must(os.Open(path))
	defer f.Close()
	rows := 0
	b := sheettest.Must(anyfile.OpenAt(context.Background(), path, f, sheettest.Must(f.Stat()).Size(), sheet.Limits{}))
	if err := b.Each(0, func(*sheet.Row) error { rows++; return nil }); err != nil {
		t.Fatal(err)
	}
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("peak %d rows %d\n", u.Maxrss, rows)
}

// BenchmarkMemory reads workbooks of a hundred thousand and of a million rows of ten columns from disk, each in a
// process of its own, and prints its peak memory.
//
//	go test ./ingest/sheet -run '^$' -bench Memory -benchtime 1x
func BenchmarkMemory(b *testing.B) {
	for _, shared := range []bool{false, true} {
		for _, rows := range []int{100_000, 1_000_000} {
			name := fmt.Sprintf("%d-rows", rows)
			if shared {
				name += "-with-as-many-texts"
			}
			b.Run(name, func(b *testing.B) {
				path := filepath.Join(b.TempDir(), "big.xlsx")
				writeLong(b, path, rows, shared)
				for b.Loop() {
					c := exec.Command(os.Args[0], "-test.run=^TestMemoryChild$")
					c.Env = append(os.Environ(), memoryFile+"="+path)
					out, err := c.CombinedOutput()
					var kib, n int
					if at := strings.Index(string(out), "peak "); err != nil || at < 0 {
						b.Fatalf("%v: %s", err, out)
					} else if _, err := fmt.Sscanf(string(out[at:]), "peak %d rows %d", &kib, &n); err != nil || n != rows {
						b.Fatalf("%v, %d rows: %s", err, n, out)
					}
					size := sheettest.Must(os.Stat(path)).Size()
					b.Logf("%d rows, a file of %d MiB: peak %d MiB (goal 100)", rows, size>>20, kib>>10)
					b.ReportMetric(float64(kib)/1024, "peak-MiB")
				}
			})
		}
	}
}

// writeLong writes a workbook of ten columns straight to disk; with shared, every row has a text of its own among the
// shared strings.
func writeLong(b *testing.B, path string, rows int, shared bool) {
	b.Helper()
	f := sheettest.Must(os.Create(path))
	defer f.Close()
	z := zip.NewWriter(f)
	defer z.Close()
	const sheetName, stringsName = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	for _, p := range sheettest.XLSX("", "甲") {
		if p.Name != sheetName && p.Name != stringsName {
			sheettest.Must(sheettest.Must(z.Create(p.Name)).Write([]byte(p.Body)))
		}
	}
	w := bufio.NewWriterSize(sheettest.Must(z.Create(stringsName)), 1<<20)
	w.WriteString(`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	for i := range rows {
		if i < 100 || shared {
			fmt.Fprintf(w, "<si><t>第%d件：厂区门口道路破损</t></si>", i)
		}
	}
	w.WriteString(`</sst>`)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	w = bufio.NewWriterSize(sheettest.Must(z.Create(sheetName)), 1<<20)
	w.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for r := 1; r <= rows; r++ {
		n := r % 100
		if shared {
			n = r - 1
		}
		fmt.Fprintf(w, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="s"><v>%d</v></c><c r="C%d" s="1"><v>%d</v></c>`, r, r, r, r, n, r, 44562+r%300)
		for c := 4; c <= 10; c++ {
			fmt.Fprintf(w, `<c r="%s%d"><v>%d.%02d</v></c>`, sheet.ColumnName(c), r, r*c*7919%1_000_003, r*c%100)
		}
		w.WriteString(`</row>`)
	}
	w.WriteString(`</sheetData></worksheet>`)
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}
