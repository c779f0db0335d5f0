package anyfile_test

import (
	"bytes"
	"testing"

	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"

	"github.com/xuri/excelize/v2"
)

func TestComplete(t *testing.T) {
	zip := sheettest.Zip(sheettest.XLSX(`<sheetData/>`)...)
	xls := sheettest.XLS([]string{"甲"}, func(w *sheettest.Writer) {
		for r := range 2000 {
			w.Rec(sheettest.RecNumber, sheettest.LE16(r, 0, 0), sheettest.LE64(1))
		}
	})
	for name, data := range map[string][]byte{"zip": zip, "xls": xls} {
		if !anyfile.Complete(data) {
			t.Errorf("%s: whole file called incomplete", name)
		}
		for _, n := range []int{0, 1, 4, 100, len(data) / 2, len(data) - 600} {
			if n < len(data) && n >= 0 && anyfile.Complete(data[:n]) {
				t.Errorf("%s: first %d of %d bytes called complete", name, n, len(data))
			}
		}
		zeros := append(bytes.Clone(data[:len(data)/2]), make([]byte, len(data)-len(data)/2)...)
		if name == "zip" && anyfile.Complete(zeros) {
			t.Errorf("%s: half filled with zeros called complete", name)
		}
	}
	// A container whose table of sectors speaks of more than there are, as
	// excelize writes it, is complete as long as everything in it can be read.
	if !anyfile.Complete(sheettest.Must(excelize.Encrypt(sheettest.Zip(sheettest.Part{Name: "x", Body: string(md5Chain(make([]byte, 8<<10)))}), &excelize.Options{Password: "x"}))) {
		t.Error("encrypted package")
	}
	if !anyfile.Complete([]byte("a,b\n")) || anyfile.Complete([]byte("PK")) || anyfile.Complete(nil) {
		t.Error("short files")
	}
}
