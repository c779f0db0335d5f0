package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"time"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

var (
	errReadOnly = lang.Errorf("archive: opened for reading only", "档案：只读打开")
	errClosed   = lang.Errorf("archive: closed", "档案：已关闭")
)

// state is what the events so far add up to.
type state struct {
	arrived      map[int]bool
	pending      map[int]Event
	retries      map[int]int // by arrival
	lastArrival  int         // highest number given out
	lastDecision int
	declared     string
	lastAt       time.Time         // the latest at which something arrived or was decided
	keys         map[string]string // fingerprints by scope
	erased       map[string]bool
	persons      []Event // erase_person
}

func newState() state {
	return state{arrived: map[int]bool{}, pending: map[int]Event{}, retries: map[int]int{}, erased: map[string]bool{}, keys: map[string]string{}}
}

// apply adds an event, or refuses one that contradicts those before it.
func (s *state) apply(e Event) error {
	if (e.Event == Arrive || e.Event == Decide) && e.At.After(s.lastAt) {
		s.lastAt = e.At
	}
	switch e.Event {
	case Arrive:
		if s.arrived[e.Seq] {
			return lang.Errorf("arrival %d is there already", "第 %d 号收件已存在", e.Seq)
		}
		s.arrived[e.Seq] = true
		s.pending[e.Seq] = e
		s.lastArrival = max(s.lastArrival, e.Seq)
	case Leave:
		if _, ok := s.pending[e.Seq]; !ok {
			return lang.Errorf("leave of arrival %d, which is not pending", "第 %d 号收件不在处理中，不能记为离开", e.Seq)
		}
		delete(s.pending, e.Seq)
	case Retry:
		if _, ok := s.pending[e.Seq]; !ok {
			return lang.Errorf("retry of arrival %d, which is not pending", "第 %d 号收件不在处理中，不能记为重试", e.Seq)
		}
		s.retries[e.Seq]++
	case Stop:
		s.retries[e.Seq] = max(0, s.retries[e.Seq]-1)
	case Declare:
		s.declared = e.Hash
	case BindKeys:
		maps.Copy(s.keys, e.Keys)
	case Decide:
		s.lastDecision = max(s.lastDecision, e.Seq)
	case Erase:
		s.erased[e.Hash] = true
	case ErasePerson:
		s.lastDecision = max(s.lastDecision, e.Seq)
		s.persons = append(s.persons, e)
	}
	return nil
}

// openJournal reads the journal for its owner and cuts a torn last line.
func (a *Archive) openJournal() error {
	name := a.path(journalName)
	f, err := durable.OpenLog(name, 0o600)
	if err != nil {
		return lang.Errorf("archive: %w", "档案：%w", err)
	}
	good, rest, st, err := load(f.Reader())
	if err == nil && len(rest) > 0 {
		a.torn = len(rest)
		if err = f.Cut(good); err == nil {
			err = f.Sync()
		}
	}
	if err == nil && st.unended {
		// A whole event that only lacks its line end: kept, and ended.
		if err = f.Append([]byte("\n")); err == nil {
			good++
			err = f.Sync()
		}
	}
	if err != nil {
		_ = f.Close()
		return lang.Errorf("archive: %s: %w", "档案：%s：%w", name, err)
	}
	a.journal, a.size, a.state = f, good, st.state
	return nil
}

type loaded struct {
	state
	unended bool
}

// load reads all events of a journal into a state. It gives the length of the
// part that holds whole events and the torn bytes that follow it, if any.
func load(r io.Reader) (good int64, torn []byte, st loaded, err error) {
	st.state = newState()
	for l, err := range lines(r) {
		if err != nil {
			return good, nil, st, err
		}
		if l.torn {
			return good, l.text, st, nil
		}
		if err := st.apply(l.event); err != nil {
			return good, nil, st, lang.Errorf("line %d: %w", "第%d行：%w", l.n, err)
		}
		good += int64(len(l.text))
		st.unended = !l.ended
	}
	return good, nil, st, nil
}

type line struct {
	n     int
	text  []byte // line end included
	ended bool   // by a newline
	torn  bool   // the last line, cut short by a crash: no event
	event Event
}

