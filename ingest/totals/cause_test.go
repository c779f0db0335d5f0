package totals

import (
	"math/big"
	"testing"
)

// TestSlipped: a row explains a difference where moving its point by one to eight places takes the difference away.
func TestSlipped(t *testing.T) {
	for _, at := range []struct{ is, gap, tolerance, want int64 }{
		{500_000, 499_950, 0, 50},         // 元 under 万元: four places
		{50, -499_950, 0, 500_000},        // and the other way round
		{500_000, 499_949, 1, 50},         // but for what rounding takes
		{500_000, 499_949, 0, 0},          // nothing that rounding explains
		{5, -499_999_995, 0, 500_000_000}, // 元 under 亿元: eight places
		{5, -4_999_999_995, 0, 0},         // nine are no slip
		{500_000, 500_000, 0, 0},          // left out, not slipped
		{500_000, 0, 0, 0},                // no difference at all
	} {
		got := slipped(big.NewInt(at.is), big.NewInt(at.gap), big.NewInt(at.tolerance))
		if want := big.NewInt(at.want); got == nil && at.want != 0 || got != nil && got.Cmp(want) != 0 {
			t.Errorf("%d with a gap of %d (±%d) is meant as %v, want %d", at.is, at.gap, at.tolerance, got, at.want)
		}
	}
}
