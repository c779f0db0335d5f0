package shelf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/internal/durable"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// Shelf keeps the publication open between requests, and what was made from it. A new publication takes the place of
// the old one, which is closed when the last request that reads it has ended.
//
// Pages that cost much to make are shown of the publication before, which they name, until those of the newest are made:
// nobody waits for figures to be computed, however many publications follow one another while everybody hands in.
type Shelf struct {
	looking sync.Mutex // held while a publication is looked for and opened
	found   time.Time  // when one was last looked for in earnest

	mu     sync.Mutex
	newest *Reading
	shown  *Reading // the one whose pages are made; nil, the newest or one before
	asked  time.Time
	broken bool // one was changed while it was open, and none but earlier ones have taken its place
	ended  bool
	views  []string // addresses of pages of figures that were asked for, newest last
}

// Reading is one publication, open.
type Reading struct {
	*queries.Reader
	own   string // the name under which it is read
	was   stamp  // how the file of that name looked when it was opened
	note  string // why it isn't the newest, "" where it is
	Mark  string
	users int

	lost atomic.Bool // its file is gone or damaged; it is still open here

	ready  bool      // its pages are made
	since  time.Time // when they were
	rest   bool      // the pages that nobody asked for are made, or being made
	closed bool
	*keep
}

// Note says why this isn't the newest publication under its own name, "" where it is.
func (r *Reading) Note() string {
	if r.lost.Load() {
		return "the published file is gone or damaged; it is still open here"
	}
	return r.note
}

// stamp is how a file looks.
type stamp struct {
	size int64
	time time.Time
}

func stampOf(path string) (s stamp) {
	if info, err := os.Stat(path); err == nil {
		s = stamp{info.Size(), info.ModTime()}
	}
	return s
}

// whole says whether what is read is still what was opened. The file is shared with the publication where the file system
// has links: whoever writes into that, or cuts it, changes what is open here.
func (r *Reading) whole() bool { return stampOf(r.own) == r.was }

// ErrBroken is a publication that was changed while it was open, of which no other is left.
var ErrBroken = errors.New("the published file was changed or cut while it was read")

// Lost says whether the newest publication has to be published anew: its file is gone or damaged.
func (p *Shelf) Lost() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken || p.newest != nil && p.newest.lost.Load()
}

// Broken says whether what is read was changed while it was open: what went wrong meanwhile went wrong for that.
func (p *Shelf) Broken() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest != nil && !p.newest.whole() || p.shown != nil && !p.shown.whole()
}

// keep is what was made from a publication.
type keep struct {
	mu   sync.Mutex
	made map[string]*made
}

// made is something computed from a publication, once.
type made struct {
	once sync.Once
	v    any
	err  error
}

const (
	mostMade  = 300             // kept of one publication
	mostViews = 12              // pages of figures that are made of a new publication before anybody asks
	soundFor  = 2 * time.Second // how long a publication that was found sound is taken for it, while its file looks the same
)

