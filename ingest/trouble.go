package ingest

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"taizhang/ingest/finding"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// trouble notes that a file waits because something of one unit (its outbox, its folder, the file) can't be read or
// written. Nobody else waits for it; the next run tries again.
func (s *Session) trouble(path string, err error) {
	text := fmt.Errorf("%s: %w", maskPath(path), err)
	s.Log.Error("a file waits", "err", text)
	s.Troubles = append(s.Troubles, text)
}

// untold is an arrival that is taken in and counts, and why its file is still there, in the words of the list of files.
type untold struct {
	arrival
	why lang.Text
}

// Why the file of an arrival is still in the inbox.
var (
	noReceipt  = lang.Say("it is taken in, but its receipt can't be written", "已接收，但回执写不出去")
	noLeaving  = lang.Say("it is taken in and answered, but the file can't be taken out of the inbox", "已接收，回执已发，但文件移不出收件箱")
	noOriginal = lang.Say("it was received, but its original in the archive can't be read", "已收到，但存档的原件读不出来")
)

// unanswered keeps apart files that were taken in before and couldn't be finished: they are no new arrivals.
func (s *Session) unanswered(files []Dropped) (fresh, waiting []Dropped) {
	for _, d := range files {
		a, ok := s.waits[d.Path]
		if ok && d.Wait == (lang.Text{}) && s.dropped(a.arrival) != "" {
			d.Wait = a.why
			waiting = append(waiting, d)
			continue
		}
		fresh = append(fresh, d)
	}
	return fresh, waiting
}

// maskPath masks the parts of a path one by one.
func maskPath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = secret.MaskText(parts[i])
	}
	return strings.Join(parts, "/")
}

// pathOf is where the file of an arrival lies in the inbox. The journal knows its path masked; where that hides something,
// the file is the one of such a path with that content.
func (s *Session) pathOf(e archive.Event) string {
	if !strings.Contains(e.Path, "****") {
		return e.Path
	}
	files, err := Inbox(s.In.Zone.Inbox())
	if err != nil {
		return e.Path
	}
	for _, d := range files {
		if d.Size == e.Size && maskPath(d.Path) == e.Path {
			if sum, err := hashOf(filepath.Join(s.In.Zone.Inbox(), filepath.FromSlash(d.Path))); err == nil && sum == e.Hash {
				return d.Path
			}
		}
	}
	return e.Path
}

// outboxOf is where the receipt of a file goes.
func (s *Session) outboxOf(r *finding.Report) string {
	for _, ret := range r.Returns {
		if sub, ok := s.In.Zone.Submitter(ret.Submitter); ok {
			return s.In.Zone.OutboxOf(sub)
		}
	}
	return s.In.Zone.OutboxUnknown()
}

// leave takes files out of the inbox and notes that they are dealt with; one that can't be removed waits.
func (s *Session) leave(todo []arrival) error {
	var paths []string
	for _, a := range todo {
		if path := s.dropped(a); path != "" {
			paths = append(paths, path)
		}
	}
	failed := durable.Remove(paths...)
	var events []archive.Event
	for _, a := range todo {
		path := filepath.Join(s.In.Zone.Inbox(), filepath.FromSlash(a.path))
		if failed != nil && slices.Contains(paths, path) {
			if err := durable.Remove(path); err != nil { // it may have been another of the files that couldn't be removed
				s.wait(a, noLeaving, lang.Errorf("take it out of the inbox: %w", "移出收件箱：%w", err))
				continue
			}
		}
		events = append(events, archive.Event{Event: archive.Leave, Seq: a.seq})
	}
	return s.Archive.Append(events...)
}

// wait notes that an arrival can't be finished now.
func (s *Session) wait(a arrival, why lang.Text, err error) {
	s.waits[a.path] = untold{a, why}
	path := a.path
	if path == "" {
		path = a.file.Name
	}
	s.trouble(path, err)
}
