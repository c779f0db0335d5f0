package main

import (
	"archive/zip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/flate"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// read reads the first sheet of a file as `ingest` opens it, and counts.
func read(ctx context.Context, file string, s *seen) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	lim := sheet.DefaultLimits()
	lim.FileBytes, lim.InflatedBytes, lim.Rows, lim.GridBytes = 1<<30, 4<<30, 1<<20, 16<<30
	book, err := anyfile.OpenAt(ctx, filepath.Base(file), f, info.Size(), lim)
	if err != nil {
		return err
	}
	return book.Each(0, func(r *sheet.Row) error {
		before := s.cells
		for i := range r.Cells {
			c := &r.Cells[i]
			switch c.Kind {
			case sheet.Empty:
				continue
			case sheet.Date:
				s.dates++
			case sheet.Text:
				s.bytes += len(c.Text)
			}
			s.cells++
		}
		if s.cells > before {
			s.rows++
		}
		return nil
	})
}

// inflate unpacks what a reader of cells has to unpack.
func inflate(file string, s *seen) error {
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer z.Close()
	z.RegisterDecompressor(zip.Deflate, func(r io.Reader) io.ReadCloser { return flate.NewReader(r) })
	for _, part := range z.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/sheet") && part.Name != "xl/sharedStrings.xml" {
			continue
		}
		r, err := part.Open()
		if err != nil {
			return err
		}
		n, err := io.Copy(io.Discard, r)
		if err != nil {
			return err
		}
		s.bytes += int(n)
		if err := r.Close(); err != nil {
			return err
		}
	}
	return nil
}
