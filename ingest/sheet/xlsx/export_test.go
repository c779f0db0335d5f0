package xlsx

import (
	"context"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/stored"
	"taizhang/internal/opc"
)

// OpenSlowly is [Open] whose rows are all read token by token.
func OpenSlowly(data []byte, lim sheet.Limits) (*sheet.Book, error) {
	return sheet.Guard(context.Background(), lim, func(lim sheet.Limits) (*sheet.Book, error) {
		p, err := opc.Open(data, lim.Pack())
		if err != nil {
			return nil, err
		}
		w, b, err := openWorkbook(&pack{p}, lim)
		if err != nil {
			return nil, err
		}
		w.slowOnly = true
		return b, nil
	})
}

// ReadShared reads a part of shared strings.
func ReadShared(p *opc.Package, part string, lim sheet.Limits) (*stored.Strings, error) {
	return readShared(&pack{p}, part, lim)
}

// ParseRef reads an address.
var ParseRef = parseRef
