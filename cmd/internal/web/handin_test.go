package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"taizhang/internal/zone"
)

const problemHead = "政法办问题台账（截至2022年8月14日）\n序号,问题编号,问题来源,责任清单,问题描述,涉及企业或单位,所属街道,牵头单位,责任人,交办日期,办结时限,办理状态,办结日期,办理情况,满意度\n"

// faulty is a return of a unit that has handed in nothing yet, with a fault, a doubt and something that looks like a script.
const faulty = problemHead +
	`1,SM-901,12345热线,基层治理,<script>alert(1)</script>路灯不亮,,双马街道,双马街道,张三,2022-08-02,2022-08-20,已办结,2022-08-11,已修好,满意
2,SM-902,走访调研,企业难题,"<img src=x onerror=alert(2)>班车班次不够",,双马街道,产业局,李四,2022-08-09,2022-02-31,办理中,,,
3,SM-903,群众来信,生态环保,小区旁施工噪声扰民,,双马街道,双马街道,王五,2022-08-10,2022-08-05,办理中,,,
`

var (
	mended  = strings.Replace(faulty, "2022-02-31", "2022-08-31", 1)
	mark    = regexp.MustCompile(`name="(said-[0-9a-f]{16})"`)
	ofDraft = regexp.MustCompile(`^/units/\w+/drafts/[\w-]+$`)
)

// TestClerk: a faulty return is checked without being taken in, its faults stand at their cells, what was typed into it
// is shown as text; the mended one is handed in with a reason for what is doubted, and that is not asked again.
func TestClerk(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	a := x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(faulty)})
	to := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !ofDraft.MatchString(to) {
		t.Fatalf("check: status %d, to %q\n%s", a.status, to, a.body)
	}
	page := x.page(to)
	for _, want := range []string{"还没有报送", "2022-02-31", "Sheet1!K4", `<td class="error" title="K4">2022-02-31`, "&lt;script&gt;alert(1)&lt;/script&gt;", "核实说明"} {
		if !strings.Contains(page, want) {
			t.Errorf("the check's page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img") {
		t.Error("what was typed into a cell is markup of the page")
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "inbox", "政法办")); len(left) > 0 {
		t.Errorf("checking put %v into the inbox", left)
	}
	if _, history, found := strings.Cut(x.page("/units/zfb"), `id="h-history"`); !found || strings.Contains(history, "问题台账.csv") {
		t.Error("what was only checked stands in the unit's history")
	}

	a = x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)})
	to = a.header.Get("Location")
	page = x.page(to)
	doubts := mark.FindAllStringSubmatch(page, -1)
	if strings.Contains(page, `class="error"`) || len(doubts) == 0 {
		t.Fatalf("the mended return still has faults, or no doubt:\n%s", page)
	}
	form := url.Values{}
	for _, d := range doubts {
		form.Set(d[1], "经区里批准，时限早于交办是因为补录旧件")
	}
	a = x.post(to, form)
	sent := a.header.Get("Location")
	page = x.sent(a)
	if !strings.Contains(page, "已接收") || !strings.Contains(page, "计入3行") || strings.Contains(page, "请核实") {
		t.Errorf("what became of it:\n%s", page)
	}
	again := x.post(to, form) // sent twice
	if again.status != http.StatusSeeOther || again.header.Get("Location") != sent {
		t.Errorf("the form sent again: status %d", again.status)
	}
	one := x.page(link(t, page, "看审核意见"))
	if !strings.Contains(one, "已说明") || !strings.Contains(one, "补录旧件") {
		t.Errorf("the reason isn't kept:\n%s", one)
	}
	r := x.get(link(t, page, "下载回执"))
	if r.status != http.StatusOK || !strings.HasPrefix(r.body, "PK") || !strings.Contains(r.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the receipt: status %d", r.status)
	}
	if history := x.page("/units/zfb"); strings.Count(history, "问题台账.xlsx") != 1 {
		t.Errorf("the history doesn't have it once:\n%s", history)
	}
}

