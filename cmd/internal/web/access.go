package web

import (
	"net/http"
	"slices"
	"strings"

	"taizhang/cmd/internal/office"
	"taizhang/cmd/internal/web/account"
)

// person is who asks.
type person struct {
	Name string // empty: nobody has logged in
	Role account.Role
	Unit string // code, of a submitter

	Token string // name of the token with which a program asks in this name
}

// operator is whoever sits at the computer, where no users are declared.
var operator = person{Name: "本机", Role: account.Admin}

// permission is what a route asks of a person.
type permission int

const (
	mayOpen   permission = iota // nothing: the login itself
	mayEnter                    // to be logged in
	mayUnit                     // to see one unit's returns: its own submitter, and whoever may read
	maySend                     // to hand in for one unit
	mayRead                     // to see all units
	mayQuery                    // to query
	mayManage                   // to decide, issue, run
)

// may says whether a person may do something, about one unit where it is about one ("" is no unit at all).
func (p person) may(what permission, unit string) bool {
	own := p.Role == account.Submitter && unit != "" && unit == p.Unit
	switch what {
	case mayOpen:
		return true
	case mayEnter:
		return p.Role != ""
	case mayUnit:
		return own || p.may(mayRead, "")
	case maySend:
		return own || p.Role == account.Admin
	case mayRead:
		return slices.Contains([]account.Role{account.Leader, account.Analyst, account.Admin}, p.Role)
	case mayQuery:
		return p.Role == account.Analyst || p.Role == account.Admin
	}
	return p.Role == account.Admin
}

// Is helps templates ask.
func (p person) Is(role account.Role) bool { return p.Role == role }

// Manages, Queries and Reads help templates ask.
func (p person) Manages() bool { return p.may(mayManage, "") }

// Queries says whether a person may query.
func (p person) Queries() bool { return p.may(mayQuery, "") }

// Reads says whether a person may see all units.
func (p person) Reads() bool { return p.may(mayRead, "") }

// route is an address and what it asks for.
type route struct {
	pattern string
	may     permission
	// about gives the code of the unit that a request is about, for routes about one; "" where it can't be told.
	about  func(s *Server, r *http.Request) (string, error)
	handle func(s *Server, w http.ResponseWriter, r *http.Request, who person) error
	api    bool // answers programs: a token, and faults as JSON
}

// guard lets those through who may. What one may not see is not there.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.whoAsks(w, r, rt.api)
		said := &watched{ResponseWriter: w}
		if err == nil {
			err = s.pass(said, r, rt, who)
		}
		if err != nil {
			if rt.api {
				s.failAPI(said, r, err)
			} else {
				s.fail(said, r, who, err)
			}
		}
		s.audit.note(r, rt, who, said)
	})
}

func (s *Server) pass(w *watched, r *http.Request, rt route, who person) error {
	if who.Role == "" && rt.may != mayOpen { // what is there and what isn't is nobody's business before the login
		if rt.api {
			return &fault{status: http.StatusUnauthorized, says: "a token is needed: Authorization: Bearer …"}
		}
		return s.toLogin(w, r)
	}
	if strings.ContainsRune(r.URL.Path, 0) || strings.Contains(r.URL.RawQuery, "%00") { // no name has it, and an engine's texts end there
		return notFound("没有这个页面。")
	}
	unit := ""
	if rt.about != nil {
		var err error
		if unit, err = rt.about(s, r); err != nil {
			if who.may(mayRead, "") {
				return err
			}
			return notFound("没有这个页面。") // whether it is there is nobody's business
		}
		w.unit = unit
	}
	switch {
	case who.may(rt.may, unit):
		return rt.handle(s, w, r, who)
	case who.Role == account.Submitter && r.Method == http.MethodGet && r.URL.Path == "/":
		http.Redirect(w, r, "/units/"+who.Unit, http.StatusSeeOther)
		return nil
	case rt.about != nil && !who.may(mayRead, ""):
		return notFound("没有这个页面。")
	}
	return forbidden("您的账号没有这项权限。")
}

// ofUnit is the unit that an address names by its code.
func ofUnit(s *Server, r *http.Request) (string, error) {
	u, ok := s.o.Service.Zone().Submitter(r.PathValue("unit"))
	if !ok {
		return "", notFound("没有这个单位。")
	}
	return u.Code, nil
}

// ofReturn is the unit that handed in the return that an address names.
func ofReturn(s *Server, r *http.Request) (string, error) {
	rd, done, err := s.readings.Open(s.o.Service.Zone())
	if err != nil {
		return "", err
	}
	defer done()
	o, err := rd.Original(r.Context(), r.PathValue("return"))
	return o.SubmitterCode, err
}

// zoneOf is the zone of a request.
func (s *Server) zoneOf() *office.Zone { return s.o.Service.Zone() }
