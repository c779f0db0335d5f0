//go:build unix

package anyfile_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// cpu is the CPU time of the process so far, garbage collection included.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// paired runs the contenders in turn and gives the median CPU time of each.
func paired(rounds int, fns ...func()) []time.Duration {
	all := make([][]time.Duration, len(fns))
	for i := range rounds + 1 {
		for j, fn := range fns {
			runtime.GC()
			at := cpu()
			fn()
			if d := cpu() - at; i > 0 { // the first round warms up
				all[j] = append(all[j], d)
			}
		}
	}
	med := make([]time.Duration, len(fns))
	for j := range all {
		sort.Slice(all[j], func(a, b int) bool { return all[j][a] < all[j][b] })
		med[j] = all[j][len(all[j])/2]
	}
	return med
}

// returnLike writes rows of the kind a return has: texts, codes, dates, money.
func returnLike(rows, cols int) []byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	var shared []string
	index := map[string]int{}
	text := func(s string) int {
		i, ok := index[s]
		if !ok {
			i = len(shared)
			index[s] = i
			shared = append(shared, s)
		}
		return i
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<dimension ref="A1:%s"/><sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>`, sheet.Ref(rows, cols))
	for r := 1; r <= rows; r++ {
		fmt.Fprintf(&b, `<row r="%d" spans="1:%d">`, r, cols)
		for c := 1; c <= cols; c++ {
			ref := sheet.Ref(r, c)
			switch c % 5 {
			case 0:
				fmt.Fprintf(&b, `<c r="%s" s="1"><v>%d</v></c>`, ref, 44562+rnd.IntN(240))
			case 1:
				fmt.Fprintf(&b, `<c r="%s" t="s"><v>%d</v></c>`, ref, text(fmt.Sprintf("XT-%06d", r)))
			case 2:
				fmt.Fprintf(&b, `<c r="%s" t="s"><v>%d</v></c>`, ref, text([]string{"产业局", "双马街道", "已办结", "办理中", "政策兑现"}[rnd.IntN(5)]))
			case 3:
				fmt.Fprintf(&b, `<c r="%s"><v>%.2f</v></c>`, ref, rnd.Float64()*1e6)
			default:
				fmt.Fprintf(&b, `<c r="%s"><v>%d</v></c>`, ref, rnd.IntN(5000))
			}
		}
		b.WriteString(`</row>`)
	}
	b.WriteString(`</sheetData>`)
	return sheettest.Zip(sheettest.XLSX(b.String(), shared...)...)
}

// readExcelize streams every sheet as excelize does it fastest.
func readExcelize(data []byte) (cells int) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipXMLSizeLimit: 1 << 30})
	if err != nil {
		panic(err)
	}
	defer f.Close()
	for _, s := range f.GetSheetList() {
		rows, err := f.Rows(s)
		if err != nil {
			panic(err)
		}
		for rows.Next() {
			cols, err := rows.Columns(excelize.Options{RawCellValue: true})
			if err != nil {
				panic(err)
			}
			cells += len(cols)
		}
		rows.Close()
	}
	return cells
}

func readEach(data []byte) (cells int) {
	b, err := anyfile.Open(context.Background(), "x.xlsx", data, sheet.Limits{})
	if err != nil {
		panic(err)
	}
	for i := range b.Sheets() {
		if err := b.Each(i, func(r *sheet.Row) error { cells += len(r.Cells); return nil }); err != nil {
			panic(err)
		}
	}
	return cells
}

// inflate unpacks what a reader must unpack: the workbook's own parts.
func inflate(data []byte) {
	z := sheettest.Must(zip.NewReader(bytes.NewReader(data), int64(len(data))))
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	for _, f := range z.File {
		r := sheettest.Must(f.Open())
		if _, err := io.Copy(io.Discard, r); err != nil {
			panic(err)
		}
		r.Close()
	}
}

// BenchmarkGoals prints the ratios that the design promises.
//
//	go test ./ingest/sheet -run '^$' -bench Goals -benchtime 1x
func BenchmarkGoals(b *testing.B) {
	big := returnLike(60_000, 15)
	m := paired(3, func() { readExcelize(big) }, func() { readEach(big) }, func() { inflate(big) })
	b.Logf("large xlsx, 60,000 x 15: excelize %v, ours %v, inflate %v: %.1f x less than excelize (goal 10), %.2f x inflate (goal 2.5)",
		m[0], m[1], m[2], ratio(m[0], m[1]), ratio(m[1], m[2]))
	b.ReportMetric(ratio(m[0], m[1]), "x-excelize")
	b.ReportMetric(ratio(m[1], m[2]), "x-inflate")

	small := smallBooks()
	each := func(fn func([]byte) int) func() {
		return func() {
			for i := range 2000 {
				fn(small[i%len(small)])
			}
		}
	}
	m = paired(3, each(readExcelize), each(readEach))
	b.Logf("2,000 small xlsx: excelize %v, ours %v (%v a file): %.1f x less (goal 8)", m[0], m[1], m[1]/2000, ratio(m[0], m[1]))
	b.ReportMetric(ratio(m[0], m[1]), "x-excelize-small")

	xls := bigXLS()
	m = paired(5, func() { readEach(xls) })
	b.Logf("xls 65,000 x 12: %v (goal 400ms)", m[0])
	b.ReportMetric(float64(m[0].Milliseconds()), "ms-xls")
	text := bigCSV()
	m = paired(3, func() { readEach(text) })
	b.Logf("csv in GB18030, %d MB: %v", len(text)>>20, m[0])
	if dir := os.Getenv("TAIZHANG_BENCH_DIR"); dir != "" {
		os.WriteFile(dir+"/big.xlsx", big, 0o600)
		os.WriteFile(dir+"/small.xlsx", small[0], 0o600)
		os.WriteFile(dir+"/big.xls", xls, 0o600)
	}
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// smallBooks are workbooks of 55 rows by 14 columns, as excelize writes them.
func smallBooks() [][]byte {
	var out [][]byte
	for k := range 4 {
		f := excelize.NewFile()
		date := sheettest.Must(f.NewStyle(&excelize.Style{NumFmt: 14}))
		head := sheettest.Must(f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}))
		f.SetCellValue("Sheet1", "A1", "湘潭高新区问题台账")
		f.MergeCell("Sheet1", "A1", "N1")
		for c := 1; c <= 14; c++ {
			f.SetCellValue("Sheet1", sheet.Ref(3, c), fmt.Sprintf("列标题%d", c))
			f.SetCellStyle("Sheet1", sheet.Ref(3, c), sheet.Ref(3, c), head)
		}
		for r := 4; r <= 58; r++ {
			for c := 1; c <= 14; c++ {
				switch c % 4 {
				case 0:
					f.SetCellValue("Sheet1", sheet.Ref(r, c), 44562+r*k)
					f.SetCellStyle("Sheet1", sheet.Ref(r, c), sheet.Ref(r, c), date)
				case 1:
					f.SetCellValue("Sheet1", sheet.Ref(r, c), float64(r*c)*1.25)
				default:
					f.SetCellValue("Sheet1", sheet.Ref(r, c), fmt.Sprintf("第%d行企业反馈的问题%d", r, c))
				}
			}
		}
		out = append(out, sheettest.Must(f.WriteToBuffer()).Bytes())
		f.Close()
	}
	return out
}

func bigXLS() []byte {
	var shared []string
	for i := range 65_000 {
		shared = append(shared, fmt.Sprintf("企业反馈问题%05d", i))
	}
	return sheettest.XLS(shared, func(w *sheettest.Writer) {
		for r := range 65_000 {
			for c := range 12 {
				switch c % 4 {
				case 0:
					w.Rec(sheettest.RecLabelSST, sheettest.LE16(r, c, 0), sheettest.LE32(r))
				case 1:
					w.Rec(sheettest.RecNumber, sheettest.LE16(r, c, 0), sheettest.LE64(float64(r)*1.37))
				case 2:
					w.Rec(sheettest.RecRK, sheettest.LE16(r, c, 1), sheettest.LE32((44562+r%300)<<2|2))
				default:
					w.Rec(sheettest.RecRK, sheettest.LE16(r, c, 0), sheettest.LE32(r<<2|2))
				}
			}
		}
	})
}

func bigCSV() []byte {
	var b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&b, "XT-%06d,双马街道,政策兑现,反映租金减免政策未落实的问题,2022-03-%02d,%d.25,已办结,%d,联系人张三,备注\r\n", i, i%28+1, i, i*7)
	}
	return []byte(sheettest.Must(simplifiedchinese.GB18030.NewEncoder().String(b.String())))
}

func BenchmarkCSV(b *testing.B) {
	text := bigCSV()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		readEach(text)
	}
}

// BenchmarkEachLarge is for profiles.
func BenchmarkEachLarge(b *testing.B) {
	big := returnLike(60_000, 15)
	b.ReportAllocs()
	for b.Loop() {
		readEach(big)
	}
}

func BenchmarkEachSmall(b *testing.B) {
	small := smallBooks()
	b.ReportAllocs()
	for b.Loop() {
		readEach(small[0])
	}
}

func BenchmarkXLS(b *testing.B) {
	xls := bigXLS()
	b.ReportAllocs()
	for b.Loop() {
		readEach(xls)
	}
}