// TestExplainLater: what was doubted in a return that is in may be explained afterwards, from its page.
func TestExplainLater(t *testing.T) {
	x := open(t, copyZone(t), nil)
	to := x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location")
	page := x.sent(x.post(to, nil))
	one := link(t, page, "看审核意见")
	doubts := mark.FindAllStringSubmatch(x.page(one), -1)
	if len(doubts) == 0 {
		t.Fatalf("nothing is doubted:\n%s", x.page(one))
	}
	form := url.Values{}
	for _, d := range doubts {
		form.Set(d[1], "补录的旧件，时限以原件为准")
	}
	a := x.post(one+"/explain", form)
	page = x.sent(a)
	if !strings.Contains(page, "已接收") || strings.Contains(page, "请核实") {
		t.Errorf("it is still doubted:\n%s", page)
	}
	if a := x.post(one+"/explain", nil); a.status != http.StatusBadRequest || !strings.Contains(a.body, "还没有写说明") {
		t.Errorf("explaining nothing: status %d", a.status)
	}
}

// TestExplainOnlyWhatCounts: explaining hands a return in again, so nothing is explained in one that a newer one has taken
// the place of, or that was withdrawn: it would count again.
func TestExplainOnlyWhatCounts(t *testing.T) {
	x := open(t, copyZone(t), nil)
	send := func(text string) string {
		t.Helper()
		return link(t, x.sent(x.post(x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(text)}).header.Get("Location"), nil)), "看审核意见")
	}
	old := send(mended)
	form := url.Values{mark.FindStringSubmatch(x.page(old))[1]: {"时限以原件为准"}}
	fresh := send(strings.Replace(mended, "路灯不亮", "路灯不亮（已换）", 1))
	refused := func(one, why string) {
		t.Helper()
		if page := x.page(one); mark.MatchString(page) || !strings.Contains(page, why) {
			t.Errorf("%s may be explained, or doesn't say why not:\n%s", one, page)
		}
		if a := x.post(one+"/explain", form); a.status != http.StatusConflict || !strings.Contains(a.body, why) {
			t.Errorf("%s is handed in again: status %d\n%s", one, a.status, a.body)
		}
	}
	refused(old, "已有更新的报表 "+strings.TrimPrefix(fresh, "/returns/"))
	if a := x.post(fresh+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"报错了"}}); a.status != http.StatusSeeOther {
		t.Fatalf("withdraw: status %d", a.status)
	}
	refused(fresh, "已经作废")
	if page := x.sent(x.post(old+"/explain", form)); !strings.Contains(page, "已接收") {
		t.Errorf("the one that counts again can't be explained:\n%s", page)
	}
}

// TestLearn: an operator says once what a spelling means; checked again, the same file is understood.
func TestLearn(t *testing.T) {
	dir := copyZone(t)
	x := open(t, dir, nil)
	odd := []byte(strings.Replace(mended, "已办结", "搞定了", 1))
	to := x.upload("/units/zfb/check", upload{"问题台账.csv", odd}).header.Get("Location")
	page := x.page(to)
	if !strings.Contains(page, "“搞定了”就是") || !strings.Contains(page, "<option>已办结</option>") {
		t.Fatalf("nobody asks what it means:\n%s", page)
	}
	form := url.Values{"form": {"问题台账"}, "column": {"办理状态"}, "written": {"搞定了"}, "meant": {""}, "back": {to}}
	if !strings.Contains(page, `<select name="meant" required><option value="">请选择</option><option>`) {
		t.Error("a meaning that nothing speaks for stands chosen")
	}
	if a := x.post("/learn", form); a.status != http.StatusBadRequest || !strings.Contains(a.body, "请选择") || isThere(filepath.Join(dir, "learned.yaml")) {
		t.Errorf("without a meaning: status %d", a.status)
	}
	form.Set("meant", "已办结")
	if a := x.post("/learn", form); a.status != http.StatusSeeOther || a.header.Get("Location") != to+"?done=learn" || !strings.Contains(x.page(to+"?done=learn"), "已记住，以后各单位这样写都认得") {
		t.Fatalf("learn: status %d\n%s", a.status, a.body)
	}
	if page = x.page(x.upload("/units/zfb/check", upload{"问题台账.csv", odd}).header.Get("Location")); strings.Contains(page, "不在可选范围内") {
		t.Errorf("it isn't known:\n%s", page)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "learned.yaml")); err != nil || !strings.Contains(string(text), "搞定了") {
		t.Errorf("it isn't kept where forms learn keeps it: %v", err)
	}
	if page := x.page("/settings"); !strings.Contains(page, `data-label="写法">搞定了</td><td data-label="就是">已办结</td>`) {
		t.Errorf("设置 doesn't say what was learned:\n%s", page)
	}
	for _, want := range []int{http.StatusSeeOther, http.StatusConflict} { // and it is there no more
		if a := x.post("/settings/learned", form); a.status != want {
			t.Errorf("take a spelling back: status %d instead of %d\n%s", a.status, want, a.body)
		}
	}
	if page = x.page(x.upload("/units/zfb/check", upload{"问题台账.csv", odd}).header.Get("Location")); !strings.Contains(page, "不在可选范围内") {
		t.Error("what was taken back is still known")
	}
	form.Set("meant", "没有这一项")
	form.Set("written", "弄好了")
	if a := x.post("/learn", form); a.status != http.StatusBadRequest || !strings.Contains(a.body, "没有记住") {
		t.Errorf("a meaning that isn't there: status %d", a.status)
	}
}

