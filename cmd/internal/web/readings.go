package web

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/durable"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// readings keep the publication open between requests, and what was made from it. A new publication takes the place of
// the old one, which is closed when the last request that reads it has ended; one that nobody asks for is closed, too, so
// that it stands in nobody's way.
//
// Where many publications follow one another, such as while everybody hands in, pages that cost much to make are shown of
// the one before, which they name, until those of the newest are made: for mostBehind at the longest.
type readings struct {
	warm func(*reading) // makes what most ask for; nil: nothing is made before it is asked for

	mu      sync.Mutex
	newest  *reading
	shown   *reading // the one whose pages are made; nil, the newest or the one before
	since   time.Time
	warming bool
}

// reading is one publication, open.
type reading struct {
	*queries.Reader
	own   string // the name under which it is read
	note  string // why it isn't the newest, "" where it is
	mark  string
	users int
	idle  *time.Timer

	closed bool

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
	idleReading = 20 * time.Second
	mostBehind  = 10 * time.Second
	mostMade    = 300 // kept of one publication
)

// open gives the newest publication; done must be called. os.ErrNotExist: there is none yet.
func (p *readings) open(z *office.Zone) (*reading, func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.look(z)
	if err != nil {
		return nil, nil, err
	}
	return r, p.take(r), nil
}

// calm is open for pages that may be some seconds behind.
func (p *readings) calm(z *office.Zone) (*reading, func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r, err := p.look(z)
	if err != nil {
		return nil, nil, err
	}
	if p.shown == nil || p.warm == nil || time.Since(p.since) > mostBehind {
		p.show(r)
	}
	if p.shown != r && !p.warming {
		p.warming = true
		leave := p.take(r)
		go func() {
			defer leave()
			p.warm(r)
			p.mu.Lock()
			defer p.mu.Unlock()
			p.warming = false
			if p.newest == r {
				p.show(r)
			}
		}()
	}
	return p.shown, p.take(p.shown), nil
}

// look finds the newest publication and opens it; the caller holds the lock.
func (p *readings) look(z *office.Zone) (*reading, error) {
	found, err := warehouse.Find(z.Published())
	if err != nil {
		return nil, err
	}
	mark := markOf(found.Path, z)
	if p.newest != nil && p.newest.mark == mark && found.Note == p.newest.note {
		return p.newest, found.Close()
	}
	// The engine gives a file that it has open to whoever opens one of that name, also where another file has taken the
	// place meanwhile: each publication is read under a name of its own.
	own := filepath.Join(z.Dir, Folder, readingPrefix+strconv.FormatInt(time.Now().UnixNano(), 36)+".duckdb")
	if err := durable.Duplicate(found.Path, own, 0o600); err != nil {
		return nil, errors.Join(err, found.Close())
	}
	if err := found.Close(); err != nil {
		return nil, err
	}
	r, err := queries.Open(own, z.Metrics)
	if err != nil {
		return nil, errors.Join(err, durable.Remove(own))
	}
	old := p.newest
	p.newest, p.since = &reading{Reader: r, own: own, note: found.Note, mark: mark, made: map[string]*made{}}, time.Now()
	p.drop(old)
	return p.newest, nil
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

// show has r be the one whose pages are shown; the caller holds the lock.
func (p *readings) show(r *reading) {
	old := p.shown
	p.shown = r
	if old != r {
		p.drop(old)
	}
}

// take counts a user of r; the caller holds the lock. What is given back is called without it.
func (p *readings) take(r *reading) func() {
	if r.idle != nil {
		r.idle.Stop()
		r.idle = nil
	}
	r.users++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if r.users--; r.users > 0 {
			return
		}
		if p.newest != r && p.shown != r {
			r.shut()
			return
		}
		r.idle = time.AfterFunc(idleReading, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if r.users == 0 && r.idle != nil {
				p.forget(r)
			}
		})
	})
}

// drop closes r unless somebody needs it; the caller holds the lock.
func (p *readings) drop(r *reading) {
	if r != nil && r.users == 0 && p.newest != r && p.shown != r {
		r.shut()
	}
}

// forget lets go of r; the caller holds the lock.
func (p *readings) forget(r *reading) {
	if r == nil {
		return
	}
	if p.newest == r {
		p.newest = nil
	}
	if p.shown == r {
		p.shown = nil
	}
	p.drop(r)
}

func (r *reading) shut() {
	if r.closed {
		return
	}
	r.closed = true
	if r.idle != nil {
		r.idle.Stop()
	}
	_ = r.Close()             // it was only read
	_ = durable.Remove(r.own) // the next start's tidying removes what stays
}

func (p *readings) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forget(p.newest)
	p.forget(p.shown)
	return nil
}

// markOf tells publications apart, and declarations that they are read with.
func markOf(path string, z *office.Zone) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s %d %d %p", path, info.Size(), info.ModTime().UnixNano(), z.Metrics)
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
