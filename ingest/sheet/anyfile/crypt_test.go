package anyfile_test

import (
	"bytes"
	"crypto/md5"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/internal/offcrypto"

	"github.com/xuri/excelize/v2"
)

// TestDefaultPassword: a package under Excel's default password opens, one
// under any other is refused as having a password.
func TestDefaultPassword(t *testing.T) {
	padding := make([]byte, 8<<10) // excelize places streams below 4,096 bytes where nobody finds them
	plain := sheettest.Zip(append(sheettest.XLSX(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>`, "甲"), sheettest.Part{Name: "x.bin", Body: string(md5Chain(padding))})...)
	for password, reason := range map[string]string{offcrypto.DefaultPassword: "", "secret": sheet.Password} {
		g, err := sheettest.First(sheettest.Must(excelize.Encrypt(bytes.Clone(plain), &excelize.Options{Password: password})))
		if sheettest.Reason(err) != reason {
			t.Errorf("%s: %v, want %q", password, err, reason)
		}
		if err == nil && sheettest.Dump(g) != "A1 text \"甲\"\n" {
			t.Errorf("got %s", sheettest.Dump(g))
		}
	}
}

// md5Chain makes bytes that don't compress.
func md5Chain(b []byte) []byte {
	for i := 0; i+16 < len(b); i += 16 {
		h := md5.Sum(b[i : i+16])
		copy(b[i+16:], h[:])
	}
	return b
}
