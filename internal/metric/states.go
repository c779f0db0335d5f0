package metric

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"taizhang/internal/warehouse"
)

// FigureCube is the statement that computes all figures of a fact.
func FigureCube(f *Fact, ms []*Metric) string {
	c := NewCompiler(f, ms, "")
	return c.Cube(c.From(f.Table))
}

// Fingerprint names what figures were computed by, and the contents they were computed from.
func Fingerprint(cube, version string) string {
	h := sha256.Sum256([]byte(cube))
	return version + " " + hex.EncodeToString(h[:])
}

// FigureStates are the versions of the models' tables, and the fingerprints of the figures that are kept, by fact.
func FigureStates(ctx context.Context, conn warehouse.Querier) (versions, kept map[string]string, err error) {
	read := func(query string) (map[string]string, error) {
		into := map[string]string{}
		return into, warehouse.Each(ctx, conn, query, func(v []any) error {
			into[v[0].(string)] = fmt.Sprint(v[1])
			return nil
		})
	}
	if versions, err = read("select name, cast(version as varchar) || ' ' || cast(as_of as varchar) || ' ' || cast(from_on as varchar) from ctl.model_state"); err != nil {
		return nil, nil, err
	}
	kept, err = read("select fact, fingerprint from ctl.metric_state")
	return versions, kept, err
}
