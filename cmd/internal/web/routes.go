package web

const eventsPattern = "GET /events"

// table lists every address of the page, with what one must be allowed to do there.
func (s *Server) table() []route {
	return []route{
		{pattern: "GET /login", may: mayOpen, handle: (*Server).showLogin},
		{pattern: "POST /login", may: mayOpen, handle: (*Server).login},
		{pattern: "POST /logout", may: mayOpen, handle: (*Server).logout},

		{pattern: "GET /unsent/{form}", may: mayEnter, handle: (*Server).showUnsent},

		{pattern: "GET /account", may: mayEnter, handle: (*Server).account},
		{pattern: "POST /account", may: mayEnter, handle: (*Server).changeAccount},

		{pattern: "GET /{$}", may: mayRead, handle: (*Server).overview},
		{pattern: "GET /figures", may: mayRead, handle: (*Server).figures},
		{pattern: "GET /figures/{metric}", may: mayRead, handle: (*Server).figure},

		{pattern: "GET /returns", may: mayRead, handle: (*Server).returns},
		{pattern: "GET /returns/{return}", may: mayUnit, about: ofReturn, handle: (*Server).oneReturn},
		{pattern: "GET /returns/{return}/sheet", may: mayUnit, about: ofReturn, handle: (*Server).sheet},
		{pattern: "GET /returns/{return}/receipt", may: mayUnit, about: ofReturn, handle: (*Server).receipt},
		{pattern: "POST /returns/{return}/explain", may: maySend, about: ofReturn, handle: (*Server).explain},
		{pattern: "POST /returns/{return}/decide", may: mayManage, about: ofReturn, handle: (*Server).decideReturn},
		{pattern: "POST /learn", may: mayManage, handle: (*Server).learn},

		{pattern: "GET /units/{unit}", may: mayUnit, about: ofUnit, handle: (*Server).unit},
		{pattern: "GET /units/{unit}/template", may: mayUnit, about: ofUnit, handle: (*Server).template},
		{pattern: "POST /units/{unit}/check", may: maySend, about: ofUnit, handle: (*Server).check},
		{pattern: "GET /units/{unit}/drafts/{draft}", may: maySend, about: ofUnit, handle: (*Server).draft},
		{pattern: "POST /units/{unit}/drafts/{draft}", may: maySend, about: ofUnit, handle: (*Server).handIn},
		{pattern: "GET /units/{unit}/sent/{draft}", may: maySend, about: ofUnit, handle: (*Server).sent},
		{pattern: "POST /units/{unit}/decide", may: mayManage, about: ofUnit, handle: (*Server).decideUnit},

		{pattern: "GET /templates", may: mayManage, handle: (*Server).templatesOfAll},

		{pattern: "GET /query", may: mayQuery, handle: (*Server).query},
		{pattern: "POST /query", may: mayQuery, handle: (*Server).ask},
		{pattern: "GET /query/working/{query}", may: mayQuery, handle: (*Server).working},
		{pattern: "POST /query/working/{query}", may: mayQuery, handle: (*Server).cancelQuery},
		{pattern: "GET /query/names", may: mayQuery, handle: (*Server).names},
		{pattern: "GET /query/tables/{table}", may: mayQuery, handle: (*Server).tables},
		{pattern: "GET /query/results/{result}", may: mayQuery, handle: (*Server).result},

		{pattern: "GET /papers", may: mayRead, handle: (*Server).papers},
		{pattern: "POST /papers", may: mayManage, handle: (*Server).issue},
		{pattern: "GET /papers/issued/{file...}", may: mayRead, handle: (*Server).paper},
		{pattern: "GET /papers/preview/{file...}", may: mayRead, handle: (*Server).preview},
		{pattern: "GET /papers/ledgers/{file}", may: mayRead, handle: (*Server).ledger},
		{pattern: "GET /papers/ledgers/{file}/preview", may: mayRead, handle: (*Server).previewLedger},

		{pattern: "GET /runs", may: mayManage, handle: (*Server).runs},
		{pattern: "POST /runs", may: mayManage, handle: (*Server).runNow},
		{pattern: "GET /runs/audit", may: mayManage, handle: (*Server).auditFile},

		{pattern: "GET /runs/backups", may: mayManage, handle: (*Server).backups},
		{pattern: "POST /runs/backups", may: mayManage, handle: (*Server).restore},

		{pattern: "GET /settings", may: mayManage, handle: (*Server).settings},
		{pattern: "POST /settings/learned", may: mayManage, handle: (*Server).forget},
		{pattern: "POST /settings", may: mayManage, handle: (*Server).change},
		{pattern: "GET /settings/users", may: mayManage, handle: (*Server).people},
		{pattern: "POST /settings/users", may: mayManage, handle: (*Server).changePeople},

		{pattern: eventsPattern, may: mayEnter, handle: (*Server).events},

		{pattern: "GET /api/metrics", may: mayRead, api: true, handle: (*Server).apiMetrics},
		{pattern: "GET /api/trace", may: mayRead, api: true, handle: (*Server).apiTrace},
		{pattern: "GET /api/status", may: mayRead, api: true, handle: (*Server).apiStatus},
		{pattern: "GET /api/returns", may: mayRead, api: true, handle: (*Server).apiReturns},
	}
}
