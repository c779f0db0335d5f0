// Package durabletest makes writing fail, step by step, for tests.
//
// Words: see [durable]; a fault is an error in place of a step.
package durabletest

import (
	"slices"
	"sync"
	"testing"

	"taizhang/internal/durable"
)

// Steps gives the steps of what do writes, in order.
func Steps(do func()) []durable.Step {
	var mu sync.Mutex
	var steps []durable.Step
	restore := durable.SetHook(func(s durable.Step) error {
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, s)
		return nil
	})
	defer restore()
	do()
	return steps
}

// FailAt makes the nth step (from 0) of what do writes fail with err; those
// after it are taken. It gives the step, nil where there are fewer.
func FailAt(n int, err error, do func()) *durable.Step { return fail(n, n, err, do) }

// FailFrom makes the nth step and all after it fail, as on a disk that is full
// or gone. Nothing is changed any more: what is there then is what a crash before
// that step leaves.
func FailFrom(n int, err error, do func()) *durable.Step { return fail(n, 1<<30, err, do) }

func fail(from, to int, err error, do func()) (at *durable.Step) {
	var mu sync.Mutex
	n := 0
	restore := durable.SetHook(func(s durable.Step) error {
		mu.Lock()
		defer mu.Unlock()
		defer func() { n++ }()
		if n == from {
			at = &s
		}
		if n >= from && n <= to {
			return err
		}
		return nil
	})
	defer restore()
	do()
	return at
}

// Each runs check once for every step of what write writes, with that step
// failing; prepare makes the same state before each.
func Each(t *testing.T, fault error, prepare func(t *testing.T), write func() error, check func(t *testing.T, at durable.Step, err error)) {
	t.Helper()
	prepare(t)
	all := Steps(func() {
		if err := write(); err != nil {
			t.Fatalf("without a fault: %v", err)
		}
	})
	if len(all) == 0 {
		t.Fatal("nothing is written")
	}
	for n := range all {
		for _, run := range []func(int, error, func()) *durable.Step{FailAt, FailFrom} {
			prepare(t)
			var err error
			at := run(n, fault, func() { err = write() })
			if at == nil {
				t.Fatalf("step %d (%s) is not taken again", n, all[n])
			}
			check(t, *at, err)
		}
	}
}

// Ops gives what steps do, without their paths.
func Ops(steps []durable.Step) []durable.Op {
	var ops []durable.Op
	for s := range slices.Values(steps) {
		ops = append(ops, s.Op)
	}
	return ops
}
