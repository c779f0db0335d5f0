package anyfile_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/sheet/sheettest"
)

func TestLimits(t *testing.T) {
	data := sheettest.Zip(sheettest.XLSX(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row><row r="2"><c r="A2"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/><mergeCell ref="A2:B2"/></mergeCells>`, "甲乙丙", "丁")...)
	for name, lim := range map[string]sheet.Limits{
		"file": {FileBytes: 100}, "rows": {Rows: 1}, "columns": {Columns: 1}, "cell": {CellBytes: 8}, "strings": {SharedStrings: 1}, "cells": {Cells: 2}, "merged": {Merged: 1},
	} {
		b, err := anyfile.Open(context.Background(), "x", data, lim)
		if err == nil {
			_, err = b.Grid(0)
		}
		if sheettest.Reason(err) != sheet.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, lim := range map[string]sheet.Limits{"parts": {Parts: 3}, "inflated": {InflatedBytes: 1000}, "depth": {Depth: 2}} {
		b, err := anyfile.Open(context.Background(), "x", data, lim)
		if err == nil {
			_, err = b.Grid(0)
		}
		if sheettest.Reason(err) != sheet.Bomb {
			t.Errorf("%s: %v", name, err)
		}
	}
	if testing.Short() {
		return
	}
	bomb := sheettest.Zip(sheettest.XLSX(`<sheetData>` + strings.Repeat(" ", 80<<20) + `</sheetData>`)...)
	_, err := sheettest.First(bomb)
	sheettest.CheckRefusal(t, err, sheet.Bomb)
}

// TestEach: an error of the caller comes back as it is, a panic of his is his own.
func TestEach(t *testing.T) {
	b := sheettest.Must(anyfile.Open(context.Background(), "x", []byte("a,b\n1,2\n"), sheet.Limits{}))
	if err := b.Each(0, func(*sheet.Row) error { return os.ErrClosed }); err != os.ErrClosed {
		t.Error(err)
	}
	if err := b.Each(5, nil); err == nil {
		t.Error("no sheet 5")
	}
	defer func() {
		if p := recover(); p != "mine" {
			t.Error(p)
		}
	}()
	b.Each(0, func(*sheet.Row) error { panic("mine") })
}
