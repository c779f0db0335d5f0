package web

import "taizhang/cmd/internal/web/account"

const eventsPattern = "GET /events"

// table lists every address of the page, with what one must be allowed to do there.
func (s *Server) table() []route {
	return []route{
		{pattern: "GET /login", may: account.MayOpen, handle: s.showLogin},
		{pattern: "POST /login", may: account.MayOpen, handle: s.login},
		{pattern: "POST /logout", may: account.MayOpen, handle: s.logout},

		{pattern: "GET /unsent/{form}", may: account.MayEnter, handle: s.showUnsent},

		{pattern: "GET /account", may: account.MayEnter, handle: s.account},
		{pattern: "POST /account", may: account.MayEnter, handle: s.changeAccount},

		{pattern: "GET /{$}", may: account.MayRead, handle: s.overview},
		{pattern: "GET /figures", may: account.MayRead, handle: s.figures},
		{pattern: "GET /figures/{metric}", may: account.MayRead, handle: s.figure},

		{pattern: "GET /returns", may: account.MayRead, handle: s.returns},
		{pattern: "GET /returns/{return}", may: account.MayUnit, about: s.ofReturn, handle: s.oneReturn},
		{pattern: "GET /returns/{return}/sheet", may: account.MayUnit, about: s.ofReturn, handle: s.sheet},
		{pattern: "GET /returns/{return}/receipt", may: account.MayUnit, about: s.ofReturn, handle: s.receipt},
		{pattern: "POST /returns/{return}/explain", may: account.MaySend, about: s.ofReturn, handle: s.explain},
		{pattern: "POST /returns/{return}/decide", may: account.MayManage, about: s.ofReturn, handle: s.decideReturn},
		{pattern: "POST /learn", may: account.MayManage, handle: s.learn},

		{pattern: "GET /units/{unit}", may: account.MayUnit, about: s.ofUnit, handle: s.unit},
		{pattern: "GET /units/{unit}/template", may: account.MayUnit, about: s.ofUnit, handle: s.template},
		{pattern: "POST /units/{unit}/check", may: account.MaySend, about: s.ofUnit, handle: s.check},
		{pattern: "GET /units/{unit}/drafts/{draft}", may: account.MaySend, about: s.ofUnit, handle: s.draft},
		{pattern: "POST /units/{unit}/drafts/{draft}", may: account.MaySend, about: s.ofUnit, handle: s.handIn},
		{pattern: "GET /units/{unit}/sent/{draft}", may: account.MaySend, about: s.ofUnit, handle: s.sent},
		{pattern: "POST /units/{unit}/decide", may: account.MayManage, about: s.ofUnit, handle: s.decideUnit},

		{pattern: "GET /templates", may: account.MayManage, handle: s.templatesOfAll},

		{pattern: "GET /query", may: account.MayQuery, handle: s.query},
		{pattern: "POST /query", may: account.MayQuery, handle: s.ask},
		{pattern: "GET /query/working/{query}", may: account.MayQuery, handle: s.working},
		{pattern: "POST /query/working/{query}", may: account.MayQuery, handle: s.cancelQuery},
		{pattern: "GET /query/names", may: account.MayQuery, handle: s.names},
		{pattern: "GET /query/tables/{table}", may: account.MayQuery, handle: s.tables},
		{pattern: "GET /query/results/{result}", may: account.MayQuery, handle: s.result},

		{pattern: "GET /papers", may: account.MayRead, handle: s.papers},
		{pattern: "POST /papers", may: account.MayManage, handle: s.issue},
		{pattern: "GET /papers/issued/{file...}", may: account.MayRead, handle: s.paper},
		{pattern: "GET /papers/preview/{file...}", may: account.MayRead, handle: s.preview},
		{pattern: "GET /papers/ledgers/{file}", may: account.MayRead, handle: s.ledger},
		{pattern: "GET /papers/ledgers/{file}/preview", may: account.MayRead, handle: s.previewLedger},

		{pattern: "GET /runs", may: account.MayManage, handle: s.runs},
		{pattern: "POST /runs", may: account.MayManage, handle: s.runNow},
		{pattern: "GET /runs/audit", may: account.MayManage, handle: s.auditFile},

		{pattern: "GET /runs/backups", may: account.MayManage, handle: s.backups},
		{pattern: "POST /runs/backups", may: account.MayManage, handle: s.restore},

		{pattern: "GET /settings", may: account.MayManage, handle: s.settings},
		{pattern: "POST /settings/learned", may: account.MayManage, handle: s.forget},
		{pattern: "POST /settings", may: account.MayManage, handle: s.change},
		{pattern: "GET /settings/users", may: account.MayManage, handle: s.people},
		{pattern: "POST /settings/users", may: account.MayManage, handle: s.changePeople},

		{pattern: eventsPattern, may: account.MayEnter, handle: s.events},

		{pattern: "GET /api/metrics", may: account.MayRead, api: true, handle: s.apiMetrics},
		{pattern: "GET /api/trace", may: account.MayRead, api: true, handle: s.apiTrace},
		{pattern: "GET /api/status", may: account.MayRead, api: true, handle: s.apiStatus},
		{pattern: "GET /api/returns", may: account.MayRead, api: true, handle: s.apiReturns},
	}
}
