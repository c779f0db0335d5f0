//go:build unix

package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestProgressOnTerminal: work that takes longer than a glance shows how far it is, in the operator's language, and
// leaves nothing of it behind; in a pipe there is nothing of it.
func TestProgressOnTerminal(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	zone := copyZone(t, demoZone(t))
	p := onTerminal(t, t.TempDir(), "rebuild", "--zone", zone)
	seen := p.want("已由档案重建，数字与原来完全一致。")
	if want := "计算并发布数字  已用"; !strings.Contains(seen, want) { // the slowest part on any machine
		t.Errorf("the terminal doesn't show %q", want)
	}
	if last := strings.LastIndex(seen, clearLine); last < 0 || strings.TrimSpace(strings.TrimPrefix(seen[last:], clearLine)) != "已由档案重建，数字与原来完全一致。" {
		t.Errorf("the line of progress stays: %q", seen[max(0, len(seen)-300):])
	}
	code, _, log := program(t, "backup", filepath.Join(t.TempDir(), "backup"), "--zone", zone)
	if code != 0 || strings.Contains(log, clearLine) || strings.Contains(log, "备份文件  ") {
		t.Errorf("in a pipe: exit code %d\n%s", code, log)
	}
}
