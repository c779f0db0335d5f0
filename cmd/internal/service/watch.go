package service

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long after a change in the inbox it is looked at: a copy raises many.
const settle = 500 * time.Millisecond

// watch has the inbox looked at soon after it changed, until the context ends or stop is called. Where the system can't
// watch, such as on many network shares, looking by schedule does the work alone.
func (s *Service) watch(ctx context.Context) (stop func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		s.o.Log.Warn("the inbox can't be watched; it is looked at by schedule", "err", err)
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() {
		s.follow(w.Add)
		timer := time.NewTimer(time.Hour)
		timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if e.Has(fsnotify.Create) {
					s.follow(w.Add) // a unit's new folder
				}
				if e.Op != fsnotify.Chmod {
					timer.Reset(settle)
				}
			case err := <-w.Errors:
				s.o.Log.Warn("watch the inbox", "err", err)
				timer.Reset(settle) // events were lost: look
			case <-timer.C:
				s.mu.Lock()
				s.watched = true
				s.mu.Unlock()
				select {
				case s.wake <- struct{}{}:
				default: // it is awake already
				}
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
		if err := w.Close(); err != nil {
			s.o.Log.Warn("end watching the inbox", "err", err)
		}
	}
}

// follow watches the inbox and the folders in it.
func (s *Service) follow(add func(string) error) {
	inbox := s.Zone().Inbox()
	err := filepath.WalkDir(inbox, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return nil // what can't be read is told by intake
		}
		if err := add(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.o.Log.Warn("a folder can't be watched; it is looked at by schedule", "folder", path, "err", err)
		}
		return nil
	})
	if err != nil {
		s.o.Log.Warn("watch the inbox", "err", err)
	}
}
