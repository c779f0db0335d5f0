package queries

import (
	"io/fs"

	"taizhang/internal/decl"
	"taizhang/internal/portable"
)

// SavedNotPortable names what DuckDB and Trino read differently in the saved
// queries of a folder (nil: those that come with the program).
func SavedNotPortable(folder fs.FS, types map[string]string) (out []*decl.Fault, err error) {
	where := "queries/saved/"
	if folder == nil {
		folder, where = Saved(), "built-in "
	}
	files, err := fs.Glob(folder, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		text, err := fs.ReadFile(folder, f)
		if err != nil {
			return nil, err
		}
		for _, x := range portable.Check(string(text), portable.Options{Query: true, Types: types}) {
			out = append(out, decl.Pos{File: where + f, Line: x.Line, Column: x.Column}.Fault("%s", "%s", x.Message()))
		}
	}
	return out, nil
}
