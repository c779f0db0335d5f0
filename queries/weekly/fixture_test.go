package weekly

import (
	"testing"

	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries"
)

func open(t testing.TB, path string) *queries.Reader {
	t.Helper()
	r, err := queries.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func smallReader(t testing.TB) *queries.Reader { return open(t, warehousetest.PublishSmall(t)) }

func randomReader(t testing.TB, seed uint64) *queries.Reader {
	return open(t, warehousetest.PublishRandom(t, seed))
}
