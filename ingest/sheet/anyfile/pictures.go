package anyfile

import (
	"bytes"
	"path"
	"strings"

	"taizhang/ingest/sheet"
	"taizhang/internal/opc"
)

// HasPictures says whether a workbook holds pictures, which nobody reads: a photo of a table in the place of its rows. It
// is asked only of files in which no rows are found, and tells of no format but zip packages and OLE2 containers.
func HasPictures(data []byte, lim sheet.Limits) bool {
	if !bytes.HasPrefix(data, magicZip) {
		return bytes.Contains(data, []byte("\x89PNG\r\n\x1a\n")) || bytes.Contains(data, []byte("\xff\xd8\xff"))
	}
	p, err := opc.Open(data, lim.Filled().Pack())
	if err != nil {
		return false
	}
	for _, n := range p.Names() {
		switch dir := strings.ToLower(path.Dir(n)); {
		case !strings.HasSuffix(dir, "media") && !strings.HasSuffix(dir, "pictures"):
		case strings.HasSuffix(n, ".xml") || strings.HasSuffix(n, ".rels"):
		default:
			return true
		}
	}
	return false
}
