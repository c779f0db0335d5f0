package queries

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"taizhang/internal/warehouse/warehousetest"
	"taizhang/queries/fence"
)

// TestMain lets the test binary be the child of fenced queries.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == fence.ChildCommand {
		os.Exit(fence.ChildMain())
	}
	os.Exit(m.Run())
}

func open(t testing.TB, path string) *Reader {
	t.Helper()
	r, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func smallReader(t testing.TB) *Reader { return open(t, warehousetest.PublishSmall(t)) }

func randomReader(t testing.TB, seed uint64) *Reader {
	return open(t, warehousetest.PublishRandom(t, seed))
}

func value(t *testing.T, r *Reader, a Ask) string {
	t.Helper()
	figs, err := r.Metrics(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, f := range figs {
		for _, d := range f.Dims {
			if d.Value == nil {
				out += "null="
			} else {
				out += *d.Value + "="
			}
		}
		text, err := json.Marshal(f.Value)
		if err != nil {
			t.Fatal(err)
		}
		out += string(text)
		if f.Metric.IsRatio() {
			out += fmt.Sprintf("(%v/%v)", f.Num, f.Den)
		}
		out += " "
	}
	return out
}
