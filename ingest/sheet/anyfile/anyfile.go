// Package anyfile opens a spreadsheet of any format: a book is recognised by its
// bytes, never by its name.
//
// Words: a magic is how files of a kind begin; a container (OLE2) and a package
// (zip) hold the parts of a workbook; a file is complete when it has the end
// that its format demands.
//
// A new format gets its case in open, openPackage or openText; a kind of file
// that clerks send by mistake a line in known, with what they are told.
package anyfile

import (
	"bytes"
	"context"
	"io"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/html"
	"taizhang/ingest/sheet/ods"
	"taizhang/ingest/sheet/text"
	"taizhang/ingest/sheet/xls"
	"taizhang/ingest/sheet/xlsx"
	"taizhang/ingest/sheet/xml2003"
	"taizhang/internal/charset"
	"taizhang/internal/opc"
)

// Open recognises a file by its content and reads its directory of sheets. The
// name serves only to tell lock files. data must not change while the book is
// in use. The end of ctx ends this and every later reading of the book, with
// the reason [sheet.TooSlow]. The error is always a *[sheet.Refusal].
func Open(ctx context.Context, name string, data []byte, lim sheet.Limits) (b *sheet.Book, err error) {
	return sheet.Guard(ctx, lim, func(lim sheet.Limits) (*sheet.Book, error) { return open(name, data, lim) })
}

// OpenAt is Open for a file that is not held in memory: a zip package is read
// from r piece by piece for as long as the book is in use, a file of another
// format is read whole.
func OpenAt(ctx context.Context, name string, r io.ReaderAt, size int64, lim sheet.Limits) (*sheet.Book, error) {
	return sheet.Guard(ctx, lim, func(lim sheet.Limits) (*sheet.Book, error) {
		if size > lim.FileBytes {
			return nil, sheet.Refuse(sheet.TooLarge, "%d bytes", size)
		}
		head := make([]byte, len(magicZip))
		if n, _ := r.ReadAt(head, 0); n == len(head) && bytes.Equal(head, magicZip) && !lockName(name) {
			p, err := opc.OpenAt(r, size, lim.Pack())
			if err != nil {
				return nil, err
			}
			return openPackage(p, lim)
		}
		data := make([]byte, size)
		if n, err := r.ReadAt(data, 0); n < len(data) {
			return nil, sheet.Damage("read: %w", err)
		}
		return open(name, data, lim)
	})
}

// open chooses the reader.
func open(name string, data []byte, lim sheet.Limits) (*sheet.Book, error) {
	switch {
	case lockName(name) || lockFile(data):
		return nil, sheet.Refuse(sheet.LockFile, "")
	case len(data) == 0:
		return nil, sheet.Refuse(sheet.EmptyFile, "")
	case int64(len(data)) > lim.FileBytes:
		return nil, sheet.Refuse(sheet.TooLarge, "%d bytes", len(data))
	case bytes.HasPrefix(data, magicOLE):
		return openOLE(data, lim)
	case bytes.HasPrefix(data, magicZip):
		return openZip(data, lim)
	case bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return nil, sheet.Refuse(sheet.Damaged, "empty zip")
	case xls.Raw(data):
		return xls.Open(data, lim)
	}
	if r := notText(data); r != nil {
		return nil, r
	}
	return openText(data, lim)
}

// openZip reads a zip package.
func openZip(data []byte, lim sheet.Limits) (*sheet.Book, error) {
	p, err := opc.Open(data, lim.Pack())
	if err != nil {
		return nil, err
	}
	return openPackage(p, lim)
}

// openPackage tells the zip-based formats apart.
func openPackage(p *opc.Package, lim sheet.Limits) (*sheet.Book, error) {
	if (p.Has("mimetype") || p.Has("META-INF/manifest.xml")) && (p.Has("content.xml") || p.Has("encrypted-package")) {
		return ods.Open(p, lim)
	}
	return xlsx.Open(p, lim)
}

// openText reads what is neither zip nor OLE2: HTML, SpreadsheetML 2003, or
// separated values.
func openText(data []byte, lim sheet.Limits) (*sheet.Book, error) {
	cs, ok := charset.Detect(data)
	if !ok {
		return nil, sheet.Refuse(sheet.NotASheet, "binary")
	}
	head := bytes.TrimLeft(text.Sample(data, cs, 4096), " \t\r\n\f")
	if r := notText(head); r != nil {
		return nil, r
	}
	if xml2003.Is(head) {
		return xml2003.Open(data, cs, lim)
	}
	if bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("opendocument:xmlns")) {
		return nil, sheet.RefuseAs(sheet.Unsupported, "这是单个 XML 的 OpenDocument 表格（.fods），暂不支持。请另存为 .ods 或 .xlsx 再报送。", "fods")
	}
	if html.Is(head) {
		return html.Open(data, cs, lim)
	}
	if bytes.HasPrefix(head, []byte("<?xml")) {
		return nil, sheet.Refuse(sheet.NotASheet, "XML of another kind")
	}
	if len(bytes.Trim(data[cs.Mark:], "\x00 \t\r\n\x1a")) == 0 {
		return nil, sheet.RefuseAs(sheet.EmptyFile, "文件里没有任何内容。请检查后重新报送。", "blank")
	}
	return text.Open(data, cs, lim)
}
