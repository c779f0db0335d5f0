package xls_test

import (
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/xls"
)

func FuzzBIFF(f *testing.F) {
	f.Add(sheettest.SampleBIFF())
	f.Add([]byte("\x09\x00\x04\x00\x02\x00\x10\x00\x02\x00\x09\x00\x00\x00\x00\x00\x00\x00\x00\x07\x00\x0a\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, s []byte) {
		b, err := xls.Open(s, sheettest.Limits().Filled())
		if err != nil {
			sheettest.CheckError(t, sheet.AsRefusal(err))
			return
		}
		sheettest.CheckBook(t, b, nil)
	})
}
