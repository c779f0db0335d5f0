package account

// Role says what a person may do.
type Role string

// The roles. A submitter sees its own unit alone; a leader sees all that came in and what follows from it; an analyst may
// query as well; an admin decides, issues, runs and hands in for everybody.
const (
	Submitter Role = "submitter"
	Leader    Role = "leader"
	Analyst   Role = "analyst"
	Admin     Role = "admin"
)

// Roles are all roles, from the least to the most.
func Roles() []Role { return []Role{Submitter, Leader, Analyst, Admin} }

// RoleWords are the roles as people say them.
var RoleWords = [][2]string{{string(Submitter), "填报单位"}, {string(Leader), "领导"}, {string(Analyst), "分析人员"}, {string(Admin), "管理员"}}
