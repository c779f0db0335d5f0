package anyfile_test

import (
	"context"
	"testing"

	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/internal/cfb/cfbtest"
)

func FuzzOpen(f *testing.F) {
	f.Add(sheettest.Zip(sheettest.XLSX(sheettest.SampleSheet, "甲")...))
	f.Add(sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: sheettest.SampleODS}))
	f.Add(cfbtest.Pack(map[string][]byte{"Workbook": sheettest.SampleBIFF()}))
	f.Add(sheettest.SampleBIFF())
	f.Add([]byte(sheettest.SampleXML2003))
	f.Add([]byte(sheettest.SampleHTML))
	f.Add([]byte("编号,金额\n1,\"二\n三\"\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00\n\x00"))
	f.Add([]byte("\xb1\xe0\xba\xc5,\xbd\xf0\xb6\xee\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		anyfile.Complete(data)
		b, err := anyfile.Open(context.Background(), "x", data, sheettest.Limits())
		sheettest.CheckBook(t, b, err)
	})
}
