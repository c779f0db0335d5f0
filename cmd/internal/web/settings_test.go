package web

import (
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"taizhang/cmd/internal/web/account"
	"taizhang/internal/zone"
)

var markOfFile = regexp.MustCompile(`name="mark" value="([0-9a-f]+)"`)

// TestSettings: forms change single values of taizhang.yaml and leave every other byte; what is wrong is told at its field
// and not written; a file that was changed meanwhile is not overwritten.
func TestSettings(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, func(o *Options) { o.Service.(*testService).still = true })
	path := filepath.Join(dir, zone.FileName)
	read := func() string {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	save := func(part, item string, pairs ...string) answerOf {
		t.Helper()
		form := url.Values{"mark": {markOfFile.FindStringSubmatch(x.page("/settings"))[1]}, "part": {part}, "item": {item}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return x.post("/settings", form)
	}
	first := x.server.ZoneOf().Submitters[0]
	unit := []string{"code", first.Code, "name", first.Name, "kind", "", "aliases", strings.Join(first.Aliases, "、"), "until", "", "merged_into", ""}
	with := func(list []string, pairs ...string) []string { return append(append([]string{}, list...), pairs...) }

	was := read()
	if !strings.Contains(was, "#") {
		t.Fatal("the zone's file has no comments to keep")
	}
	if a := save("units", "0", with(unit, "aliases", "新别名、另一个别名")...); a.status != http.StatusSeeOther {
		t.Fatalf("aliases: status %d\n%s", a.status, a.body)
	}
	now := read()
	oldLines, newLines := strings.Split(was, "\n"), strings.Split(now, "\n")
	changed := 0
	for i := range min(len(oldLines), len(newLines)) {
		if oldLines[i] != newLines[i] {
			changed++
			if !strings.Contains(newLines[i], "aliases: [新别名, 另一个别名]") {
				t.Errorf("line %d became %q", i+1, newLines[i])
			}
		}
	}
	if changed != 1 || len(oldLines) != len(newLines) {
		t.Errorf("%d lines changed, %d lines became %d", changed, len(oldLines), len(newLines))
	}
	if u, ok := x.server.ZoneOf().Match("另一个别名"); !ok || u.Code != first.Code {
		t.Error("the alias isn't known")
	}

	before := read()
	a := save("units", "0", with(unit, "kind", "", "until", "gestern")...)
	if a.status != http.StatusBadRequest || !regexp.MustCompile(`(?s)撤并日期</label>.{0,200}<p class="fault"[^>]*>[^<]*gestern`).MatchString(a.body) {
		t.Errorf("a wrong date isn't told at its field: status %d\n%s", a.status, a.body)
	}
	if a := save("returns", "new", "form", "problem", "from", "没有的单位", "due", "monday 12:00", "since", ""); a.status != http.StatusBadRequest || !strings.Contains(html.UnescapeString(a.body), "没有的单位") || !strings.Contains(a.body, `class="fault"`) {
		t.Errorf("an unknown unit isn't told at its field: status %d", a.status)
	}
	// What a change breaks elsewhere in the file is told where it was typed, with what to do.
	other := x.server.ZoneOf().Submitters[1]
	for _, c := range []struct {
		part, item, label string
		pairs             []string
		want              string
	}{
		{"units", "0", "名称", with(unit, "name", "改了名的局"), "把旧名“" + first.Name + "”写进下面的“别名”"},
		{"units", "0", "名称", with(unit, "name", other.Name), "重复"},
		{"units", "0", "别名", with(unit, "aliases", other.Name), "重复"},
		{"units", "0", "名称", with(unit, "name", ""), "请填写名称"},
		{"units", "0", "名称", with(unit, "remove", "1"), "撤并日期"},
		{"basics", "", "园区名称", []string{"zone", "", "contact", "", "backup", ""}, "请填写园区名称"},
		{"targets", "new", "指标", []string{"metric", "", "value", "5", "way", ""}, "请选择指标"},
	} {
		a := save(c.part, c.item, c.pairs...)
		at := regexp.MustCompile(`(?s)<label for="[^"]*">` + c.label + `</label>(?:(?:[^<]|<span[^>]*>[^<]*</span>)*)<p class="fault"[^>]*>([^<]*)<`).FindStringSubmatch(a.body)
		if a.status != http.StatusBadRequest || at == nil || !strings.Contains(html.UnescapeString(at[1]), c.want) {
			t.Errorf("%v: status %d; at the field %q stands %q\n%s", c.pairs, a.status, c.label, at, regexp.MustCompile(`(?s)role="alert".*?</div>`).FindString(a.body))
		}
		if id := regexp.MustCompile(`<li><a href="#([^"]+)">`).FindStringSubmatch(a.body); id == nil || !strings.Contains(a.body, `id="`+id[1]+`"`) {
			t.Errorf("%v: nothing above leads to the field", c.pairs)
		}
	}
	if read() != before {
		t.Error("a wrong change was written")
	}
	// And it is as the page says.
	if a := save("units", "0", with(unit, "name", "改了名的局", "aliases", first.Name)...); a.status != http.StatusSeeOther {
		t.Errorf("renamed with the old name as an alias: status %d\n%s", a.status, a.body)
	}
	if a := save("units", "0", with(unit, "aliases", "新别名、另一个别名")...); a.status != http.StatusSeeOther || read() != before {
		t.Errorf("and back: status %d", a.status)
	}

	stale := markOfFile.FindStringSubmatch(x.page("/settings"))[1]
	if err := os.WriteFile(path, []byte(before+"# 手工加的一行\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if a := x.post("/settings", url.Values{"mark": {stale}, "part": {"basics"}, "item": {""}, "zone": {"别的园区"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "没有写入") {
		t.Errorf("a file that was changed meanwhile: status %d", a.status)
	}
	if !strings.HasSuffix(read(), "# 手工加的一行\n") {
		t.Error("what somebody wrote by hand is overwritten")
	}

	for _, c := range []struct {
		part, item string
		pairs      []string
		want       string
	}{
		{"units", "new", []string{"code", "xin", "name", "新设局", "kind", "department", "aliases", "", "until", "", "merged_into", ""}, "{code: xin, name: 新设局, kind: department}"},
		{"returns", "new", []string{"form", "activity", "from", "新设局", "due", "this friday 17:00", "since", "2022-W30"}, `{form: activity, from: [新设局], due: "this friday 17:00", since: 2022-W30}`},
		{"targets", "new", []string{"metric", "hires", "value", "500", "way", "year"}, "hires: {year: 500}"},
		{"schedule", "", []string{"intake", "", "publish", "", "summary", "", "mail", "off", "remind", "工作日 09:00", "backup", "每天 12:45", "drill", "", "tidy", ""}, `backup: "每天 12:45"`},
		{"schedule", "", []string{"intake", "*/10 * * * *", "publish", "", "summary", "次周一 13:00", "mail", "不执行", "remind", "工作日 09:00", "backup", "每天 12:45", "drill", "", "tidy", ""}, `intake: "*/10 * * * *"`},
		{"basics", "", []string{"zone", x.server.ZoneOf().Name, "contact", "王工: 0731", "backup", ""}, `contact: "王工: 0731"`},
		{"mail", "", []string{"host", "smtp.example", "port", "", "tls", "", "user", "", "password_file", "", "from", "a@example.cn", "leaders", "b@example.cn、c@example.cn", "office", ""}, `leaders: ["b@example.cn", "c@example.cn"]`},
	} {
		if a := save(c.part, c.item, c.pairs...); a.status != http.StatusSeeOther || !strings.Contains(read(), c.want) {
			t.Errorf("%s: status %d; the file lacks %s:\n%s\n%s", c.part, a.status, c.want, read(), regexp.MustCompile(`(?s)role="alert".*?</div>|class="fault"[^<]*<`).FindString(a.body))
		}
	}
	for _, want := range []string{`value="每10分钟"`, `value="不执行"`, `value="次周一 13:00"`, "默认 每周日 13:30", "默认 每周最后一个报送时限之后"} { // also what stands there as cron
		if !strings.Contains(x.page("/settings"), want) {
			t.Errorf("定时 doesn't say %q", want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "inbox", "新设局")); err != nil {
		t.Errorf("the new unit has no folder: %v", err)
	}
	if a := save("targets", "hires", "value", "500", "way", "year", "remove", "1"); a.status != http.StatusSeeOther || strings.Contains(read(), "hires:") {
		t.Errorf("remove a target: status %d", a.status)
	}
	if !strings.HasSuffix(strings.Split(read(), "# 手工加的一行")[0], strings.Split(read(), "# 手工加的一行")[0]) || !strings.Contains(read(), "# 手工加的一行") {
		t.Error("a comment is lost")
	}
	if a := x.get("/runs/audit"); !strings.Contains(a.body, `"did":"POST /settings"`) || !strings.Contains(a.body, `"what":"targets hires"`) {
		t.Error("the audit doesn't say who changed the settings")
	}
}

// TestPeople: an admin adds users, resets passwords, ends logins, disables and removes; the last admin stays.
func TestPeople(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	do := func(y *site, pairs ...string) answerOf {
		t.Helper()
		form := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return y.post("/settings/users", form)
	}
	if a := do(x, "do", "add", "name", "clerk", "role", "submitter", "unit", "smj", "password", password, "again", password); a.status != http.StatusBadRequest || !strings.Contains(a.body, "第一个用户须是管理员") {
		t.Errorf("the first user is no admin: status %d", a.status)
	}
	if a := do(x, "do", "add", "name", "chief", "role", "admin", "password", password, "again", password); a.status != http.StatusSeeOther {
		t.Fatalf("the first user: status %d\n%s", a.status, a.body)
	}
	if a := x.get("/settings/users"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("with users declared the operator goes on without a login: status %d", a.status)
	}
	chief := x.as("chief")
	for _, bad := range [][]string{
		{"do", "add", "name", "clerk", "role", "submitter", "unit", "nosuch", "password", password, "again", password},
		{"do", "add", "name", "clerk", "role", "chief", "password", password, "again", password},
		{"do", "add", "name", "clerk", "role", "leader", "password", "short", "again", "short"},
		{"do", "add", "name", "clerk", "role", "leader", "password", password, "again", password + "x"},
		{"do", "add", "name", "chief", "role", "leader", "password", password, "again", password},
		{"do", "disable", "name", "chief"}, {"do", "remove", "name", "chief"}, {"do", "role", "name", "chief", "role", "leader"},
		{"do", "remove", "name", "nobody"}, {"do", "x", "name", "chief"},
	} {
		if a := do(chief, bad...); a.status != http.StatusBadRequest || strings.Contains(a.body, password) {
			t.Errorf("%v: status %d", bad, a.status)
		}
	}
	if a := do(chief, "do", "add", "name", "clerk", "role", "submitter", "unit", "smj", "password", password, "again", password); a.status != http.StatusSeeOther {
		t.Fatalf("add: status %d", a.status)
	}
	in := func(y *site) bool { return y.get("/units/smj").status == http.StatusOK }
	for _, c := range [][]string{{"do", "end", "name", "clerk"}, {"do", "disable", "name", "clerk"}, {"do", "password", "name", "clerk", "password", password, "again", password}, {"do", "role", "name", "clerk", "role", "submitter", "unit", "smj"}, {"do", "remove", "name", "clerk"}} {
		clerk := x.as("clerk")
		if !in(clerk) {
			t.Fatalf("before %v: not let in", c)
		}
		if page := chief.page("/settings/users"); !strings.Contains(page, "1处") {
			t.Errorf("before %v: the page doesn't say that the clerk has logged in", c)
		}
		if a := do(chief, c...); a.status != http.StatusSeeOther || in(clerk) {
			t.Errorf("%v: status %d, or the login goes on", c, a.status)
		}
		if c[1] == "disable" {
			if a := x.post("/login", url.Values{"name": {"clerk"}, "password": {password}}); a.status != http.StatusForbidden {
				t.Errorf("a disabled user logs in: status %d", a.status)
			}
			do(chief, "do", "enable", "name", "clerk")
		}
	}
	do(chief, "do", "add", "name", "clerk", "role", "leader", "password", password, "again", password)
	guess := func(word string) int {
		return x.post("/login", url.Values{"name": {"clerk"}, "password": {word}}).status
	}
	for _, way := range [][]string{{"do", "unlock", "name", "clerk"}, {"do", "password", "name", "clerk", "password", password, "again", password}} {
		for range account.MostFailures {
			guess("wrong guess")
		}
		if got := guess(password); got != http.StatusTooManyRequests || !strings.Contains(chief.page("/settings/users"), "锁定至") {
			t.Fatalf("after %d wrong passwords: status %d, or the users' page doesn't say that the account is locked", account.MostFailures, got)
		}
		do(chief, way...)
		if got := guess(password); got != http.StatusSeeOther || strings.Contains(chief.page("/settings/users"), "锁定至") {
			t.Errorf("%s: the account stays locked: status %d", way[1], got)
		}
	}
	store := usersOf(t, dir)
	asks := func() int {
		req, _ := http.NewRequest(http.MethodGet, x.url+"/api/status", nil)
		req.Header.Set("Authorization", "Bearer clerk's token")
		return x.do(req).status
	}
	for _, way := range [][]string{{"do", "token", "name", "clerk"}, {"do", "password", "name", "clerk", "password", password, "again", password}} {
		if err := store.AddToken(t.Context(), account.Token{ID: account.HashOfSecret("clerk's token"), User: "clerk"}); err != nil {
			t.Fatal(err)
		}
		if got := asks(); got != http.StatusOK {
			t.Fatalf("with a token: status %d", got)
		}
		if do(chief, way...); asks() != http.StatusUnauthorized {
			t.Errorf("%s: the token opens /api still", way[1])
		}
	}
	if a := chief.get("/runs/audit"); !strings.Contains(a.body, `"what":"disable clerk"`) || strings.Contains(a.body, password) {
		t.Error("the audit doesn't say what was done about users, or holds a password")
	}
}

// TestBrokenSettings: a file of settings that can't be read is told of in Chinese, whatever serve speaks, with the whole path
// at which it is mended.
func TestBrokenSettings(t *testing.T) {
	dir := copyZone(t)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(here, dir)
	if err != nil {
		t.Fatal(err)
	}
	x := open(t, rel, nil)
	x.page("/settings")
	if err := os.WriteFile(filepath.Join(dir, zone.FileName), []byte("zone: [\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	page := x.page("/settings")
	said := regexp.MustCompile(`读不出来，请用文本编辑器改正：([^<]*)`).FindStringSubmatch(page)
	if said == nil || !regexp.MustCompile(`第 ?\d+ ?行|\p{Han}`).MatchString(said[1]) || regexp.MustCompile(`[a-z]{3,} [a-z]{2,} [a-z]{2,}`).MatchString(said[1]) {
		t.Errorf("%q", said)
	}
	if !strings.Contains(page, "<code>"+filepath.Join(dir, zone.FileName)+"</code>") {
		t.Errorf("the file isn't named whole:\n%.2000s", page)
	}
}

// TestFieldsOfSettings: a field refuses what can't be seen and what isn't among its choices, and says what is wrong without the
// file's keys; what the file says in English is shown in Chinese and left as it is.
func TestFieldsOfSettings(t *testing.T) {
	dir := copyZone(t)
	file := filepath.Join(dir, zone.FileName)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, nil)
	page := x.page("/settings")
	for _, english := range []string{`value="monday 12:00"`, `value="streets"`, `value="5 working days"`} {
		if strings.Contains(page, english) {
			t.Errorf("the page holds %s", english)
		}
	}
	for _, chinese := range []string{`value="次周一 12:00"`, `value="当周五 17:00"`, `value="5个工作日"`, `value="街道"`} {
		if !strings.Contains(page, chinese) {
			t.Errorf("the page lacks %s", chinese)
		}
	}
	values := func(part, item string) url.Values {
		t.Helper()
		return formOf(t, x.page("/settings"), part, item)
	}
	for _, c := range []struct{ part, item, field, value, says string }{
		{"basics", "", "zone", "湘潭\x01", "园区名称里有看不见的字符"},
		{"basics", "", "contact", "王\u202e", "联系方式里有看不见的字符"},
		{"units", "0", "kind", "office", "请在所列的里面选择类别"},
		{"units", "0", "until", "明年", "“明年”不是日期"},
		{"units", "0", "merged_into", "没有的局", "没有填报单位“没有的局”"},
		{"returns", "0", "since", "去年", "“去年”应为周"},
		{"targets", "closure_rate", "value", "九成", "“九成”不是数"},
		{"targets", "closure_rate", "way", "x", "请在所列的里面选择比较"},
		{"schedule", "", "remind", "有空时", "“有空时”看不懂；可写“每天 12:30”"},
	} {
		form := values(c.part, c.item)
		form.Set(c.field, c.value)
		a := x.post("/settings", form)
		said := regexp.MustCompile(`<p class="fault"[^>]*>([^<]*)</p>`).FindStringSubmatch(a.body)
		if a.status != http.StatusBadRequest || said == nil || !strings.HasPrefix(said[1], c.says) {
			t.Errorf("%s of %s %s: status %d, %q", c.field, c.part, c.item, a.status, said)
		}
	}
	form := values("returns", "1")
	if a := x.post("/settings", form); a.status != http.StatusSeeOther {
		t.Errorf("nothing changed: status %d\n%s", a.status, a.body)
	}
	if now, err := os.ReadFile(file); err != nil || string(now) != string(before) {
		t.Errorf("what nobody changed is written anew: %v", err)
	}
}
