package queries

import (
	"context"
	"embed"
	"io/fs"

	"taizhang/internal/warehouse"
)

//go:embed saved/*.sql
var savedFiles embed.FS

// Saved is the folder of saved queries that come with the program: name.sql each.
func Saved() fs.FS {
	sub, err := fs.Sub(savedFiles, "saved")
	if err != nil {
		panic(err) // the folder is part of the binary
	}
	return sub
}

// Models lists the models of the publication, in the order in which they were built.
func (r *Reader) Models(ctx context.Context) ([]warehouse.Model, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.published(ctx)
}
