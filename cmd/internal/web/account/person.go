package account

import "slices"

// Person is who asks.
type Person struct {
	Name string // empty: nobody has logged in
	Role Role
	Unit string // code, of a submitter

	Token string // name of the token with which a program asks in this name
}

// Operator is whoever sits at the computer, where no users are declared.
var Operator = Person{Name: "本机", Role: Admin}

// PersonOf is the person that a user is.
func PersonOf(u User) Person { return Person{Name: u.Name, Role: Role(u.Role), Unit: u.Unit} }

// Permission is what an address asks of a person.
type Permission int

// The permissions, from nothing to everything.
const (
	MayOpen   Permission = iota // nothing: the login itself
	MayEnter                    // to be logged in
	MayUnit                     // to see one unit's returns: its own submitter, and whoever may read
	MaySend                     // to hand in for one unit
	MayRead                     // to see all units
	MayQuery                    // to query
	MayManage                   // to decide, issue, run
)

// May says whether a person may do something, about one unit where it is about one ("" is no unit at all).
func (p Person) May(what Permission, unit string) bool {
	own := p.Role == Submitter && unit != "" && unit == p.Unit
	switch what {
	case MayOpen:
		return true
	case MayEnter:
		return p.Role != ""
	case MayUnit:
		return own || p.May(MayRead, "")
	case MaySend:
		return own || p.Role == Admin
	case MayRead:
		return slices.Contains([]Role{Leader, Analyst, Admin}, p.Role)
	case MayQuery:
		return p.Role == Analyst || p.Role == Admin
	}
	return p.Role == Admin
}

// Is helps templates ask.
func (p Person) Is(role Role) bool { return p.Role == role }

// Manages says whether a person may decide, issue and run.
func (p Person) Manages() bool { return p.May(MayManage, "") }

// Queries says whether a person may query.
func (p Person) Queries() bool { return p.May(MayQuery, "") }

// Reads says whether a person may see all units.
func (p Person) Reads() bool { return p.May(MayRead, "") }
