package written

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/spelling"
)

// TestWords compares the quick test with looking for each word in the squashed text, over texts made of the words' letters,
// of others, and of what squashing drops.
func TestWords(t *testing.T) {
	words := []string{"作废", "不再", "不予", "同一", "一再"}
	w := NewWords(words...)
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	letters := []rune("作废不再予同一 \u3000\n\u200b，3a该行")
	found := 0
	for range 20_000 {
		text := make([]rune, r.IntN(9))
		for i := range text {
			text[i] = letters[r.IntN(len(letters))]
		}
		is := slices.ContainsFunc(words, func(word string) bool { return strings.Contains(spelling.Squash(string(text)), word) })
		if is {
			found++
		}
		if w.MayBeIn(string(text)) != is {
			t.Fatalf("seed %d: %q: %v, looked for one by one %v", seed, string(text), !is, is)
		}
	}
	if found < 1000 {
		t.Fatalf("seed %d: only %d texts held a word", seed, found)
	}
}
