package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"taizhang/internal/tooltest"
)

// newcomer is somebody who has nothing but a browser.
type newcomer struct {
	t   *testing.T
	ctx context.Context
	log *lockedBuffer
}

func (n *newcomer) tell(expression string) string {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.ctx, time.Minute)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		n.t.Fatalf("%s: %v\n%s", expression, err, n.log)
	}
	return text
}

// sees waits for the page to show something.
func (n *newcomer) sees(what string) {
	n.t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(n.ctx, time.Minute)
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`)) // between two pages there is none
		cancel()
		if err == nil && strings.Contains(text, what) {
			return
		}
		if time.Now().After(end) {
			n.t.Fatalf("%q is never shown: %v\n%s\n%s", what, err, text, n.log)
		}
	}
}

// clicks clicks what is called so, and sees what comes.
func (n *newcomer) clicks(name, then string) {
	n.t.Helper()
	if got := n.tell(`(() => { const e = [...document.querySelectorAll("main button"), ...document.querySelectorAll("main a"), ...document.querySelectorAll("nav a")].find(e => e.innerText.trim().startsWith(` + strconv.Quote(name) + `)); if (e) e.click(); return String(!!e) })()`); got != "true" {
		n.t.Fatalf("nothing is called %s:\n%s", name, n.tell(`document.body.innerText`))
	}
	n.sees(then)
}

func (n *newcomer) types(field, text string) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS(field), text)); err != nil {
		n.t.Fatalf("%s: %v", field, err)
	}
}

// TestNewcomer: somebody with an empty folder and a browser answers five questions, takes the templates along, fills one in,
// hands it in and goes from the figure that it makes to the cell that they typed: all of it on the page that serve shows.
func TestNewcomer(t *testing.T) {
	tooltest.Thorough(t)
	exe := tooltest.Path(t, "chromium", "chromium")
	dir := filepath.Join(t.TempDir(), "台账")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, log := start(t, "serve", "--zone", dir, "--listen", "127.0.0.1:0")
	begins := regexp.MustCompile(`(?m)open (http://\S+) to make a zone`)
	waitFor(t, "serve says where a zone is made", func() bool { return begins.MatchString(log.String()) })

	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(exe), chromedp.UserDataDir(t.TempDir()))
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	defer endAlloc()
	ctx, end := chromedp.NewContext(alloc)
	defer end()
	if err := chromedp.Do(ctx, chromedp.Navigate(begins.FindStringSubmatch(log.String())[1])); err != nil {
		t.Fatal(err)
	}
	n := &newcomer{t, ctx, log}
	n.sees("回答五个问题")
	for field, text := range map[string]string{"#zone": "试验园区", "#units": "政法办\n产业局", "#user": "主任", "#password": "五个问题答完了就好用", "#again": "五个问题答完了就好用"} {
		n.types(field, text)
	}
	n.clicks("下一步：核对", "2个单位")
	n.clicks("没有错，建立台账", "登录") // it goes on by itself
	n.types("#name", "主任")
	n.types("input[name=password]", "五个问题答完了就好用")
	n.clicks("登录", "等第一份报表")
	n.sees("下载各单位的填报模板")
	packed, err := base64.StdEncoding.DecodeString(n.tell(`fetch(document.querySelector("a[href='/templates']").href).then(r => r.arrayBuffer()).then(b => btoa(Array.from(new Uint8Array(b), x => String.fromCharCode(x)).join("")))`))
	if err != nil {
		t.Fatal(err)
	}
	n.clicks("政法办", "上传报表")
	ctx1, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx1, chromedp.SetUploadFiles(chromedp.CSS("#files"), []string{filledIn(t, packed, "报送_政法办.xlsx")})); err != nil {
		t.Fatal(err)
	}
	n.clicks("检查", "1行可以计入")
	n.clicks("报送", "计入1行")
	n.clicks("看审核意见", "没有审核意见")
	n.clicks("总览", "主要指标")
	n.clicks("收集问题", "数据行（1）")
	n.clicks("ZF-001", "读取的单元格已标出")
	if marked := n.tell(`[...document.querySelectorAll("td.mark")].map(e => e.title + " " + e.innerText).join("; ")`); !strings.Contains(marked, "ZF-001") && !strings.Contains(n.tell(`document.querySelector("tr.here").innerText`), "路灯不亮") {
		t.Errorf("the row that was typed isn't the one that is shown: %s", marked)
	}
	if strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("something went wrong:\n%s", log)
	}
}

// filledIn takes a template out of those that were packed and fills one row of 问题台账 in.
func filledIn(t *testing.T, packed []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	today := time.Now().Format("2006-01-02")
	values := map[string]string{"序号": "1", "问题编号": "ZF-001", "问题来源": "走访调研", "责任清单": "基层治理", "问题描述": "路灯不亮", "牵头单位": "产业局", "责任人": "张三", "交办日期": today, "办结时限": time.Now().AddDate(0, 1, 0).Format("2006-01-02"), "办理状态": "办理中"}
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if !slices.ContainsFunc(row, func(head string) bool { return strings.HasPrefix(strings.TrimSpace(head), "问题编号") }) {
				continue
			}
			for k, head := range row {
				value := values[strings.TrimRight(strings.TrimSpace(head), "*＊")] // the row of the template is an example: all of it is typed over
				at, _ := excelize.CoordinatesToCellName(k+1, i+2)
				if err := book.SetCellValue(sheet, at, value); err != nil {
					t.Fatal(err)
				}
			}
			to := filepath.Join(t.TempDir(), name)
			if err := book.SaveAs(to); err != nil {
				t.Fatal(err)
			}
			return to
		}
	}
	t.Fatal("the template has no 问题编号")
	return ""
}
