package reading

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
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

// Waiting names the files in the inbox, of one unit (by name) or of all, and why they wait.
func (s *Pages) Waiting(unit string) ([]string, error) {
	z := s.ZoneOf()
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
		wait := f.WaitAt(s.Options.Clock()).Chinese
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

// OrBegin shows what to do first in a zone that has published nothing yet.
func (s *Pages) OrBegin(w http.ResponseWriter, r *http.Request, who account.Person, err error) error {
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return s.begins(w, r, who)
}

// came says whether a zone has ever received anything.
func (s *Pages) came(z *office.Zone) (bool, error) {
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
func (s *Pages) begins(w http.ResponseWriter, r *http.Request, who account.Person) (err error) {
	z := s.ZoneOf()
	v := beginView{Inbox: placeOnDisk(z.Inbox()), Owes: len(z.Returns) > 0}
	v.Units = append(v.Units, z.Submitters...)
	if v.Came, err = s.came(z); err != nil {
		return err
	}
	if v.Waiting, err = s.Waiting(""); err != nil {
		return err
	}
	s.Render(w, r, who, http.StatusOK, "begin", frame.Layout{Title: "等第一份报表", Body: v, Live: true})
	return nil
}

type beginView struct {
	Came    bool // returns came before, and only their publication is missing
	Inbox   string
	Owes    bool
	Units   []zone.Submitter
	Waiting []string
}
