package xlsx_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/xlsx"
	"taizhang/internal/cfb"
	"taizhang/internal/offcrypto"
)

// TestTwoWaysAgree reads every workbook of the corpus by the quick and by the
// token reader.
func TestTwoWaysAgree(t *testing.T) {
	dir := sheettest.CorpusDir(t)
	n := 0
	for _, f := range sheettest.ReadCorpus(t, dir) {
		data := sheettest.Must(os.ReadFile(filepath.Join(dir, f.Name)))
		quick, err := anyfile.Open(context.Background(), "x", data, sheet.Limits{})
		if err != nil || quick.Format != sheet.XLSX && quick.Format != sheet.XLSM {
			continue
		}
		n++
		if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) { // under Excel's own password
			c := sheettest.Must(cfb.Open(data))
			head, pack := sheettest.Must(c.Read(c.Root()["encryptioninfo"])), sheettest.Must(c.Read(c.Root()["encryptedpackage"]))
			data = sheettest.Must(offcrypto.Package(head, pack))
		}
		slow := sheettest.Must(xlsx.OpenSlowly(data, sheet.Limits{}))
		for i := range quick.Sheets() {
			a, errA := quick.Grid(i)
			b, errB := slow.Grid(i)
			if sheettest.Reason(errA) != sheettest.Reason(errB) {
				t.Errorf("%s, sheet %d: quick %v, slow %v", f.Name, i, errA, errB)
			} else if errA == nil && sheettest.Dump(a) != sheettest.Dump(b) {
				t.Errorf("%s, sheet %d: quick and slow differ", f.Name, i)
			}
		}
	}
	t.Logf("%d workbooks", n)
}
