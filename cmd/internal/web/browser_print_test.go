package web

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"taizhang/internal/tooltest"
)

// printed prints the page, as a browser does, and gives its text and how many sheets it takes; TAIZHANG_PICTURES keeps
// pictures of them.
func (b *tab) printed(name string) (text string, sheets int) {
	b.t.Helper()
	read := tooltest.Path(b.t, "pdftotext", "poppler-utils")
	file := filepath.Join(b.t.TempDir(), "page.pdf")
	b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		out, err := cdp.Call(ctx, tab, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)})
		if err != nil {
			return err
		}
		return os.WriteFile(file, out.Data, 0o600)
	}))
	out, err := exec.Command(read, "-layout", file, "-").CombinedOutput()
	if err != nil {
		b.t.Fatalf("%v: %s", err, out)
	}
	if dir := os.Getenv("TAIZHANG_PICTURES"); dir != "" {
		if out, err := exec.Command("pdftoppm", "-png", "-r", "70", file, filepath.Join(dir, "print-"+name)).CombinedOutput(); err != nil {
			b.t.Fatalf("%v: %s", err, out)
		}
	}
	return string(out), strings.Count(string(out), "\f")
}

// TestBrowserPrints: what is printed is whole: every column of a sheet however wide, no heading over nothing, no button, and
// a result that isn't all on the paper says so. The one page takes one sheet.
func TestBrowserPrints(t *testing.T) {
	tooltest.Thorough(t)
	dir := copyZone(t)
	x := open(t, dir, nil)
	x.post("/papers", nil)
	papers := x.page("/papers")
	id := firstReturn(t, x.page("/units/cyj"))
	draft := x.upload("/units/smj/check", upload{"问题台账.csv", []byte(faulty)}).header.Get("Location")
	result := x.post("/query", url.Values{"sql": {"select * from 问题台账"}}).header.Get("Location")
	long := x.post("/query", url.Values{"sql": {"select range as 号 from range(5000)"}}).header.Get("Location")
	b := browser(t, x, 1366, 768)
	for _, c := range []struct {
		name, path  string
		most        int // sheets of paper
		says, lacks []string
	}{
		{"overview", "/", 2, []string{"需要关注", "主要指标", "本周变动", "严禁处理涉密信息"}, []string{"换日期", "运行"}},
		{"figure", "/figures/closure_rate", 12, []string{"82.9%", "按街道", "截至2022-08-15"}, []string{"下载：", "比较"}},
		{"returns", "/returns", 3, []string{"产业局", "已报"}, []string{"下载："}},
		{"unit", "/units/cyj", 6, []string{"报送记录", "文件", "本单位报送的数据", "个指标"}, []string{"上传报表", "检查", "下载填报模板", "记录决定"}},
		{"check", draft, 3, []string{"2022-02-31", "满意度", "核实说明"}, []string{"仍要报送"}},
		{"sheet", "/returns/" + id + "/sheet?row=5", 2, []string{"个人信息按规定遮盖"}, nil},
		{"papers", "/papers", 4, []string{"一页通", "汇总台账"}, []string{"现在生成", "不会重复生成"}},
		{"preview of the weekly", regexp.MustCompile(`/papers/preview/[^"]*\.xlsx`).FindString(papers), 3, []string{"湘潭高新区工作周报", "企业反馈问题解决率", "目标80.0%"}, []string{"下载这个文件"}},
		{"preview of the one page", regexp.MustCompile(`/papers/preview/[^"]*\.html`).FindString(papers), 1, []string{"湘潭高新区工作周报", "领导批示", "点指标名称可见"}, nil},
		{"preview of a ledger", "/papers/ledgers/" + url.PathEscape("问题台账.xlsx") + "/preview", 16, []string{"满意度", "来源文件", "只显示前100行"}, []string{"下载这个文件"}},
		{"result", result, 30, []string{"问题描述", "是否超期", "结果：216行"}, []string{"常用查询", "表和列", "下载："}},
		{"long result", long, 60, []string{"纸上不是全部5000行"}, nil},
		{"settings", "/settings", 12, []string{"园区名称", "填报单位"}, []string{"保存在"}},
		{"runs", "/runs", 3, []string{"任务", "备份"}, []string{"现在读取"}},
	} {
		b.open(c.path)
		text, sheets := b.printed(c.name)
		flat := strings.Join(strings.Fields(text), "")
		for _, want := range c.says {
			if !strings.Contains(flat, want) && !strings.Contains(text, want) && !scattered(text, want) {
				t.Errorf("%s on paper lacks %q:\n%.1500s", c.name, want, text)
			}
		}
		for _, bad := range c.lacks {
			if strings.Contains(flat, bad) {
				t.Errorf("%s on paper has %q", c.name, bad)
			}
		}
		if sheets > c.most || sheets == 0 {
			t.Errorf("%s takes %d sheets of paper", c.name, sheets)
		}
	}
}

// scattered says whether a heading that was broken over lines of a narrow column is there: its characters, in order.
func scattered(text, want string) bool {
	for _, r := range want {
		i := strings.IndexRune(text, r)
		if i < 0 {
			return false
		}
		text = text[i+len(string(r)):]
	}
	return true
}