// lines reads a journal line by line. Only a last line without a newline may be
// torn: every append ends in one. Anything else that is no event is an error.
func lines(r io.Reader) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		br := bufio.NewReaderSize(r, 1<<16)
		for n := 1; ; n++ {
			text, err := br.ReadBytes('\n')
			if err != nil && err != io.EOF {
				yield(line{}, err)
				return
			}
			if len(text) == 0 {
				return
			}
			l := line{n: n, text: text, ended: err == nil}
			l.event, err = decode(bytes.TrimSuffix(text, []byte("\n")))
			// A part of an object is never a whole one: what does parse but
			// says something unknown was not torn.
			if err != nil && !l.ended && !json.Valid(text) {
				l.torn = true
				yield(l, nil)
				return
			}
			if err != nil {
				yield(line{}, lang.Errorf("line %d: %w", "第%d行：%w", n, err))
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// Append adds events to the journal, all in one write and one sync. When it
// returns without error they are on the disk; when it fails none of them is there.
func (a *Archive) Append(events ...Event) error {
	if len(events) == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.writable(); err != nil {
		return err
	}
	next := a.state.fork(events)
	now := a.Clock().Round(0)
	var buf bytes.Buffer
	for i, e := range events {
		e.Recorded = now
		err := e.check()
		if err == nil {
			err = next(e)
		}
		if err == nil {
			err = e.encode(&buf)
		}
		if err != nil {
			return lang.Errorf("archive: event %d of %d (%s): %w", "档案：第%d条（共%d条，%s）：%w", i+1, len(events), e.Event, err)
		}
	}
	if err := a.journal.Append(buf.Bytes()); err != nil {
		if terr := a.journal.Cut(a.size); terr != nil {
			a.broken = terr
		}
		return lang.Errorf("archive: journal: %w", "档案：日志：%w", err)
	}
	if err := a.journal.Sync(); err != nil {
		// After a failed sync nobody can say what is on the disk.
		a.broken = err
		return lang.Errorf("archive: journal: %w", "档案：日志：%w", err)
	}
	a.size += int64(buf.Len())
	for _, e := range events {
		_ = a.state.apply(e) // checked above
	}
	return nil
}

// fork gives a function that checks events one after the other as apply would,
// without changing s.
func (s *state) fork(events []Event) func(Event) error {
	trial := newState()
	trial.lastArrival = s.lastArrival
	for _, e := range events {
		if s.arrived[e.Seq] {
			trial.arrived[e.Seq] = true
		}
		if p, ok := s.pending[e.Seq]; ok {
			trial.pending[e.Seq] = p
		}
	}
	return trial.apply
}

// writable says why nothing can be appended, nil if it can.
func (a *Archive) writable() error {
	switch {
	case a.readOnly:
		return errReadOnly
	case a.journal == nil:
		return errClosed
	case a.broken != nil:
		return lang.Errorf("archive: journal unusable since an earlier failure: %w", "档案：日志因先前的故障无法使用：%w", a.broken)
	}
	size, err := a.journal.Size()
	if err != nil {
		return lang.Errorf("archive: %w", "档案：%w", err)
	}
	if size != a.size {
		return lang.Errorf("archive: journal was changed by another process", "档案：日志被另一个程序改动")
	}
	return nil
}

// All gives the events one by one in the order of the journal, those that were
// whole when the call began.
func (a *Archive) All() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		f, err := os.Open(a.path(journalName))
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		if err != nil {
			yield(Event{}, lang.Errorf("archive: %w", "档案：%w", err))
			return
		}
		defer f.Close()
		var r io.Reader = f
		if !a.readOnly {
			a.mu.Lock()
			r = io.LimitReader(f, a.size)
			a.mu.Unlock()
		}
		for l, err := range lines(r) {
			if err != nil {
				yield(Event{}, lang.Errorf("archive: %s: %w", "档案：%s：%w", a.path(journalName), err))
				return
			}
			if l.torn || !yield(l.event, nil) {
				return
			}
		}
	}
}

