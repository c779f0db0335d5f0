package ods_test

import (
	"context"
	"testing"

	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

func FuzzODS(f *testing.F) {
	f.Add(sheettest.SampleODS)
	f.Fuzz(func(t *testing.T, content string) {
		b, err := anyfile.Open(context.Background(), "x", sheettest.Zip(sheettest.Part{Name: "mimetype", Body: "x"}, sheettest.Part{Name: "content.xml", Body: content}), sheettest.Limits())
		sheettest.CheckBook(t, b, err)
	})
}
