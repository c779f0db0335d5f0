package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"taizhang/ingest/sheet"
)

// guard bounds what reading one file may do to the others. Tests put faults and clocks of their own here.
type guard struct {
	open    func(ctx context.Context, name string, content []byte, lim sheet.Limits) (*sheet.Book, error)
	timeout func(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) // when the time for a file is up
	grace   func() <-chan time.Time                                                          // how long a reader may take to notice
}

func newGuard() guard {
	return guard{open: sheet.Open, timeout: context.WithTimeout, grace: func() <-chan time.Time { return time.After(10 * time.Second) }}
}

// expired is what a loop of reading panics with when the time for its file is up.
type expired struct{}

// alive ends the reading of the file when its time is up. Every loop that a file's shape can make long asks.
func (in *Intake) alive() {
	if in.ctx != nil && in.ctx.Err() != nil {
		panic(expired{})
	}
}

// readGuarded reads a file: a panic, or more time than the limits give, costs this file alone and rejects it; trouble
// says for the log what happened. err is the end of ctx itself, which says nothing about the file.
func (in *Intake) readGuarded(ctx context.Context, f File) (p *parsed, trouble, err error) {
	limit := in.Zone.Limits.Time
	within, cancel := in.guard.timeout(ctx, limit)
	defer cancel()
	type result struct {
		p       *parsed
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
		mine := *in
		mine.ctx = within
		r.p = mine.read(f)
	}()
	var r result
	select {
	case r = <-done:
	case <-within.Done():
		select {
		case r = <-done:
		case <-in.guard.grace():
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
	p = &parsed{file: f, sha: sha256hex(f.Content)}
	var refusal *sheet.Refusal
	if errors.As(r.trouble, &refusal) {
		return p.unreadable(in, refusal), r.trouble, nil
	}
	return p.fail(in, sheet.Damaged, "文件内容异常，无法读取。", "请把数据复制到新建的工作簿中重新报送；仍不行请联系管理员。"), r.trouble, nil
}