// Open gives the newest publication; done must be called. os.ErrNotExist: there is none yet.
func (p *Shelf) Open(z *office.Zone) (*Reading, func(), error) {
	if err := p.look(z); err != nil {
		return nil, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = time.Now()
	return p.newest, p.take(p.newest), nil
}

// Calm is open for pages that may be some seconds behind.
func (p *Shelf) Calm(z *office.Zone) (*Reading, func(), error) {
	p.mu.Lock()
	r := p.shown
	if r != nil && r.whole() {
		p.asked = time.Now()
		defer p.mu.Unlock()
		return r, p.take(r), nil
	}
	p.mu.Unlock()
	if err := p.look(z); err != nil {
		return nil, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = time.Now()
	if old := p.shown; old == nil || !old.whole() {
		p.shown = p.newest
		p.drop(old)
	}
	return p.shown, p.take(p.shown), nil
}

// Behind gives the newest publication where its pages aren't made yet, with done to be called; else nil.
func (p *Shelf) Behind(z *office.Zone) (*Reading, func(), error) {
	if err := p.look(z); err != nil {
		return nil, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.newest.ready {
		return nil, nil, nil
	}
	return p.newest, p.take(p.newest), nil
}

// Rest gives the newest publication, once, where its pages have been shown for some time and somebody looked at a page
// lately: what nobody has asked for yet may be made of it. done must be called; nil where there is nothing to do.
func (p *Shelf) Rest(quiet time.Duration) (*Reading, func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.newest
	if r == nil || !r.ready || r.rest || time.Since(r.since) < quiet || time.Since(p.asked) >= wantedFor {
		return nil, nil
	}
	r.rest = true
	return r, p.take(r)
}

// Is says whether a reading is of the newest publication.
func (p *Shelf) Is(r *Reading) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest == r
}

// Viewed notes that a page of a figure was asked for.
func (p *Shelf) Viewed(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.views = slices.DeleteFunc(p.views, func(x string) bool { return x == address })
	p.views = append(p.views, address)
	p.views = p.views[max(0, len(p.views)-mostViews):]
}

// ViewsLately are the addresses of pages of figures that were asked for last, the last one first.
func (p *Shelf) ViewsLately() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.Clone(p.views)
	slices.Reverse(list)
	return list
}

// Want has pages be made as if somebody had asked for one now.
func (p *Shelf) Want() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = time.Now()
}

// Showing is the publication whose pages are made and shown; nil before the first.
func (p *Shelf) Showing() *Reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shown
}

// Current says whether the pages of the newest publication are those that are shown.
func (p *Shelf) Current() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newest != nil && p.newest.ready
}

// Size is how much was made from a publication.
func (k *keep) Size() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.made)
}

// Wanted says whether somebody asked for a page lately.
func (p *Shelf) Wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.asked) < wantedFor
}

// wantedFor is how long after the last request pages beside the first are made before they are asked for.
const wantedFor = 30 * time.Minute

// look finds the newest publication and opens it where it is another than before.
func (p *Shelf) look(z *office.Zone) error {
	p.looking.Lock()
	defer p.looking.Unlock()
	p.mu.Lock()
	now, ended, broken := p.newest, p.ended, p.broken
	p.mu.Unlock()
	if ended {
		return errEnded
	}
	whole := now == nil || now.whole()
	lately := time.Since(p.found) < soundFor
	if !whole {
		if broken && lately {
			return ErrBroken
		}
		now = nil // nothing of it can be relied on
	}
	if now != nil && lately && now.sound(z) {
		return nil
	}
	found, err := warehouse.Find(z.Published())
	p.found = time.Now()
	if !whole {
		p.mu.Lock()
		p.broken = true
		p.mu.Unlock()
		if err != nil {
			return errors.Join(ErrBroken, err)
		}
	}
	if now != nil && now.note == "" && (err != nil || found.Earlier) { // what is open is newer than what is left, and whole
		now.lost.Store(true)
		if err == nil {
			return found.Close()
		}
		return nil
	}
	if err != nil {
		return err
	}
	mark := MarkOf(found.Path, z)
	if now != nil && now.Mark == mark && now.note == found.Note {
		now.lost.Store(false)
		return found.Close()
	}
	return p.open(z, found, mark)
}

// sound says of a publication that was found whole just now, and is whole, that nothing newer need be looked for.
func (r *Reading) sound(z *office.Zone) bool {
	if r.lost.Load() {
		return true
	}
	if r.note != "" {
		return false
	}
	path, err := warehouse.Newest(z.Published())
	return err == nil && MarkOf(path, z) == r.Mark
}

