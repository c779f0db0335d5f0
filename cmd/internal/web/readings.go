package web

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// readings keep the publication open between requests, and what was made from it. A new publication takes the place of
// the old one, which is closed when the last request that reads it has ended.
//
// Pages that cost much to make are shown of the publication before, which they name, until those of the newest are made:
// nobody waits for figures to be computed, however many publications follow one another while everybody hands in.
type readings struct {
	looking sync.Mutex // held while a publication is looked for and opened
	found   time.Time  // when one was last looked for in earnest

	mu     sync.Mutex
	newest *reading
	shown  *reading // the one whose pages are made; nil, the newest or one before
	asked  time.Time
	ended  bool
	views  []string // addresses of pages of figures that were asked for, newest last
}

// reading is one publication, open.
type reading struct {
	*queries.Reader
	own   string // the name under which it is read
	note  string // why it isn't the newest, "" where it is
	mark  string
	users int

	ready  bool // its pages are made
	closed bool
	*keep
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

// open gives the newest publication; done must be called. os.ErrNotExist: there is none yet.
func (p *readings) open(z *office.Zone) (*reading, func(), error) {
	if err := p.look(z); err != nil {
		return nil, nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = time.Now()
	return p.newest, p.take(p.newest), nil
}

// calm is open for pages that may be some seconds behind.
func (p *readings) calm(z *office.Zone) (*reading, func(), error) {
	p.mu.Lock()
	r := p.shown
	if r != nil {
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
	if p.shown == nil {
		p.shown = p.newest
	}
	return p.shown, p.take(p.shown), nil
}

// behind gives the newest publication where its pages aren't made yet, with done to be called; else nil.
func (p *readings) behind(z *office.Zone) (*reading, func(), error) {
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

// viewed notes that a page of a figure was asked for.
func (p *readings) viewed(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.views = slices.DeleteFunc(p.views, func(x string) bool { return x == address })
	p.views = append(p.views, address)
	p.views = p.views[max(0, len(p.views)-mostViews):]
}

// viewsLately are the addresses of pages of figures that were asked for last, the last one first.
func (p *readings) viewsLately() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := slices.Clone(p.views)
	slices.Reverse(list)
	return list
}

// wanted says whether somebody asked for a page lately.
func (p *readings) wanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Since(p.asked) < wantedFor
}

// wantedFor is how long after the last request pages beside the first are made before they are asked for.
const wantedFor = 30 * time.Minute

// look finds the newest publication and opens it where it is another than before.
func (p *readings) look(z *office.Zone) error {
	p.looking.Lock()
	defer p.looking.Unlock()
	p.mu.Lock()
	now, ended := p.newest, p.ended
	p.mu.Unlock()
	if ended {
		return errEnded
	}
	if now != nil && now.note == "" && time.Since(p.found) < soundFor {
		if path, err := warehouse.Newest(z.Published()); err == nil && markOf(path, z) == now.mark {
			return nil
		}
	}
	found, err := warehouse.Find(z.Published())
	if err != nil {
		return err
	}
	p.found = time.Now()
	mark := markOf(found.Path, z)
	if now != nil && now.mark == mark && now.note == found.Note {
		return found.Close()
	}
	// The engine gives a file that it has open to whoever opens one of that name, also where another file has taken the
	// place meanwhile: each publication is read under a name of its own.
	own := filepath.Join(z.Dir, Folder, readingPrefix+strconv.FormatInt(time.Now().UnixNano(), 36)+".duckdb")
	if err := durable.Duplicate(found.Path, own, 0o600); err != nil {
		return errors.Join(err, found.Close())
	}
	if err := found.Close(); err != nil {
		return err
	}
	r, err := queries.Open(own, z.Metrics)
	if err != nil {
		return errors.Join(err, durable.Remove(own))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.newest
	p.newest = &reading{Reader: r, own: own, note: found.Note, mark: mark, keep: &keep{made: map[string]*made{}}}
	p.drop(old)
	return nil
}

// readingPrefix begins the names under which publications are read.
const readingPrefix = "reading-"

// tidyReadings removes what an earlier process left.
func tidyReadings(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, readingPrefix+"*"))
	if err != nil {
		return err
	}
	return durable.Remove(left...)
}

// show has r, whose pages are made, be the one whose pages are shown.
func (p *readings) show(r *reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := p.shown
	p.shown, r.ready = r, true
	if old != r {
		p.drop(old)
	}
}

// take counts a user of r; the caller holds the lock. What is given back is called without it.
func (p *readings) take(r *reading) func() {
	r.users++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		r.users--
		p.drop(r)
	})
}

// drop closes r unless somebody needs it; the caller holds the lock.
func (p *readings) drop(r *reading) {
	if r != nil && r.users == 0 && p.newest != r && p.shown != r && !r.closed {
		r.closed = true
		_ = r.Close()             // it was only read
		_ = durable.Remove(r.own) // the next start's tidying removes what stays
	}
}

// errEnded is what late requests get.
var errEnded = errors.New("the page has ended")

func (p *readings) close() error {
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

// beside is the same publication through a connection of its own, so that long work keeps no request waiting.
func (r *reading) beside() (*reading, error) {
	second, err := queries.Open(r.own, r.Catalogue)
	if err != nil {
		return nil, err
	}
	return &reading{Reader: second, own: r.own, note: r.note, mark: r.mark, keep: r.keep}, nil
}

// markOf tells publications apart, and declarations that they are read with.
func markOf(path string, z *office.Zone) string {
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

// once makes something from a publication the first time that it is asked for. What failed is made again.
func once[T any](r *reading, key string, make func() (T, error)) (T, error) {
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
