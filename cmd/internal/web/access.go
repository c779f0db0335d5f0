package web

import (
	"net/http"
	"strings"

	"taizhang/cmd/internal/web/account"
	"taizhang/cmd/internal/web/frame"
)

// route is an address and what it asks for.
type route struct {
	pattern string
	may     account.Permission
	// about gives the code of the unit that a request is about, for routes about one; "" where it can't be told.
	about  func(r *http.Request) (string, error)
	handle func(w http.ResponseWriter, r *http.Request, who account.Person) error
	api    bool // answers programs: a token, and faults as JSON
}

// guard lets those through who may. What one may not see is not there.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.entry.WhoAsks(w, r, rt.api)
		said := &frame.Watched{ResponseWriter: w}
		if err == nil {
			err = s.pass(said, r, rt, who)
		}
		if err != nil {
			if rt.api {
				s.failAPI(said, r, err)
			} else {
				s.Fail(said, r, who, err)
			}
		}
		if rt.pattern != eventsPattern {
			s.Audit.Note(r, rt.pattern, who, said)
		}
	})
}

func (s *Server) pass(w *frame.Watched, r *http.Request, rt route, who account.Person) error {
	if who.Role == "" && rt.may != account.MayOpen { // what is there and what isn't is nobody's business before the login
		if rt.api {
			return &frame.Fault{Status: http.StatusUnauthorized, Says: "a token is needed: Authorization: Bearer …"}
		}
		return s.entry.ToLogin(w, r)
	}
	if strings.ContainsRune(r.URL.Path, 0) || strings.Contains(r.URL.RawQuery, "%00") { // no name has it, and an engine's texts end there
		return frame.NotFound("没有这个页面。")
	}
	unit := ""
	if rt.about != nil {
		var err error
		if unit, err = rt.about(r); err != nil {
			if who.May(account.MayRead, "") {
				return err
			}
			return frame.NotFound("没有这个页面。") // whether it is there is nobody's business
		}
		w.Unit = unit
	}
	switch {
	case who.May(rt.may, unit):
		return rt.handle(w, r, who)
	case who.Role == account.Submitter && r.Method == http.MethodGet && r.URL.Path == "/":
		http.Redirect(w, r, "/units/"+who.Unit, http.StatusSeeOther)
		return nil
	case rt.about != nil && !who.May(account.MayRead, ""):
		return frame.NotFound("没有这个页面。")
	}
	return frame.Forbidden("您的账号没有这项权限。")
}

// ofUnit is the unit that an address names by its code.
func (s *Server) ofUnit(r *http.Request) (string, error) {
	u, ok := s.Options.Service.Zone().Submitter(r.PathValue("unit"))
	if !ok {
		return "", frame.NotFound("没有这个单位。")
	}
	return u.Code, nil
}

// ofReturn is the unit that handed in the return that an address names.
func (s *Server) ofReturn(r *http.Request) (string, error) {
	rd, done, err := s.Readings.Open(s.Options.Service.Zone())
	if err != nil {
		return "", err
	}
	defer done()
	o, err := rd.Original(r.Context(), r.PathValue("return"))
	return o.SubmitterCode, err
}
