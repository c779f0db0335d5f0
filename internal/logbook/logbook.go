// Package logbook keeps a zone's log: what was done, when and how it went, a
// file for each day, for as long as it is to be kept.
//
// Words: an entry is one record of log/slog, written twice, as a line of JSON
// for programs (taizhang-2026-11-29.jsonl) and as a line that people read
// (taizhang-2026-11-29.log), in the zone's time. A filter takes out of every
// line what must not be kept, such as numbers of persons.
package logbook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"taizhang/internal/durable"
)

// Keep is for how many days entries are kept: half a year and a bit.
const Keep = 190

const (
	prefix   = "taizhang-"
	machines = ".jsonl"
	people   = ".log"
)

// Book is an open log. It may be used by several goroutines.
type Book struct {
	dir    string
	loc    *time.Location
	filter func(string) string

	mu    sync.Mutex
	day   string
	files map[string]*durable.Log // by suffix
}

// Open opens the log in a folder, which is made when the first entry is written.
func Open(dir string, loc *time.Location, filter func(string) string) *Book {
	return &Book{dir: dir, loc: loc, filter: filter}
}

// Close closes the files.
func (b *Book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.close()
}

func (b *Book) close() error {
	var faults []error
	for _, f := range b.files {
		faults = append(faults, f.Close())
	}
	b.files = nil
	return errors.Join(faults...)
}

// write appends an entry's two lines to the files of its day.
func (b *Book) write(at time.Time, json, line string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	day := at.In(b.loc).Format(time.DateOnly)
	if b.files == nil || b.day != day {
		if err := b.close(); err != nil {
			return err
		}
		if err := durable.MkdirAll(b.dir, 0o755); err != nil {
			return err
		}
		b.day, b.files = day, map[string]*durable.Log{}
		for _, suffix := range []string{machines, people} {
			f, err := durable.OpenLog(filepath.Join(b.dir, prefix+day+suffix), 0o640)
			if err != nil {
				return errors.Join(err, b.close())
			}
			b.files[suffix] = f
		}
	}
	return errors.Join(b.files[machines].Append([]byte(b.filter(json))), b.files[people].Append([]byte(b.filter(line))))
}

// Handler writes entries from a level on.
func (b *Book) Handler(level slog.Level) slog.Handler {
	return &handler{book: b, level: level}
}

// handler keeps what was added by With for both ways of writing.
type handler struct {
	book  *Book
	level slog.Level
	with  []func(slog.Handler) slog.Handler
}

func (h *handler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }

func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	r.Time = r.Time.In(h.book.loc)
	var json, line bytes.Buffer
	for _, inner := range []slog.Handler{
		slog.NewJSONHandler(&json, &slog.HandlerOptions{Level: h.level}),
		slog.NewTextHandler(&line, &slog.HandlerOptions{Level: h.level, ReplaceAttr: withoutHead}),
	} {
		for _, f := range h.with {
			inner = f(inner)
		}
		if err := inner.Handle(ctx, r); err != nil {
			return err
		}
	}
	head := fmt.Sprintf("%s %-5s %s", r.Time.Format("2006-01-02 15:04:05"), r.Level, strings.ReplaceAll(r.Message, "\n", " ⏎ "))
	if rest := strings.TrimSpace(line.String()); rest != "" {
		head += "  " + rest
	}
	return h.book.write(r.Time, json.String(), head+"\n")
}

// withoutHead leaves out what stands before the attributes in a line already.
func withoutHead(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
		return slog.Attr{}
	}
	return a
}

func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return h.and(func(i slog.Handler) slog.Handler { return i.WithAttrs(attrs) })
}

func (h *handler) WithGroup(name string) slog.Handler {
	return h.and(func(i slog.Handler) slog.Handler { return i.WithGroup(name) })
}

func (h *handler) and(f func(slog.Handler) slog.Handler) *handler {
	more := *h
	more.with = append(slices.Clone(h.with), f)
	return &more
}

// Entries gives the newest n lines that people read, oldest first, of those that contain all of the texts.
func Entries(dir string, n int, containing ...string) ([]string, error) {
	days, err := list(dir, people)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, day := range slices.Backward(days) {
		text, err := os.ReadFile(filepath.Join(dir, day))
		if err != nil {
			return nil, err
		}
		lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
		for _, l := range slices.Backward(lines) {
			if l == "" || slices.ContainsFunc(containing, func(s string) bool { return !strings.Contains(l+" ", s) }) {
				continue
			}
			if out = append(out, l); n > 0 && len(out) >= n {
				slices.Reverse(out)
				return out, nil
			}
		}
	}
	slices.Reverse(out)
	return out, nil
}

// Prune removes the files of days before the time that they are kept, and says how many.
func Prune(dir string, now time.Time, loc *time.Location) (int, error) {
	first := prefix + now.In(loc).AddDate(0, 0, -Keep).Format(time.DateOnly)
	var old []string
	for _, suffix := range []string{machines, people} {
		days, err := list(dir, suffix)
		if err != nil {
			return 0, err
		}
		for _, d := range days {
			if d < first {
				old = append(old, filepath.Join(dir, d))
			}
		}
	}
	return len(old), durable.Remove(old...)
}

// list names the files of one kind, oldest first.
func list(dir, suffix string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		day := strings.TrimSuffix(strings.TrimPrefix(e.Name(), prefix), suffix)
		if _, err := time.Parse(time.DateOnly, day); err == nil && e.Name() == prefix+day+suffix {
			out = append(out, e.Name())
		}
	}
	return out, nil
}
