package warehouse

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestLoadedTextsAreWhatWasGiven loads more than a chunk of texts about as long as fit into DuckDB's own 16 bytes, longer than
// a slab, empty and absent ones, and reads each back.
func TestLoadedTextsAreWhatWasGiven(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	const letters = "ab0-是否已办结𠮷"
	runes := []rune(letters)
	text := func() any {
		n := 0
		switch r.IntN(400) {
		case 0:
			n = r.IntN(2 * slabBytes)
		case 1:
			return nil
		case 2:
			return "a\x00b"
		default:
			n = r.IntN(2 * inlineText)
		}
		var b strings.Builder
		for b.Len() < n {
			b.WriteRune(runes[r.IntN(len(runes))])
		}
		return b.String()
	}
	ctx := context.Background()
	db, err := Open(filepath.Join(t.TempDir(), "w.duckdb"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	table := Table{"x", []Column{{"n", "INTEGER"}, {"a", "VARCHAR"}, {"big", "BIGINT"}, {"b", "VARCHAR"}}}
	if _, err := db.Conn.ExecContext(ctx, table.Create()); err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, 5000)
	for i := range rows {
		rows[i] = []any{strconv.Itoa(i), text(), strconv.FormatInt(int64(r.Uint64()), 10), text()}
		if r.IntN(50) == 0 {
			rows[i][2] = nil
		}
	}
	i := 0
	var line []Text
	err = LoadEach(ctx, db.Conn, table, len(rows), func() ([]Text, error) {
		if i == len(rows) {
			return nil, nil
		}
		if i%1000 == 999 {
			runtime.GC() // nothing that DuckDB still reads is let go of
		}
		line = line[:0]
		for _, v := range rows[i] {
			s, ok := v.(string)
			line = append(line, Text{S: strings.Clone(s), IsNull: !ok})
		}
		i++
		return line, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	i = 0
	err = Each(ctx, db.Conn, "select cast(n as varchar), a, cast(big as varchar), b from x order by n", func(v []any) error {
		for k, want := range rows[i] {
			if v[k] != want {
				return fmt.Errorf("seed %d, row %d, column %d: %.60q, want %.60q", seed, i, k, v[k], want)
			}
		}
		i++
		return nil
	})
	if err != nil || i != len(rows) {
		t.Fatal(i, err)
	}
}
