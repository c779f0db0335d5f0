package receipt

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRetireLosesNothing(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) { must(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600)) }
	old := func(name string) bool { return ArrivalOf(name) == 7 }
	for _, content := range []string{"一", "二", "一"} { // another content under the same name stays apart, the same is there already
		write("回执_a_退回_000007-1.xlsx", content)
		write("回执_a_退回_000008-1.xlsx", "keep")
		write("我的笔记_000007.xlsx", "mine")
		must(t, Retire(dir, "回执_a_已放行_000007-1.xlsx", old))
	}
	var got []string
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			content, _ := os.ReadFile(path)
			rel, _ := filepath.Rel(dir, path)
			got = append(got, filepath.ToSlash(rel)+"="+string(content))
		}
		return err
	}))
	want := "历史回执/回执_a_退回_000007-1(2).xlsx=二 历史回执/回执_a_退回_000007-1.xlsx=一 回执_a_退回_000008-1.xlsx=keep 我的笔记_000007.xlsx=mine"
	if strings.Join(got, " ") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, " "), want)
	}
	if err := Retire(filepath.Join(dir, "nowhere"), "", old); err == nil {
		t.Error("a folder that can't be read is passed over")
	}
}

func TestArrivalOf(t *testing.T) {
	for name, want := range map[string]int{"回执_a_退回_000007-1.xlsx": 7, "回执_a_退回_1000007.xlsx": 1000007, "回执_a_退回_000007-2(3).xlsx": 7, "问题_000007-1.xlsx": 0,
		"回执_问题台账_已免报_2026-W47.xlsx": 0, "回执_问题台账_已清零_2026-11-28.xlsx": 0, "回执_问题台账_已免报_2026-10.xlsx": 0} {
		if got := ArrivalOf(name); got != want {
			t.Errorf("%s: %d", name, got)
		}
	}
}
