package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"unicode"

	"taizhang/internal/lang"
)

// console shows what the log warns of to whoever sits at the terminal, as a sentence in the language spoken. With -v the log
// itself is shown.
type console struct {
	mu  *sync.Mutex
	out io.Writer
	own []slog.Attr
}

func (c *console) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (c *console) Handle(_ context.Context, r slog.Record) error {
	said, beside := "", []string(nil)
	note := func(a slog.Attr) bool {
		switch v := a.Value.Resolve().Any().(type) {
		case error:
			said = lang.In(v, lang.Spoken())
		default:
			if a.Key == "text" || a.Key == "err" {
				said = fmt.Sprint(v)
			} else {
				beside = append(beside, fmt.Sprintf("%s=%v", a.Key, v))
			}
		}
		return true
	}
	for _, a := range c.own {
		note(a)
	}
	r.Attrs(note)
	spoken := lang.Spoken() != lang.Chinese || strings.ContainsFunc(r.Message, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	switch {
	case r.Message == "alert": // its text says it all
	case said == "":
		said = strings.Join(append([]string{r.Message}, beside...), " ")
	case spoken:
		said = r.Message + lang.Phrase(": ", "：") + said
	}
	word := lang.Phrase("warning: ", "注意：")
	if r.Level >= slog.LevelError {
		word = lang.Phrase("error: ", "错误：")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, err := fmt.Fprintln(c.out, word+said)
	return err
}

func (c *console) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &console{c.mu, c.out, append(c.own[:len(c.own):len(c.own)], attrs...)}
}

func (c *console) WithGroup(string) slog.Handler { return c }
