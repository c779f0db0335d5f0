package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/lang"
)

// TestWordsOfTables: what a Chinese table shows may be asked for as it stands there, periods as offices write them; a name that
// is nearly right is told the right one wherever a form is named.
func TestWordsOfTables(t *testing.T) {
	t.Cleanup(lang.SpeakAsSystem) // what is spoken is one for the whole process: not beside other tests
	zone := t.TempDir()
	if err := os.WriteFile(filepath.Join(zone, "taizhang.yaml"), []byte("language: zh\n"+rosterZone), 0o644); err != nil {
		t.Fatal(err)
	}
	rosterDrop(t, zone, "三月.csv", roster(3, 1, 2, 3, 4, 5, 6, 7), "2022-04-02 09:00")
	asked := func(args ...string) string {
		t.Helper()
		code, out, log := program(t, append(args, "--zone", zone)...)
		if code != exitDone {
			t.Errorf("taizhang %v: exit code %d\n%s", args, code, log)
		}
		return out
	}
	for _, status := range []string{"已接收", "accepted"} {
		if out := asked("returns", "list", "--status", status); !strings.Contains(out, "三月.csv") || !strings.Contains(out, "报表编号") {
			t.Errorf("%s:\n%s", status, out)
		}
	}
	for _, period := range []string{"2022年3月", "2022-03"} {
		if out := asked("returns", "list", "--period", period); !strings.Contains(out, "三月.csv") {
			t.Errorf("%s:\n%s", period, out)
		}
		asked("status", "--period", period)
	}
	asked("metrics", "return_completeness", "--by", "form", "--where", "form=帮扶对象花名册", "--as-of", "2022-04-10")
	for i, line := range strings.Split(strings.TrimSpace(asked("models", "list")), "\n") {
		if i > 0 && strings.Contains(line, "One row per") {
			t.Errorf("a model is not told of in Chinese: %s", line)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"returns", "list", "--status", "退会"}, "没有审核结果“退会”；可用：已接收、已接收，有事项请核实、部分计入、退回、重复报送；是不是“退回”？"},
		{[]string{"returns", "list", "--period", "上一期"}, "应写成 2022-W33、2022年第33周，或 2022-08、2022年8月"},
		{[]string{"forms", "template", "帮扶对象花名删", "--submitter", "残联"}, "是不是“帮扶对象花名册”？"},
		{[]string{"forms", "learn", "帮扶对象花名删", "名", "姓名"}, "是不是“帮扶对象花名册”？"},
		{[]string{"user", "add", "王主任", "--role", "领导"}, "密码"}, // the role is known
		{[]string{"metrics", "return_completeness", "--compare", "2022-04-01"}, "请写 --as-of 2022-04-01"},
	} {
		if code, _, log := program(t, append(c.args, "--zone", zone)...); code != exitUsage || !strings.Contains(log, c.want) {
			t.Errorf("taizhang %v: exit code %d\n%swant %s", c.args, code, log, c.want)
		}
	}
}
