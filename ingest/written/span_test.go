package written

import (
	"strings"
	"testing"

	"taizhang/internal/calendar"
)

// TestSpanWays: each way of writing a time is the first of its list to find its own example.
func TestSpanWays(t *testing.T) {
	near := calendar.NewDate(2022, 8, 22)
	for _, ways := range [][]spanWay{pointWays, stretchWays} {
		for i, way := range ways {
			s := strings.ReplaceAll(Plain(way.like), " ", "")
			first := -1
			for k := range ways {
				if _, ok := ways[k].find(s, near); ok {
					first = k
					break
				}
			}
			if first != i {
				t.Errorf("%s is found by way %d, not by %d", way.like, first, i)
			}
			if sp, ok := ReadSpan(way.like, near); !ok || sp.Period.Valid() && sp.Period.Start.Year() != 2022 {
				t.Errorf("%s: %+v, %v", way.like, sp, ok)
			}
		}
	}
}
