package read

import (
	"context"
	"errors"
	"fmt"
	"time"

	"taizhang/ingest/finding"
	"taizhang/ingest/forms"
	"taizhang/ingest/heading"
	"taizhang/ingest/layout"
	"taizhang/ingest/secret"
	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/units"
	"taizhang/internal/zone"
)

// Reader turns files into returns, by the declarations alone.
type Reader struct {
	Zone   *zone.Zone
	Forms  *forms.Set
	keys   secret.Keys
	limits sheet.Limits
	Guard  guard
	Vocab  *heading.Vocabulary
	units  *units.Register
	Loose  int // how many rows of a sheet are held with their cells at hand; the others are packed

	ctx    context.Context // of the file being read: see readGuarded
	alive  func()          // ends the reading when the file's time is up
	layout *layout.Reader
}

// New makes a reader of returns for a zone, its forms and the keys under which sensitive values are hashed. It may be used
// by several goroutines at once.
func New(z *zone.Zone, set *forms.Set, keys secret.Keys, lim sheet.Limits) *Reader {
	rd := &Reader{Zone: z, Forms: set, keys: keys, limits: lim, Guard: newGuard(), Vocab: heading.NewVocabulary(set), units: units.New(z), Loose: heldRows, ctx: context.Background(), alive: func() {}}
	rd.layout = &layout.Reader{Reader: heading.Reader{Vocab: rd.Vocab, Units: rd.units}, Alive: rd.alive}
	return rd
}

// Within is a reader that gives the cells of one file at most so many bytes.
func (rd *Reader) Within(memory int64) *Reader {
	mine := *rd
	mine.limits.GridBytes = memory
	return &mine
}

// guard bounds what reading one file may do to the others. Tests put faults and clocks of their own here.
type guard struct {
	Open    func(ctx context.Context, name string, content []byte, lim sheet.Limits) (*sheet.Book, error)
	Timeout func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) // when the time for a file is up
	Grace   func() <-chan time.Time                                                          // how long a reader may take to notice
}

func newGuard() guard {
	return guard{Open: anyfile.Open, Timeout: context.WithTimeout, Grace: func() <-chan time.Time { return time.After(10 * time.Second) }}
}

// expired is what a loop of reading panics with when the time for its file is up.
type expired struct{}

// Until gives what ends the reading of a file when its time is up. Every loop that a file's shape can make long asks.
func Until(ctx context.Context) (alive func()) {
	return func() {
		if ctx.Err() != nil {
			panic(expired{})
		}
	}
}

// Read reads a file: a panic, or more time than the limits give, costs this file alone and rejects it; trouble
// says for the log what happened. err is the end of ctx itself, which says nothing about the file.
func (rd *Reader) Read(ctx context.Context, f File) (p *Parsed, trouble, err error) {
	limit := rd.Zone.Limits.Time
	within, cancel := rd.Guard.Timeout(ctx, limit)
	defer cancel()
	type result struct {
		p       *Parsed
		trouble error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			switch e := recover(); e.(type) {
			case nil:
				if r.p == nil && r.trouble == nil { // runtime.Goexit
					r.trouble = errors.New("reading ended without a result")
				}
			case expired:
				r.trouble = sheet.ErrTooSlow(within)
			default:
				r.trouble = fmt.Errorf("panic: %v", e)
			}
			done <- r
		}()
		mine := *rd
		mine.ctx = within
		mine.alive = Until(within)
		mine.layout = &layout.Reader{Reader: heading.Reader{Vocab: rd.Vocab, Units: rd.units}, Alive: mine.alive}
		r.p = mine.Parse(f)
	}()
	var r result
	select {
	case r = <-done:
	case <-within.Done():
		select {
		case r = <-done:
		case <-rd.Guard.Grace():
			// A loop that doesn't ask: it can't be ended, but nobody waits for it any longer.
			r.trouble = fmt.Errorf("reading went on after its time: %w", sheet.ErrTooSlow(within))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if r.trouble == nil {
		return r.p, nil, nil
	}
	p = &Parsed{File: f, Sha: Sha256hex(f.Content)}
	var refusal *sheet.Refusal
	if errors.As(r.trouble, &refusal) {
		return p.unreadable(rd, refusal), r.trouble, nil
	}
	return p.Fail(rd, finding.Unread()), r.trouble, nil
}
