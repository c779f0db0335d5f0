package web

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"taizhang/internal/opc"
	"taizhang/internal/zone"
)

// firstStart is the page of an empty folder, which goes on as the zone's once that is made.
func firstStart(t *testing.T) (x *site, dir string, goOn func()) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "新台账")
	if may, err := MayBegin(dir); err != nil || !may {
		t.Fatalf("nothing may be made in a folder that isn't there: %v", err)
	}
	b, err := NewBeginning(dir, testClock, slog.New(slog.DiscardHandler), "test")
	if err != nil {
		t.Fatal(err)
	}
	var h atomic.Pointer[http.Handler]
	first := b.Handler()
	h.Store(&first)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*h.Load()).ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	x = &site{t: t, dir: dir, url: server.URL, client: newClient(t), log: &bytes.Buffer{}}
	return x, dir, func() {
		<-b.Made()
		y := open(t, dir, nil)
		x.server = y.server
		then := y.server.Handler()
		h.Store(&then)
	}
}

func answers(pairs ...string) url.Values {
	form := url.Values{"zone": {"试验园区"}, "units": {"1. 双马街道、双马街道办\n2、产业局\t产业发展局\n\n"}, "with": {"user"}, "user": {"chief"}, "password": {password}, "again": {password},
		"owes-problem": {"1"}, "from-problem": {"全部"}, "due-problem": {"monday 12:00"}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// TestFirstStart: five answers make a zone; wrong ones are told, all at once, and make nothing.
func TestFirstStart(t *testing.T) {
	x, dir, goOn := firstStart(t)
	if page := x.page("/"); !strings.Contains(page, "哪些单位填报") || !strings.Contains(page, "问题台账") || strings.Contains(page, "<no value>") {
		t.Errorf("the questions aren't asked:\n%s", page)
	}
	for _, c := range []struct {
		form url.Values
		want []string
	}{
		{answers("zone", "", "units", " \n", "owes-problem", "", "password", "short"), []string{"园区名称", "至少一个单位", "至少一种报表", "密码至少"}},
		{answers("again", "x"), []string{"不一样"}},
		{answers("due-problem", "irgendwann"), []string{"irgendwann"}},
		{answers("from-problem", "没有的局"), []string{"没有的局"}},
		{answers("units", "产业局\n产业局"), []string{"“产业局”写了两次"}},
		{answers("units", "产业局\n湘潭高新区产业局", "zone", "湘潭高新区"), []string{"与产业局重复"}},
		{answers("from-problem", ""), []string{"from"}},
	} {
		a := x.post("/", c.form)
		for _, want := range c.want {
			if a.status != http.StatusBadRequest || !strings.Contains(a.body, `role="alert"`) || !strings.Contains(a.body, want) {
				t.Errorf("%v: status %d, without %q\n%s", c.form, a.status, want, a.body)
			}
		}
		if strings.Contains(a.body, password) {
			t.Error("the page holds the password")
		}
		if isThere(filepath.Join(dir, zone.FileName)) {
			t.Fatalf("%v makes a zone", c.form)
		}
	}
	req, _ := http.NewRequest(http.MethodPost, x.url+"/", strings.NewReader(answers().Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://evil.example")
	if a := x.do(req); a.status != http.StatusForbidden || isThere(filepath.Join(dir, zone.FileName)) {
		t.Errorf("another site makes a zone: status %d", a.status)
	}
	// What was understood is shown before anything is made of it.
	a := x.post("/", answers("units", "序号\t单位名称\t联系人\t电话\n1\t测试科\t张三\t13812345678\n"))
	for _, want := range []string{"还没有建立", "<caption>1个单位</caption>", `<th scope="row">测试科</th><td data-label="别名"></td>`, "没有用", "张三", "问题台账（周报）：全部"} {
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("what was understood isn't shown: status %d, without %q\n%s", a.status, want, a.body)
		}
	}
	ready := regexp.MustCompile(`name="ready" value="([^"]+)"`)
	old := ready.FindStringSubmatch(a.body)[1]
	if a := x.post("/", url.Values{"ready": {old}, "back": {"1"}}); a.status != http.StatusOK || !strings.Contains(a.body, "测试科\t张三") || strings.Contains(a.body, password) {
		t.Errorf("back to the answers: status %d\n%s", a.status, a.body)
	}
	a = x.post("/", answers())
	if strings.Contains(a.body, password) || isThere(filepath.Join(dir, zone.FileName)) {
		t.Error("it is made before it is confirmed, or the page holds the password")
	}
	if b := x.post("/", url.Values{"ready": {old}}); b.status != http.StatusBadRequest || isThere(filepath.Join(dir, zone.FileName)) {
		t.Errorf("what was looked at before is made: status %d", b.status)
	}
	if a := x.post("/", url.Values{"ready": {ready.FindStringSubmatch(a.body)[1]}}); a.status != http.StatusOK || !strings.Contains(a.body, "建好了") {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	text, err := os.ReadFile(filepath.Join(dir, zone.FileName))
	for _, want := range []string{"zone: 试验园区", "{code: u01, name: 双马街道, aliases: [双马街道办]}", "{code: u02, name: 产业局, aliases: [产业发展局]}", "{form: problem, from: all, due: ", "since: 2022-W33", "# 填报单位", "\nlanguage: zh"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("taizhang.yaml lacks %q: %v\n%s", want, err, text)
		}
	}
	if may, err := MayBegin(dir); err != nil || may {
		t.Errorf("a second zone may be made there: %v", err)
	}
	goOn()
	if a := x.get("/"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("nobody has to log in: status %d", a.status)
	}
	chief := x.as("chief")
	for _, published := range []bool{false, true} { // serve publishes at once, of nothing
		if published {
			if err := x.server.Options.Service.Run(t.Context(), "test"); err != nil {
				t.Fatal(err)
			}
			eventually(t, time.Minute, "nothing is published", func() bool { return chief.get("/figures").status == http.StatusOK })
		}
		for _, want := range []string{"等第一份报表", `href="/units/u01"`, `href="/templates"`, `href="/settings/users"`, "收件箱"} {
			if page := chief.page("/"); !strings.Contains(page, want) {
				t.Errorf("published %v: the page doesn't lead on to %s:\n%s", published, want, page)
			}
		}
	}
	a = chief.get("/templates")
	z, err := opc.Open([]byte(a.body), opc.DefaultLimits())
	if err != nil || len(z.Names()) != 2 {
		t.Fatalf("the templates: status %d, %v", a.status, err)
	}
	if content, err := z.Read("报送_双马街道.xlsx", 1<<10); err != nil || string(content) != "template of 双马街道" {
		t.Errorf("a template is %q, %v", content, err)
	}
}

// TestBrowserFirstStart: somebody with nothing but a browser answers the questions for an empty folder, logs in, and has
// the first return of a unit judged and taken in.
func TestBrowserFirstStart(t *testing.T) {
	x, dir, goOn := firstStart(t)
	b := browser(t, x, 1366, 768)
	b.open("/")
	b.picture("start")
	b.accessible("start")
	b.onPhone("start")
	for name, text := range map[string]string{"input[name=zone]": "试验园区", "#units": "政法办\n产业局\n双马街道", "input[name=user]": "chief", "input[name=password]": password, "input[name=again]": password} {
		b.do(chromedp.SendKeys(chromedp.CSS(name), text))
	}
	b.click("下一步：核对")
	b.wants("还没有建立", "3个单位")
	b.picture("start-confirm")
	b.accessible("start-confirm")
	b.onPhone("start-confirm")
	b.click("没有错，建立台账")
	b.wants("台账建好了")
	goOn()
	b.open("/login")
	b.picture("login")
	b.accessible("login")
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=name]"), "chief"), chromedp.SendKeys(chromedp.CSS("input[name=password]"), password))
	b.click("登录")
	b.wants("等第一份报表", "填报模板")
	b.click("政法办")
	file := filepath.Join(t.TempDir(), "问题台账.csv")
	if err := os.WriteFile(file, []byte(mended), 0o644); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{file}))
	b.click("检查")
	b.clickOf(`//main//button[normalize-space()='报送']`)
	b.waits("计入3行")
	b.open("/")
	b.wants("需要关注", "主要指标")
	b.picture("first")
	if left, _ := filepath.Glob(filepath.Join(dir, "inbox", "政法办", "*")); len(left) > 0 {
		t.Errorf("it still lies in the inbox: %v", left)
	}
}
