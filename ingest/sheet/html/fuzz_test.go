package html_test

import (
	"context"
	"testing"

	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

func FuzzHTML(f *testing.F) {
	f.Add(sheettest.SampleHTML)
	f.Add("<table><tr><td><table><tr><th rowspan=3>x</table>y<td rowspan=2>z")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := anyfile.Open(context.Background(), "x", []byte("<html>"+s), sheettest.Limits())
		sheettest.CheckBook(t, b, err)
	})
}