// open opens a publication that was found, in the place of the one before.
func (p *Shelf) open(z *office.Zone, found *warehouse.Readable, mark string) error {
	// The engine gives a file that it has open to whoever opens one of that name, also where another file has taken the
	// place meanwhile: each publication is read under a name of its own.
	own := filepath.Join(z.Dir, account.Folder, Prefix+strconv.FormatInt(time.Now().UnixNano(), 36)+".duckdb")
	if err := separate(found.Path, own); err != nil {
		return errors.Join(err, found.Close())
	}
	if err := found.Close(); err != nil {
		return err
	}
	was := stampOf(own)
	r, err := queries.Open(own, z.Metrics)
	if err != nil {
		return errors.Join(err, durable.Remove(own))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.newest
	p.broken = p.broken && found.Note != ""
	p.newest = &Reading{Reader: r, own: own, was: was, note: found.Note, Mark: mark, keep: &keep{made: map[string]*made{}}}
	p.drop(old)
	return nil
}

// separate gives a publication a second name, which is read while the first one goes to the next publication. On Windows a
// file that is open keeps all of its names: there it is copied.
func separate(from, to string) error {
	if runtime.GOOS == "windows" {
		return durable.Write(to, 0o600, durable.Copy(from))
	}
	return durable.Duplicate(from, to, 0o600)
}

// Prefix begins the names under which publications are read.
const Prefix = "reading-"

// Tidy removes what an earlier process left.
func Tidy(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, Prefix+"*"))
	if err != nil {
		return err
	}
	return durable.Remove(left...)
}

// Show has r, whose pages are made, be the one whose pages are shown.
func (p *Shelf) Show(r *Reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.shown
	p.shown, r.ready, r.since = r, true, time.Now()
	if old != r {
		p.drop(old)
	}
}

// take counts a user of r; the caller holds the lock. What is given back is called without it.
func (p *Shelf) take(r *Reading) func() {
	r.users++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		r.users--
		p.drop(r)
	})
}

// drop closes r unless somebody needs it; the caller holds the lock.
func (p *Shelf) drop(r *Reading) {
	if r != nil && r.users == 0 && p.newest != r && p.shown != r && !r.closed {
		r.closed = true
		_ = r.Close()             // it was only read
		_ = durable.Remove(r.own) // the next start's tidying removes what stays
	}
}

// errEnded is what late requests get.
var errEnded = errors.New("the page has ended")

// Close closes what is open, once the last who reads it has ended.
func (p *Shelf) Close() error {
	p.looking.Lock() // whoever opens one has done so
	defer p.looking.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	newest, shown := p.newest, p.shown
	p.newest, p.shown = nil, nil
	p.drop(newest)
	p.drop(shown)
	return nil
}

// Beside is the same publication through a connection of its own, so that long work keeps no request waiting.
func (r *Reading) Beside() (*Reading, error) {
	second, err := queries.Open(r.own, r.Catalogue)
	if err != nil {
		return nil, err
	}
	return &Reading{Reader: second, own: r.own, was: r.was, note: r.note, Mark: r.Mark, keep: r.keep}, nil
}

// MarkOf tells publications apart, and declarations that they are read with.
func MarkOf(path string, z *office.Zone) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	declared := z.Declared()
	if declared == "" {
		declared = fmt.Sprintf("%p", z.Metrics)
	}
	return fmt.Sprintf("%s %d %d %s", path, info.Size(), info.ModTime().UnixNano(), declared)
}

// Once makes something from a publication the first time that it is asked for. What failed is made again.
func Once[T any](r *Reading, key string, make func() (T, error)) (T, error) {
	r.mu.Lock()
	m := r.made[key]
	if m == nil {
		for k := range r.made {
			if len(r.made) < mostMade {
				break
			}
			delete(r.made, k)
		}
		m = &made{}
		r.made[key] = m
	}
	r.mu.Unlock()
	m.once.Do(func() {
		v, err := make()
		m.v, m.err = v, err
	})
	if m.err != nil {
		r.mu.Lock()
		if r.made[key] == m {
			delete(r.made, key)
		}
		r.mu.Unlock()
		var zero T
		return zero, m.err
	}
	return m.v.(T), nil
}
