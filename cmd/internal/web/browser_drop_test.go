package web

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestBrowserFolderIsDropped: whoever drops a whole folder on a unit's page has its tables chosen, those of folders within
// too, and is told what was left out; a browser by itself would send the folder as a file that it can't read.
func TestBrowserFolderIsDropped(t *testing.T) {
	x := open(t, sharedZone(t), nil)
	b := browser(t, x, 1366, 768)
	dir := filepath.Join(t.TempDir(), "本周报表")
	for name, text := range map[string]string{"问题台账.csv": faulty, "内/第二份.csv": mended, "~$问题台账.xlsx": "lock", "Thumbs.db": "x", "照片.jpg": "x"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	drop := func(files ...string) {
		t.Helper()
		at := tell[[]float64](b, `(r => [r.left + r.width / 2, r.top + 20])(document.querySelector("[data-drop]").getBoundingClientRect())`)
		b.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			for _, kind := range []input.DispatchDragEventType{"dragEnter", "dragOver", "drop"} {
				if _, err := cdp.Call(ctx, tab, input.DispatchDragEvent, input.DispatchDragEventParams{Type: kind, X: at[0], Y: at[1], Data: &input.DragData{Items: []*input.DragDataItem{}, Files: files, DragOperationsMask: 1}}); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	b.open("/units/zfb")
	drop(dir)
	b.waits("文件夹里有2个文件，已选上。另有3个不是表格，没有选：")
	b.wants("照片.jpg", "Thumbs.db")
	if got := tell[string](b, `[...document.querySelector("#files").files].map(f => f.name).sort().join()`); got != "第二份.csv,问题台账.csv" {
		t.Errorf("chosen are %s", got)
	}
	b.accessible("dropped")
	b.click("检查")
	b.wants("第二份.csv", "问题台账.csv")
	b.open("/units/zfb")
	drop(filepath.Join(dir, "问题台账.csv"))
	if got := tell[string](b, `[...document.querySelector("#files").files].map(f => f.name).join()`); got != "问题台账.csv" {
		t.Errorf("of a single file chosen are %q", got)
	}
	if says := b.says(); strings.Contains(says, "已选上") {
		t.Errorf("a single file is told as a folder:\n%.2000s", says)
	}
}
