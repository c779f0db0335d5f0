package web

import (
	"strings"
	"testing"

	"taizhang/internal/tooltest"

	"github.com/chromedp/chromedp"
)

// TestBrowserWaives: an admin waives a return at its unit's page and takes that back; neither is sent without a reason, and
// both are said on the page that follows.
func TestBrowserWaives(t *testing.T) {
	tooltest.Thorough(t)
	x := open(t, copyZone(t), nil)
	b := browser(t, x, 1366, 768)
	decide := func(kind, period, reason string) {
		t.Helper()
		eventually(t, most, "the newest publication is never shown", x.server.Readings.Current)
		b.open("/units/smj") // an untouched page is shown anew when there is news, also under whoever begins to fill in
		b.do(chromedp.Click(chromedp.CSS(".manage summary")), chromedp.Click(chromedp.CSS(`input[name=kind][value="`+kind+`"]`)), chromedp.SendKeys(chromedp.CSS("input[name=period]"), period))
		b.do(chromedp.Click(chromedp.CSS(".manage button.warning"))) // without a reason
		if !tell[bool](b, `document.activeElement.name == "reason" && !document.querySelector(".manage form").checkValidity()`) {
			t.Errorf("%s: without a reason it is sent, or the browser doesn't lead to where it is missing", kind)
		}
		b.do(chromedp.SendKeys(chromedp.CSS("input[name=reason]"), reason))
		b.clickOf(`//section[contains(@class,'manage')]//button[normalize-space()='记录决定']`)
	}
	decide("waive", "2022-W40", "国庆放假，街道未开会")
	b.wants("已免报：这一期不再列入应报。")
	b.onPhone("waived")
	decide("undo-waive", "2022-W40", "改为照常报")
	b.wants("已撤销免报")
	decide("undo-waive", "2022-W40", "再撤一次")
	b.wants("没有可撤销的决定")
	b.mu.Lock()
	b.faults = without(b.faults, "/units/smj/decide") // it was refused
	b.mu.Unlock()
	log := x.page("/runs/audit")
	for _, want := range []string{"waive  problem 2022-W40 国庆放假，街道未开会", "undo-waive  problem 2022-W40 改为照常报"} {
		if !strings.Contains(log, want) {
			t.Errorf("the audit lacks %q", want)
		}
	}
}
