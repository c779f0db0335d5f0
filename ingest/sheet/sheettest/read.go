package sheettest

import (
	"context"
	"path/filepath"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// First reads the first sheet of a file.
func First(data []byte) (*sheet.Grid, error) {
	b, err := anyfile.Open(context.Background(), "x", data, sheet.Limits{})
	if err != nil {
		return nil, err
	}
	return b.Grid(0)
}

// ReadAll reads all sheets of a file.
func ReadAll(name string, data []byte) ([]*sheet.Grid, error) {
	b, err := anyfile.Open(context.Background(), filepath.Base(name), data, sheet.Limits{})
	if err != nil {
		return nil, err
	}
	var grids []*sheet.Grid
	for i := range b.Sheets() {
		g, err := b.Grid(i)
		if err != nil {
			return nil, err
		}
		grids = append(grids, g)
	}
	return grids, nil
}

// Read reads the first sheet of a file as [Dump] writes it.
func Read(data []byte) string {
	g, err := First(data)
	if err != nil {
		return err.Error()
	}
	return Dump(g)
}

// Err is why a file is not read.
func Err(data []byte) error { _, err := First(data); return err }
