package frame

import "net/http"

// didWords say on the page that follows what was done just now: nothing is done silently. The address holds the key alone,
// so that no link can have the page say what it likes.
var didWords = map[string]map[string]string{
	"GET /settings/users": {"add": "已添加。", "password": "密码已更新，该用户须重新登录；原来的锁定已解除，访问 /api 的令牌已收回。", "unlock": "已解除锁定。", "token": "令牌已收回。", "end": "已退出该用户的全部登录。",
		"disable": "已停用。", "enable": "已启用。", "remove": "已删除。", "role": "角色已更改。"},
	"GET /account": {"revoke": "令牌已收回，用它的程序从现在起读不到数据。", "password": "密码已更改，其他地方的登录已退出，访问 /api 的令牌已收回。"},
	"GET /units/{unit}": {"clear": "已清空：从今天起此前的各行不再计入。", "undo-clear": "已撤销清空。", "undo-waive": "已撤销免报。", "waive": "已免报：这一期不再列入应报。",
		"waive-counted": "已免报：这一期不再列入应报。这一期的报送此前已经接收，照常计入。"},
	"GET /units/{unit}/drafts/{draft}": {"learn": "已记住，以后各单位这样写都认得。请重新上传检查。"},
	"GET /returns/{return}":            {"accept": "已放行，仍予计入。", "withdraw": "已作废，不再计入。", "undo": "已撤销上一决定。", "learn": "已记住，以后各单位这样写都认得。"},
	"GET /papers":                      {"issued": "周报已生成。", "same": "内容没有变化，没有重复生成。", "none": "还没有收到过报表，没有可汇总的内容。"},
	"GET /runs":                        {"intake": "收件箱已读取，结果见“最近做过的”。", "job": "已做完，结果见“最近做过的”。"},
}

// did is what was done just now, as the page that is asked for says it; "" for nothing.
func did(r *http.Request) string { return didWords[r.Pattern][r.URL.Query().Get("done")] }
