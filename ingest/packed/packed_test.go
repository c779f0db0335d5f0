package packed

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestShelf: what is put on a shelf comes back, row after row, whatever was put after it.
func TestShelf(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	type item struct {
		text string
		n    int
		f    float64
		b    byte
	}
	var s Shelf
	var all []item
	var rows []string
	for range 5000 {
		it := item{strings.Repeat("清单", rnd.IntN(1+rnd.IntN(40))), int(rnd.Int64() >> rnd.IntN(63)), math.Float64frombits(rnd.Uint64()), byte(rnd.IntN(256))}
		if rnd.IntN(2) == 0 {
			it.n = -it.n
		}
		if rnd.IntN(500) == 0 {
			it.text = strings.Repeat("长", block)
		}
		all = append(all, it)
		rows = append(rows, s.Put(Float(Int(append(Text(nil, it.text), it.b), it.n), it.f)))
	}
	all, rows = append(all, item{n: math.MinInt64}, item{n: math.MaxInt64}), append(rows, s.Put(Float(Int(append(Text(nil, ""), 0), math.MinInt64), 0)), s.Put(Float(Int(append(Text(nil, ""), 0), math.MaxInt64), 0)))
	for i, it := range all {
		text, rest := TakeText(rows[i])
		b, rest := rest[0], rest[1:]
		n, rest := TakeInt(rest)
		f, rest := TakeFloat(rest)
		if text != it.text || b != it.b || n != it.n || math.Float64bits(f) != math.Float64bits(it.f) || rest != "" {
			t.Fatalf("row %d: %q %d %d %v, left %d bytes; want %v", i, text, b, n, f, len(rest), it)
		}
		if rest := SkipFloat(SkipInt(SkipText(rows[i])[1:])); rest != "" {
			t.Fatalf("row %d: %d bytes left out too few", i, len(rest))
		}
	}
}
