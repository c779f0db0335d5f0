package xml2003_test

import (
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/ingest/sheet/xml2003"
	"taizhang/internal/charset"
)

func FuzzXML2003(f *testing.F) {
	f.Add(sheettest.SampleXML2003)
	f.Fuzz(func(t *testing.T, s string) {
		b, err := xml2003.Open([]byte(s), charset.Charset{Name: "utf-8"}, sheettest.Limits().Filled())
		if err != nil {
			sheettest.CheckError(t, sheet.AsRefusal(err))
			return
		}
		sheettest.CheckBook(t, b, nil)
	})
}