// Whole gives the length of the part of the journal that holds whole lines, as it is now on the disk.
func (a *Archive) Whole() (int64, error) {
	f, err := os.Open(a.path(journalName))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, lang.Errorf("archive: %w", "档案：%w", err)
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	for buf := make([]byte, 1<<16); err == nil && size > 0; {
		part := buf[:min(size, int64(len(buf)))]
		if _, err = f.ReadAt(part, size-int64(len(part))); err != nil {
			break
		}
		if i := bytes.LastIndexByte(part, '\n'); i >= 0 {
			return size - int64(len(part)) + int64(i) + 1, nil
		}
		size -= int64(len(part))
	}
	if err != nil {
		return 0, lang.Errorf("archive: %s: %w", "档案：%s：%w", a.path(journalName), err)
	}
	return 0, nil
}

// Until gives the events of the first bytes of the journal, a number that Whole gave.
func (a *Archive) Until(size int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		f, err := os.Open(a.path(journalName))
		if errors.Is(err, os.ErrNotExist) && size == 0 {
			return
		}
		if err != nil {
			yield(Event{}, lang.Errorf("archive: %w", "档案：%w", err))
			return
		}
		defer f.Close()
		for l, err := range lines(io.LimitReader(f, size)) {
			if err != nil {
				yield(Event{}, lang.Errorf("archive: %s: %w", "档案：%s：%w", a.path(journalName), err))
				return
			}
			if l.torn || !yield(l.event, nil) {
				return
			}
		}
	}
}

// Events gives all events in the order of the journal.
func (a *Archive) Events() ([]Event, error) {
	var events []Event
	for e, err := range a.All() {
		if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
	return events, nil
}

// NextArrival reserves the next arrival number. A number that is never used
// leaves a gap, which does no harm.
func (a *Archive) NextArrival() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.lastArrival++
	return a.state.lastArrival
}

// NextDecision reserves the next decision number.
func (a *Archive) NextDecision() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.lastDecision++
	return a.state.lastDecision
}

// Pending gives the arrivals that have not left yet, in the order of their
// numbers: what a run that was killed has still to finish.
func (a *Archive) Pending() ([]Event, error) {
	st, err := a.current()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	events := make([]Event, 0, len(st.pending))
	for _, e := range st.pending {
		events = append(events, e)
	}
	slices.SortFunc(events, func(x, y Event) int { return x.Seq - y.Seq })
	return events, nil
}

// Retries says how often the reading of an arrival was begun again after it had been cut short.
func (a *Archive) Retries(seq int) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state.retries[seq]
}

// Arrivals gives the numbers of all arrivals in the journal, in order.
func (a *Archive) Arrivals() []int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Sorted(maps.Keys(a.state.arrived))
}

// ErasedPersons gives the erasures of persons, in order.
func (a *Archive) ErasedPersons() ([]Event, error) {
	st, err := a.current()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(st.persons), nil
}

// LastDecision gives the highest number of a decision or erasure, 0 before the first.
func (a *Archive) LastDecision() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.state.lastDecision
}

// Keys gives the fingerprints of the keys that hashes are made with, by scope.
func (a *Archive) Keys() map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.state.keys)
}

// LastAt gives the latest time at which something arrived or was decided, zero before the first.
func (a *Archive) LastAt() (time.Time, error) {
	st, err := a.current()
	if err != nil {
		return time.Time{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return st.lastAt, nil
}

// Size gives the length of the journal in bytes: every event changes it.
func (a *Archive) Size() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.size
}

// Declared gives the hash of the bundle in force, "" before the first.
func (a *Archive) Declared() string {
	st, err := a.current()
	if err != nil {
		return ""
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return st.declared
}

// Torn gives how many bytes of an unfinished last line Open cut off.
func (a *Archive) Torn() int { return a.torn }

func (a *Archive) erased(hash string) (bool, error) {
	st, err := a.current()
	if err != nil {
		return false, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return st.erased[hash], nil
}

// current gives the state: the owner's own, or for a view what the journal says now.
func (a *Archive) current() (*state, error) {
	if !a.readOnly {
		return &a.state, nil
	}
	st := newState()
	for e, err := range a.All() {
		if err != nil {
			return nil, err
		}
		if err := st.apply(e); err != nil {
			return nil, lang.Errorf("archive: %w", "档案：%w", err)
		}
	}
	return &st, nil
}
