package warehouse

import (
	"context"

	"taizhang/internal/lang"
)

// Beside is the name under which OpenBeside attaches a publication.
const Beside = publication

// OpenBeside opens an empty database in memory with a publication attached to it for reading, under the name Beside. What
// is sorted or joined may outgrow memory: it is then put aside in the folder scratch, which DuckDB makes and removes. Beside
// the publication itself nothing is ever put, readers would take it for another program's log.
func OpenBeside(ctx context.Context, path, scratch string, o Options) (*DB, error) {
	db, err := OpenMemory(o)
	if err != nil {
		return nil, err
	}
	for _, s := range []string{"set temp_directory = " + Quote(scratch), "attach " + Quote(path) + " as " + Beside + " (read_only)"} {
		if _, err := db.Conn.ExecContext(ctx, s); err != nil {
			db.Close()
			return nil, lang.Errorf("open %s: %w", "打开 %s：%w", path, err)
		}
	}
	return db, nil
}

// EngineVersion is that of the DuckDB within this program, such as v1.5.2.
func EngineVersion(ctx context.Context, q Querier) (string, error) {
	got, err := Strings(ctx, q, "select version()")
	if err != nil || len(got) == 0 {
		return "", err
	}
	return got[0], nil
}
