package sheet

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"
)

// openOLE reads an OLE2 container ([MS-CFB]): a binary workbook, or the
// envelope of an encrypted one.
func openOLE(data []byte, lim Limits) (*Book, error) {
	c, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return nil, damaged("ole2: %w", err)
	}
	root := map[string]*mscfb.File{}
	macros := false
	for _, f := range c.File {
		name := strings.ToLower(f.Name)
		if strings.HasPrefix(name, "_vba_project") || name == "vba" {
			macros = true
		}
		// [MS-CFB] 2.6.4 compares names without regard to case.
		if len(f.Path) == 0 && root[name] == nil {
			root[name] = f
		}
	}
	if root["encryptedpackage"] != nil || root["encryptioninfo"] != nil {
		return openEncrypted(root, len(data), lim)
	}
	// A file may carry a BIFF8 Workbook and, for older programs, a BIFF5 Book.
	f := root["workbook"]
	if f == nil {
		f = root["book"]
	}
	switch {
	case f != nil:
	case root["worddocument"] != nil:
		return nil, refuseAs(NotASheet, "这是 Word 文档，不是电子表格。请把其中的表格复制到 Excel/WPS 表格里，存为 .xlsx 后报送，或按模板填写。", "doc")
	case root["powerpoint document"] != nil:
		return nil, refuseAs(NotASheet, "这是演示文稿，不是电子表格。请报送 Excel 工作簿（.xlsx）。", "ppt")
	default:
		return nil, refuse(NotASheet, "ole2 without a workbook")
	}
	s, err := stream(f, len(data))
	if err != nil {
		return nil, err
	}
	b, err := openBIFF(s, lim)
	if err != nil {
		return nil, err
	}
	b.Macros = b.Macros || macros
	return b, nil
}

const piece = 64 << 10

// stream reads a stream whole. It cannot be longer than the file.
func stream(f *mscfb.File, size int) ([]byte, error) {
	if f.Size < 0 || f.Size > int64(size) {
		return nil, damaged("ole2: stream %s of %d bytes", f.Name, f.Size)
	}
	b := make([]byte, f.Size)
	// In pieces: the library's time grows with the square of what one call reads.
	for n := 0; n < len(b); {
		k, err := io.ReadFull(f, b[n:min(n+piece, len(b))])
		if n += k; err != nil {
			return nil, damaged("ole2: stream %s ends after %d of %d bytes: %w", f.Name, n, f.Size, err)
		}
	}
	return b, nil
}

// completeOLE looks whether every stream can be read, and if not, whether the
// sectors in use lie within the file: the header's own table of FAT sectors
// ([MS-CFB] 2.2, 2.3) names the last of them. A file that ends before them is
// unfinished, any other is damaged.
func completeOLE(data []byte) bool {
	if len(data) < 512 {
		return false
	}
	if wholeOLE(data) {
		return true
	}
	shift := binary.LittleEndian.Uint16(data[30:])
	if shift != 9 && shift != 12 {
		return true // damaged rather than unfinished
	}
	size := int64(1) << shift
	sectors := (int64(len(data)) - size + size - 1) / size // a short last sector is usual
	for i := 76; i < 512; i += 4 {
		fat := int64(binary.LittleEndian.Uint32(data[i:]))
		if fat >= 0xfffffffa {
			continue
		}
		at := (fat + 1) * size
		if at+size > int64(len(data)) {
			return false
		}
		first := int64(i-76) / 4 * (size / 4)
		for j := int64(0); j < size/4; j++ {
			if v := binary.LittleEndian.Uint32(data[at+4*j:]); v != 0xffffffff && first+j >= sectors {
				return false
			}
		}
	}
	return true
}

func wholeOLE(data []byte) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	c, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return false
	}
	for i, f := range c.File {
		if i > 0 && len(f.Path) == 0 && f.Size > 0 { // the first is the root
			if _, err := stream(f, len(data)); err != nil {
				return false
			}
		}
	}
	return true
}