// TestDecide: an operator's decisions need a reason and do what they say.
func TestDecide(t *testing.T) {
	x := open(t, copyZone(t), nil)
	id := link(t, x.page("/units/smj"), firstReturn(t, x.page("/units/smj")))
	if a := x.post(id+"/decide", url.Values{"kind": {"withdraw"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "请写明理由") {
		t.Errorf("without a reason: status %d", a.status)
	}
	if a := x.post(id+"/decide", url.Values{"kind": {"withdraw"}, "reason": {"报错了"}}); a.status != http.StatusSeeOther {
		t.Fatalf("withdraw: status %d\n%s", a.status, a.body)
	}
	if page := x.page(id); !strings.Contains(page, "已作废") || !strings.Contains(page, "报错了") {
		t.Errorf("its page doesn't say so:\n%s", page)
	}
	if a := x.post(id+"/decide", url.Values{"kind": {"undo"}, "reason": {"没有错"}}); a.status != http.StatusSeeOther {
		t.Fatalf("undo: status %d\n%s", a.status, a.body)
	}
	if strings.Contains(x.page(id), "已作废") {
		t.Error("it is still withdrawn")
	}
	if a := x.post("/units/smj/decide", url.Values{"kind": {"waive"}, "form": {"problem"}, "period": {"gestern"}, "reason": {"x"}}); a.status != http.StatusBadRequest {
		t.Errorf("a wrong period: status %d", a.status)
	}
	if a := x.post("/units/smj/decide", url.Values{"kind": {"undo-waive"}, "form": {"problem"}, "period": {"2022-W33"}, "reason": {"x"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "没有可撤销的决定") {
		t.Errorf("undoing nothing: status %d", a.status)
	}
	for _, o := range []struct{ kind, period, says string }{
		{"waive", "2022-W32", "这一期的报送此前已经接收，照常计入"}, {"undo-waive", "2022-W32", "已撤销免报"}, {"waive", "2022-W40", "已免报：这一期不再列入应报。"},
	} {
		a := x.post("/units/smj/decide", url.Values{"kind": {o.kind}, "form": {"problem"}, "period": {o.period}, "reason": {"核对"}})
		if a.status != http.StatusSeeOther {
			t.Fatalf("%s %s: status %d\n%s", o.kind, o.period, a.status, a.body)
		}
		page := x.page(a.header.Get("Location"))
		if !strings.Contains(page, o.says) {
			t.Errorf("%s %s: the page doesn't say %q", o.kind, o.period, o.says)
		}
		if o.period == "2022-W40" && strings.Contains(page, "照常计入") {
			t.Error("nothing was handed in for 2022-W40, and yet its page says that it counts")
		}
	}
}

var returnID = regexp.MustCompile(`>(\d{6}-\d+)</a>`)

func firstReturn(t testing.TB, page string) string {
	t.Helper()
	m := returnID.FindStringSubmatch(page)
	if m == nil {
		t.Fatal("the page names no return")
	}
	return m[1]
}

// TestHandedInTwice: what was received already is told before it is handed in again, and is nobody's reason for a figure's
// change; the rows that changed it bear the numbers that were typed.
func TestHandedInTwice(t *testing.T) {
	x := open(t, copyZone(t), nil)
	in := func() string {
		to := x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location")
		return x.sent(x.post(to, nil))
	}
	number := regexp.MustCompile(`报送编号 <strong>([\d-]+)`)
	first := number.FindStringSubmatch(in())[1]
	page := x.page(x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(mended)}).header.Get("Location"))
	if !strings.Contains(page, "已经收到过，不必再报") || strings.Contains(page, "点最下面的") || !strings.Contains(page, "仍要报送") {
		t.Errorf("the check of what was received:\n%s", page)
	}
	again := number.FindStringSubmatch(in())[1]
	var moved string
	eventually(t, time.Minute, "the newest publication is never shown", func() bool {
		_, moved, _ = strings.Cut(x.page("/figures/problems_collected?since=2022-08-14"), `id="h-moved"`)
		return strings.Contains(moved, first)
	})
	if !strings.Contains(moved, "新报 政法办 "+first) && !strings.Contains(moved, "更正重报 政法办 "+first) || strings.Contains(moved, again) {
		t.Errorf("handed in as %s and, the same, as %s:\n%.3000s", first, again, moved)
	}
	if !strings.Contains(moved, "<td data-label=\"编号\">SM-901</td>") || strings.Contains(moved, "sm-901") {
		t.Errorf("the rows' numbers aren't as they were typed:\n%.3000s", moved)
	}
}

// TestOneIsTooLarge: a file above the limit keeps none of the others from being checked and handed in.
func TestOneIsTooLarge(t *testing.T) {
	dir := copyZone(t)
	config := filepath.Join(dir, zone.FileName)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(text, "\nlimits: {file_mb: 1}\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, nil)
	large := upload{"照片.xlsx", make([]byte, 2<<20)}
	if a := x.upload("/units/zfb/check", large); a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "超过1MB的上限") {
		t.Errorf("alone: status %d\n%s", a.status, a.body)
	}
	a := x.upload("/units/zfb/check", large, upload{"问题台账.csv", []byte(mended)})
	page := x.page(a.header.Get("Location"))
	if !strings.Contains(page, "超过1MB的上限，没有接收。这个文件不会报送") || !strings.Contains(page, "3行可以计入") {
		t.Fatalf("with another: status %d\n%s", a.status, page)
	}
	if page := x.sent(x.post(a.header.Get("Location"), nil)); !strings.Contains(page, "计入3行") || !strings.Contains(page, "没有报送：超过1MB") {
		t.Errorf("what became of them:\n%s", page)
	}
}

// TestTwoOfOne: the same file twice in an upload is handed in once; two files with the same return are told of, as the later
// would take the place of the other.
func TestTwoOfOne(t *testing.T) {
	x := open(t, copyZone(t), nil)
	a := x.upload("/units/zfb/check", upload{"甲.csv", []byte(mended)}, upload{"乙.csv", []byte(mended)})
	if page := x.page(a.header.Get("Location")); !strings.Contains(page, "与前面的“甲.csv”内容完全相同，只报一次") || strings.Contains(page, "后一份会取代") {
		t.Errorf("the same file twice:\n%s", page)
	}
	page := x.sent(x.post(a.header.Get("Location"), nil))
	if strings.Count(page, "计入3行") != 1 || strings.Contains(page, "重复报送") {
		t.Errorf("what became of it:\n%s", page)
	}
	other := strings.Replace(mended, "班车班次不够", "班车太少", 1)
	a = x.upload("/units/zfb/check", upload{"甲.csv", []byte(strings.Replace(mended, "路灯", "路边灯", 1))}, upload{"丙.csv", []byte(other)})
	if page := x.page(a.header.Get("Location")); strings.Count(page, "“甲.csv”里也有这一期的这张报表") != 1 {
		t.Errorf("two of a period:\n%s", page)
	}
}

// TestOldChecksAreOver: what was checked before it was mended is not offered to be handed in any more, neither beside the
// mended one nor after it.
func TestOldChecksAreOver(t *testing.T) {
	x := open(t, copyZone(t), nil)
	check := func(name, text string) string {
		return x.upload("/units/zfb/check", upload{name, []byte(text)}).header.Get("Location")
	}
	first, other, second := check("问题台账.csv", faulty), check("别的.csv", faulty), check("问题台账.csv", mended)
	page := x.page("/units/zfb")
	if strings.Contains(page, first) || !strings.Contains(page, second) || !strings.Contains(page, other) {
		t.Errorf("beside the mended one:\n%s", page)
	}
	x.sent(x.post(second, nil))
	if page := x.page("/units/zfb"); strings.Contains(page, first) || strings.Contains(page, second) || !strings.Contains(page, other) {
		t.Errorf("after the mended one:\n%s", page)
	}
}
