package written

import (
	"strings"
	"sync"
)

// Memo keeps what a pure function of short texts gives: the sheets of one run repeat few headings, units and states.
type Memo[V any] struct {
	mu sync.RWMutex
	m  map[string]V
}

const (
	memoTexts = 20_000 // texts that are kept; a hostile file must not fill the memory
	memoBytes = 120    // longer ones are not worth it
)

// Get gives f(text), kept or computed.
func (c *Memo[V]) Get(text string, f func(string) V) V {
	if len(text) > memoBytes {
		return f(text)
	}
	c.mu.RLock()
	v, ok := c.m[text]
	c.mu.RUnlock()
	if ok {
		return v
	}
	v = f(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]V{}
	}
	if len(c.m) >= memoTexts {
		clear(c.m)
	}
	c.m[strings.Clone(text)] = v // a text may hold a whole file's block in memory
	return v
}
