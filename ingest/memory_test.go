package ingest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
)

// TestMemoryIsShared: files read at once share memory_mb; one that needs more than its share is read alone, with all of
// it, and one that needs more than all is sent back as before.
func TestMemoryIsShared(t *testing.T) {
	need := int64(sort.Search(1<<24, func(n int) bool { // what the cells of the book take
		book, err := anyfile.Open(context.Background(), "x.xlsx", goodBook(), sheet.Limits{GridBytes: int64(n + 1)})
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

// TestTakenInIsForgotten: what a run holds doesn't grow with what it has taken in, and what it has forgotten is still there
// to judge by: each week's ledger is held against the one before, which came in the same run.
func TestTakenInIsForgotten(t *testing.T) {
	const rows, weeks = 5000, 8
	o := newOffice(t)
	s, err := o.start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	held := make([]uint64, weeks)
	for week := range weeks {
		var b strings.Builder
		fmt.Fprintf(&b, "青山街道问题台账（2022年第%d周）\n问题编号,问题来源,责任清单,问题描述,牵头单位,交办日期,办结时限,办理状态\n", 25+week)
		for i := week; i < week+rows; i++ { // the first row of the week before is gone, a new one came
			fmt.Fprintf(&b, "Q-%d,走访调研,基层治理,第%d号路灯不亮,青山街道,2022-06-01,2022-12-31,办理中\n", i, i)
		}
		o.drop("青山街道/台账.csv", []byte(b.String()))
		files, err := Inbox(o.in.Zone.Inbox())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2022, 6, 27+7*week, 9, 0, 0, 0, o.in.Zone.Location)
		if _, err := s.TakeIn(context.Background(), files, func(string) time.Time { return at }); err != nil {
			t.Fatal(err)
		}
		ret := s.Taken[week].Returns[0]
		gone := slices.IndexFunc(ret.Findings, func(f finding.Finding) bool {
			return f.Rule == "row_vanished" && strings.Contains(fmt.Sprint(f), fmt.Sprintf("Q-%d", week-1))
		})
		if ret.Rows != rows || (gone >= 0) != (week > 0) {
			t.Errorf("week %d: %d rows, %s, %v", week, ret.Rows, ret.Outcome, ret.Findings)
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		held[week] = m.HeapAlloc
	}
	if grown := (int64(held[weeks-1]) - int64(held[1])) / ((weeks - 2) * rows); grown > 90 {
		t.Errorf("each row taken in holds %d bytes for good; held after each week: %d", grown, held)
	}
}
