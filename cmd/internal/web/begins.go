package web

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/ingest"
	"taizhang/ingest/secret"
	"taizhang/internal/archive"
	"taizhang/internal/zone"
)

// placeOnDisk is where something lies on the computer: a path from where serve was started tells nobody at a browser anything.
func placeOnDisk(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// waiting names the files in the inbox, of one unit (by name) or of all, and why they wait.
func (s *Server) waiting(unit string) ([]string, error) {
	z := s.zoneOf()
	files, err := ingest.Inbox(z.Inbox())
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []string
	for _, f := range files {
		u, ok := z.Match(f.Folder)
		if unit != "" && (!ok || u.Name != unit) {
			continue
		}
		wait := f.WaitAt(s.o.Clock()).Chinese
		if wait == "" {
			wait = "等待读取"
		}
		name := secret.MaskText(f.Path)
		if unit != "" {
			name = secret.MaskText(f.Name)
		}
		out = append(out, name+"："+wait)
	}
	return out, nil
}

// orBegin shows what to do first in a zone that has published nothing yet.
func (s *Server) orBegin(w http.ResponseWriter, r *http.Request, who account.Person, err error) error {
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return s.begins(w, r, who)
}

// came says whether a zone has ever received anything.
func (s *Server) came(z *office.Zone) (bool, error) {
	if z.Joined || s.hasCome.Load() {
		return true, nil
	}
	a, err := archive.View(z.Archive())
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer a.Close()
	for e, err := range a.All() {
		if err != nil {
			return false, err
		}
		if e.Event == archive.Arrive {
			s.hasCome.Store(true)
			return true, nil
		}
	}
	return false, nil
}

// begins shows what to do in a zone that has received nothing yet.
func (s *Server) begins(w http.ResponseWriter, r *http.Request, who account.Person) (err error) {
	z := s.zoneOf()
	v := beginView{Inbox: placeOnDisk(z.Inbox()), Owes: len(z.Returns) > 0}
	v.Units = append(v.Units, z.Submitters...)
	if v.Came, err = s.came(z); err != nil {
		return err
	}
	if v.Waiting, err = s.waiting(""); err != nil {
		return err
	}
	s.render(w, r, who, http.StatusOK, "begin", layout{Title: "等第一份报表", Body: v, Live: true})
	return nil
}

type beginView struct {
	Came    bool // returns came before, and only their publication is missing
	Inbox   string
	Owes    bool
	Units   []zone.Submitter
	Waiting []string
}
