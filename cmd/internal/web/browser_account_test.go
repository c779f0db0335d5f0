package web

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"taizhang/ingest/forms"
	"taizhang/internal/lang"
)

// TestBrowserAccount: an admin is told what needs them wherever they are, comes to their account from any page, and makes a
// token there, by the keyboard alone; the pages fit a desk's and a phone's screen, with labels for who doesn't see them.
func TestBrowserAccount(t *testing.T) {
	dir := copyZone(t)
	store := withUsers(t, dir)
	if err := store.RemoveTokensOf(t.Context(), "admin"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, forms.LearnedFile), []byte("headings: {问题台账: {办理状态: [流转结果], 办结时限: [要求办结的最后期限及说明]}}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, func(o *Options) { o.Alone = false })
	for i, text := range []string{"任务“备份”第3次未成功（2022-08-14 12:30）：备份文件夹不存在。已不再重试，请处理后执行 taizhang jobs run backup。", "磁盘剩余10兆，不足1024兆。请清理磁盘或把旧备份移走。"} {
		if _, err := store.Raise(t.Context(), "test", fmt.Sprint(i), lang.Text{English: text, Chinese: text}, testClock()); err != nil {
			t.Fatal(err)
		}
	}
	b := browser(t, x, 1366, 768)
	b.open("/")
	b.do(chromedp.SendKeys(chromedp.CSS("input[name=name]"), "admin"), chromedp.SendKeys(chromedp.CSS("input[name=password]"), password))
	b.clickOf(`//main//button`)
	look := func(name string) {
		t.Helper()
		for _, size := range [][2]int64{{1366, 768}, {768, 1024}, {600, 960}, {390, 844}} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			for _, w := range tell[[]string](b, fits) {
				t.Errorf("%s at %d: %s", name, size[0], w)
			}
			b.picture(fmt.Sprint(name, "-", size[0]))
		}
		b.accessible(name)
		b.do(chromedp.EmulateViewport(1366, 768))
	}
	b.wants("2项需要处理", "磁盘剩余10兆")
	look("needs")
	b.clickOf(`//a[@href="/account"]`)
	b.wants("我的账号", "管理员", "没有令牌")
	b.do(chromedp.Focus(chromedp.CSS("[name=name]")), chromedp.KeyEvent("取数脚本"), chromedp.KeyEvent("\t"), chromedp.KeyEvent("\t"))
	if got := tell[string](b, `document.activeElement.innerText`); got != "生成" {
		t.Errorf("the keyboard comes to %q", got)
	}
	b.do(chromedp.KeyEvent("\r"))
	b.waits("只显示这一次")
	look("token")
	for name, path := range map[string]string{"users": "/settings/users", "learned": "/settings", "jobs": "/runs"} {
		b.open(path)
		look(name)
	}
	b.open("/runs")
	b.wants("收件")
	b.open("/account")
	b.clickOf(`//button[@aria-label="收回令牌：取数脚本"]`)
	b.wants("令牌已收回", "没有令牌")
}
