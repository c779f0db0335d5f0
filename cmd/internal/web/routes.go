package web

import "taizhang/cmd/internal/web/account"

const eventsPattern = "GET /events"

// table lists every address of the page, with what one must be allowed to do there.
func (s *Server) table() []route {
	return []route{
		{pattern: "GET /login", may: account.MayOpen, handle: (*Server).showLogin},
		{pattern: "POST /login", may: account.MayOpen, handle: (*Server).login},
		{pattern: "POST /logout", may: account.MayOpen, handle: (*Server).logout},

		{pattern: "GET /unsent/{form}", may: account.MayEnter, handle: (*Server).showUnsent},

		{pattern: "GET /account", may: account.MayEnter, handle: (*Server).account},
		{pattern: "POST /account", may: account.MayEnter, handle: (*Server).changeAccount},

		{pattern: "GET /{$}", may: account.MayRead, handle: (*Server).overview},
		{pattern: "GET /figures", may: account.MayRead, handle: (*Server).figures},
		{pattern: "GET /figures/{metric}", may: account.MayRead, handle: (*Server).figure},

		{pattern: "GET /returns", may: account.MayRead, handle: (*Server).returns},
		{pattern: "GET /returns/{return}", may: account.MayUnit, about: ofReturn, handle: (*Server).oneReturn},
		{pattern: "GET /returns/{return}/sheet", may: account.MayUnit, about: ofReturn, handle: (*Server).sheet},
		{pattern: "GET /returns/{return}/receipt", may: account.MayUnit, about: ofReturn, handle: (*Server).receipt},
		{pattern: "POST /returns/{return}/explain", may: account.MaySend, about: ofReturn, handle: (*Server).explain},
		{pattern: "POST /returns/{return}/decide", may: account.MayManage, about: ofReturn, handle: (*Server).decideReturn},
		{pattern: "POST /learn", may: account.MayManage, handle: (*Server).learn},

		{pattern: "GET /units/{unit}", may: account.MayUnit, about: ofUnit, handle: (*Server).unit},
		{pattern: "GET /units/{unit}/template", may: account.MayUnit, about: ofUnit, handle: (*Server).template},
		{pattern: "POST /units/{unit}/check", may: account.MaySend, about: ofUnit, handle: (*Server).check},
		{pattern: "GET /units/{unit}/drafts/{draft}", may: account.MaySend, about: ofUnit, handle: (*Server).draft},
		{pattern: "POST /units/{unit}/drafts/{draft}", may: account.MaySend, about: ofUnit, handle: (*Server).handIn},
		{pattern: "GET /units/{unit}/sent/{draft}", may: account.MaySend, about: ofUnit, handle: (*Server).sent},
		{pattern: "POST /units/{unit}/decide", may: account.MayManage, about: ofUnit, handle: (*Server).decideUnit},

		{pattern: "GET /templates", may: account.MayManage, handle: (*Server).templatesOfAll},

		{pattern: "GET /query", may: account.MayQuery, handle: (*Server).query},
		{pattern: "POST /query", may: account.MayQuery, handle: (*Server).ask},
		{pattern: "GET /query/working/{query}", may: account.MayQuery, handle: (*Server).working},
		{pattern: "POST /query/working/{query}", may: account.MayQuery, handle: (*Server).cancelQuery},
		{pattern: "GET /query/names", may: account.MayQuery, handle: (*Server).names},
		{pattern: "GET /query/tables/{table}", may: account.MayQuery, handle: (*Server).tables},
		{pattern: "GET /query/results/{result}", may: account.MayQuery, handle: (*Server).result},

		{pattern: "GET /papers", may: account.MayRead, handle: (*Server).papers},
		{pattern: "POST /papers", may: account.MayManage, handle: (*Server).issue},
		{pattern: "GET /papers/issued/{file...}", may: account.MayRead, handle: (*Server).paper},
		{pattern: "GET /papers/preview/{file...}", may: account.MayRead, handle: (*Server).preview},
		{pattern: "GET /papers/ledgers/{file}", may: account.MayRead, handle: (*Server).ledger},
		{pattern: "GET /papers/ledgers/{file}/preview", may: account.MayRead, handle: (*Server).previewLedger},

		{pattern: "GET /runs", may: account.MayManage, handle: (*Server).runs},
		{pattern: "POST /runs", may: account.MayManage, handle: (*Server).runNow},
		{pattern: "GET /runs/audit", may: account.MayManage, handle: (*Server).auditFile},

		{pattern: "GET /runs/backups", may: account.MayManage, handle: (*Server).backups},
		{pattern: "POST /runs/backups", may: account.MayManage, handle: (*Server).restore},

		{pattern: "GET /settings", may: account.MayManage, handle: (*Server).settings},
		{pattern: "POST /settings/learned", may: account.MayManage, handle: (*Server).forget},
		{pattern: "POST /settings", may: account.MayManage, handle: (*Server).change},
		{pattern: "GET /settings/users", may: account.MayManage, handle: (*Server).people},
		{pattern: "POST /settings/users", may: account.MayManage, handle: (*Server).changePeople},

		{pattern: eventsPattern, may: account.MayEnter, handle: (*Server).events},

		{pattern: "GET /api/metrics", may: account.MayRead, api: true, handle: (*Server).apiMetrics},
		{pattern: "GET /api/trace", may: account.MayRead, api: true, handle: (*Server).apiTrace},
		{pattern: "GET /api/status", may: account.MayRead, api: true, handle: (*Server).apiStatus},
		{pattern: "GET /api/returns", may: account.MayRead, api: true, handle: (*Server).apiReturns},
	}
}
