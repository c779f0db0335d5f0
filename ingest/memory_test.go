package ingest

import (
	"context"
	"slices"
	"sort"
	"sync"
	"testing"

	"taizhang/ingest/sheet"
)

// TestMemoryIsShared: files read at once share memory_mb; one that needs more than its share is read alone, with all of
// it, and one that needs more than all is sent back as before.
func TestMemoryIsShared(t *testing.T) {
	need := int64(sort.Search(1<<24, func(n int) bool { // what the cells of the book take
		book, err := sheet.Open(context.Background(), "x.xlsx", goodBook(), sheet.Limits{GridBytes: int64(n + 1)})
		for i := range book.Sheets() {
			if err == nil {
				_, err = book.Grid(i)
			}
		}
		return err == nil
	}) + 1)
	both := []string{"乙.xlsx: rejected submitter_mismatch", "甲.xlsx: accepted"} // read, and judged
	for _, c := range []struct {
		limit  int64
		want   []string
		limits []int64 // that files are read with, sorted
	}{
		{2 * need, both, []int64{need, need}},
		{need, both, []int64{need / 2, need / 2, need, need}},
		{need - 1, []string{"乙.xlsx: rejected too_large", "甲.xlsx: rejected too_large"}, []int64{(need - 1) / 2, (need - 1) / 2, need - 1, need - 1}},
	} {
		o := newOffice(t)
		o.in.Limits.GridBytes = c.limit
		o.in.read = o.in.read.Within(c.limit)
		open := o.in.read.Guard.Open
		var mu sync.Mutex
		var limits []int64
		o.in.read.Guard.Open = func(ctx context.Context, name string, content []byte, lim sheet.Limits) (*sheet.Book, error) {
			mu.Lock()
			limits = append(limits, lim.GridBytes)
			mu.Unlock()
			return open(ctx, name, content, lim)
		}
		o.drop("青山街道/甲.xlsx", goodBook())
		o.drop("财政局/乙.xlsx", withParts(t, goodBook(), map[string][]byte{"x": []byte("y")}))
		outcomes, waiting := o.run()
		got := slices.Clone(outcomes)
		slices.Sort(got)
		if !slices.Equal(got, c.want) || len(waiting) > 0 {
			t.Errorf("limit %d of %d: %q, waiting %q, want %q", c.limit, need, got, waiting, c.want)
		}
		slices.Sort(limits)
		if !slices.Equal(limits, c.limits) {
			t.Errorf("limit %d of %d: read with %v, not %v", c.limit, need, limits, c.limits)
		}
	}
}
