package web

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"taizhang/cmd/internal/office"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// readings keep the publication open between requests, and what was made from it. A new publication takes the place of
// the old one, which is closed when the last request that reads it has ended; one that nobody asks for is closed, too, so
// that it stands in nobody's way.
type readings struct {
	mu  sync.Mutex
	now *reading
}

// reading is one publication, open.
type reading struct {
	*queries.Reader
	found *warehouse.Readable
	mark  string
	users int
	idle  *time.Timer

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
	mostMade    = 300 // kept of one publication
)

// open gives the newest publication; done must be called. os.ErrNotExist: there is none yet.
func (p *readings) open(z *office.Zone) (*reading, func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, err := warehouse.Find(z.Published())
	if err != nil {
		return nil, nil, err
	}
	mark := markOf(found.Path, z)
	if p.now != nil && (p.now.mark != mark || found.Note != "" && found.Note != p.now.found.Note) {
		p.retire()
	}
	if p.now == nil {
		r, err := queries.Open(found.Path, z.Metrics)
		if err != nil {
			return nil, nil, errors.Join(err, found.Close())
		}
		p.now = &reading{Reader: r, found: found, mark: mark, made: map[string]*made{}}
	} else if err := found.Close(); err != nil {
		return nil, nil, err
	}
	now := p.now
	if now.idle != nil {
		now.idle.Stop()
		now.idle = nil
	}
	now.users++
	return now, func() { p.leave(now) }, nil
}

func (p *readings) leave(r *reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r.users--
	switch {
	case r.users > 0:
	case p.now != r:
		r.shut()
	default:
		r.idle = time.AfterFunc(idleReading, func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.now == r && r.users == 0 {
				p.retire()
			}
		})
	}
}

// retire lets go of what is open; the caller holds the lock.
func (p *readings) retire() {
	if r := p.now; r != nil && r.users == 0 {
		r.shut()
	}
	p.now = nil
}

func (r *reading) shut() {
	if r.idle != nil {
		r.idle.Stop()
	}
	_ = r.Close()       // it was only read
	_ = r.found.Close() // a temporary copy; the next start's tidying removes what stays
}

func (p *readings) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retire()
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
