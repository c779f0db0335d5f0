package web

import "taizhang/cmd/internal/web/account"

const eventsPattern = "GET /events"

// table lists every address of the page, with what one must be allowed to do there.
func (s *Server) table() []route {
	return []route{
		{pattern: "GET /login", may: account.MayOpen, handle: s.entry.ShowLogin},
		{pattern: "POST /login", may: account.MayOpen, handle: s.entry.Login},
		{pattern: "POST /logout", may: account.MayOpen, handle: s.entry.Logout},

		{pattern: "GET /unsent/{form}", may: account.MayEnter, handle: s.entry.ShowUnsent},

		{pattern: "GET /account", may: account.MayEnter, handle: s.entry.Account},
		{pattern: "POST /account", may: account.MayEnter, handle: s.entry.ChangeAccount},

		{pattern: "GET /{$}", may: account.MayRead, handle: s.reading.Overview},
		{pattern: "GET /figures", may: account.MayRead, handle: s.reading.Figures},
		{pattern: "GET /figures/{metric}", may: account.MayRead, handle: s.reading.Figure},

		{pattern: "GET /returns", may: account.MayRead, handle: s.reading.Returns},
		{pattern: "GET /returns/{return}", may: account.MayUnit, about: s.ofReturn, handle: s.reading.OneReturn},
		{pattern: "GET /returns/{return}/sheet", may: account.MayUnit, about: s.ofReturn, handle: s.reading.Sheet},
		{pattern: "GET /returns/{return}/receipt", may: account.MayUnit, about: s.ofReturn, handle: s.reading.Receipt},
		{pattern: "POST /returns/{return}/explain", may: account.MaySend, about: s.ofReturn, handle: s.handing.Explain},
		{pattern: "POST /returns/{return}/decide", may: account.MayManage, about: s.ofReturn, handle: s.running.DecideReturn},
		{pattern: "POST /learn", may: account.MayManage, handle: s.running.Learn},

		{pattern: "GET /units/{unit}", may: account.MayUnit, about: s.ofUnit, handle: s.handing.Unit},
		{pattern: "GET /units/{unit}/template", may: account.MayUnit, about: s.ofUnit, handle: s.handing.Template},
		{pattern: "POST /units/{unit}/check", may: account.MaySend, about: s.ofUnit, handle: s.handing.Check},
		{pattern: "GET /units/{unit}/drafts/{draft}", may: account.MaySend, about: s.ofUnit, handle: s.handing.Draft},
		{pattern: "POST /units/{unit}/drafts/{draft}", may: account.MaySend, about: s.ofUnit, handle: s.handing.HandIn},
		{pattern: "GET /units/{unit}/sent/{draft}", may: account.MaySend, about: s.ofUnit, handle: s.handing.Sent},
		{pattern: "POST /units/{unit}/decide", may: account.MayManage, about: s.ofUnit, handle: s.running.DecideUnit},

		{pattern: "GET /templates", may: account.MayManage, handle: s.handing.TemplatesOfAll},

		{pattern: "GET /query", may: account.MayQuery, handle: s.asking.Query},
		{pattern: "POST /query", may: account.MayQuery, handle: s.asking.Ask},
		{pattern: "GET /query/working/{query}", may: account.MayQuery, handle: s.asking.Working},
		{pattern: "POST /query/working/{query}", may: account.MayQuery, handle: s.asking.CancelQuery},
		{pattern: "GET /query/names", may: account.MayQuery, handle: s.asking.Names},
		{pattern: "GET /query/tables/{table}", may: account.MayQuery, handle: s.asking.Tables},
		{pattern: "GET /query/results/{result}", may: account.MayQuery, handle: s.asking.Result},

		{pattern: "GET /papers", may: account.MayRead, handle: s.reading.Papers},
		{pattern: "POST /papers", may: account.MayManage, handle: s.running.Issue},
		{pattern: "GET /papers/issued/{file...}", may: account.MayRead, handle: s.reading.Paper},
		{pattern: "GET /papers/preview/{file...}", may: account.MayRead, handle: s.reading.Preview},
		{pattern: "GET /papers/ledgers/{file}", may: account.MayRead, handle: s.reading.Ledger},
		{pattern: "GET /papers/ledgers/{file}/preview", may: account.MayRead, handle: s.reading.PreviewLedger},

		{pattern: "GET /runs", may: account.MayManage, handle: s.running.Runs},
		{pattern: "POST /runs", may: account.MayManage, handle: s.running.RunNow},
		{pattern: "GET /runs/audit", may: account.MayManage, handle: s.running.AuditFile},

		{pattern: "GET /runs/backups", may: account.MayManage, handle: s.running.Backups},
		{pattern: "POST /runs/backups", may: account.MayManage, handle: s.running.Restore},

		{pattern: "GET /settings", may: account.MayManage, handle: s.running.Settings},
		{pattern: "POST /settings/learned", may: account.MayManage, handle: s.running.Forget},
		{pattern: "POST /settings", may: account.MayManage, handle: s.running.Change},
		{pattern: "GET /settings/users", may: account.MayManage, handle: s.entry.People},
		{pattern: "POST /settings/users", may: account.MayManage, handle: s.entry.ChangePeople},

		{pattern: eventsPattern, may: account.MayEnter, handle: s.events},

		{pattern: "GET /api/metrics", may: account.MayRead, api: true, handle: s.records(s.apiMetrics)},
		{pattern: "GET /api/trace", may: account.MayRead, api: true, handle: s.records(s.apiTrace)},
		{pattern: "GET /api/status", may: account.MayRead, api: true, handle: s.records(s.apiStatus)},
		{pattern: "GET /api/returns", may: account.MayRead, api: true, handle: s.records(s.apiReturns)},
	}
}
