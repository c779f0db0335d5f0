package office

import (
	"errors"

	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// Read opens the zone's publication; fs.ErrNotExist where there is none yet. The note, if any, says why it isn't the
// newest under its own name.
func (z *Zone) Read() (r *queries.Reader, note string, err error) {
	found, err := warehouse.Find(z.Published())
	if err != nil {
		return nil, "", err
	}
	if r, err = queries.Open(found.Path, z.Metrics); err != nil {
		return nil, "", errors.Join(err, found.Close())
	}
	r.OnClose(found.Close)
	if found.Earlier {
		r.IsEarlier()
	}
	return r, found.Note, nil
}
