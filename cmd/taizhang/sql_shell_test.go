//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// typist types into the program on a terminal of its own and reads its screen.
type typist struct {
	t    *testing.T
	tty  *os.File
	cmd  *exec.Cmd
	seen strings.Builder
	more chan string
}

// prompt starts `sql`.
func prompt(t *testing.T, zone, state string) *typist {
	t.Helper()
	p := onTerminal(t, state, "sql", "--zone", zone)
	p.want("湘潭高新区> ")
	return p
}

// onTerminal starts the program on a terminal of 100 columns and 30 lines.
func onTerminal(t *testing.T, state string, args ...string) *typist {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &typist{t: t, cmd: exec.Command(exe, args...), more: make(chan string, 1000)}
	p.cmd.Env = append(os.Environ(), "TAIZHANG_AS_PROGRAM=1", "XDG_STATE_HOME="+state, "HOME="+state, "TERM=xterm", "PAGER=")
	if p.tty, err = pty.StartWithSize(p.cmd, &pty.Winsize{Rows: 30, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.tty.Close()
		if p.cmd.ProcessState == nil {
			_ = p.cmd.Process.Kill()
			_ = p.cmd.Wait()
		}
	})
	go func() {
		defer close(p.more)
		b := make([]byte, 1<<16)
		for {
			n, err := p.tty.Read(b)
			if n > 0 {
				p.more <- string(b[:n])
			}
			if err != nil { // on Linux a closed terminal is an input/output error
				return
			}
		}
	}()
	return p
}

// want waits for a text on the screen; what comes later is looked at from there on.
func (p *typist) want(text string) string {
	p.t.Helper()
	limit := time.After(30 * time.Second)
	for {
		if got := p.seen.String(); strings.Contains(got, text) {
			at := strings.Index(got, text) + len(text)
			p.seen.Reset()
			p.seen.WriteString(got[at:])
			return got[:at]
		}
		select {
		case s, open := <-p.more:
			p.seen.WriteString(s)
			if !open {
				p.t.Fatalf("the prompt ended before %q was seen: %q", text, p.seen.String())
			}
		case <-limit:
			p.t.Fatalf("%q was not seen: %q", text, p.seen.String())
		}
	}
}

// pressUntil presses a key again and again, as people do, until a text is on the screen.
func (p *typist) pressUntil(key, text string) {
	p.t.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-again.C:
				_, _ = p.tty.WriteString(key)
			case <-done:
				return
			}
		}
	}()
	p.want(text)
	close(done)
}

func (p *typist) keys(s string) {
	p.t.Helper()
	if _, err := p.tty.WriteString(s); err != nil {
		p.t.Fatal(err)
	}
}

// TestPrompt sits down at `taizhang sql`: the example, keys and all.
func TestPrompt(t *testing.T) {
	zone, state := demoZone(t), t.TempDir()
	file := func(name string) string { return filepath.Join(state, name) }
	p := prompt(t, zone, state)

	// Chinese names complete without quotes; a statement goes over several lines; numbers stand on the right.
	p.keys("select 牵头\t")
	p.want("select 牵头单位")
	p.keys(", count(*) as n from 问题台\t")
	p.want("问题台账")
	p.keys("\rgroup by 1 order by 2 desc limit 2")
	p.want("...> ")
	p.keys(";\r")
	if got := p.want("(2 rows, "); !strings.Contains(got, "牵头单位     n\r\n建设局      59\r\n社会事务局  43\r\n") {
		t.Errorf("the table reads %q", got)
	}
	p.want("> ")

	// A saved query with its parameters, and its result in every format.
	p.keys("@problems --street 双马街道\r")
	p.want("more lines: ")
	p.keys("q")
	p.want("> ")
	for i, f := range []string{"a.xlsx", "a.csv", "a.parquet", "a.json", "a.md"} {
		p.keys(".export " + file(f) + "\r")
		p.want(" rows written to " + file(f))
		if info, err := os.Stat(file(f)); err != nil || info.Size() < 1000 {
			t.Errorf("%d %s: %v", i, f, err)
		}
	}
	p.keys(".export " + file("a.csv") + "\r")
	p.want("is there already")
	p.keys(".export " + file("a.txt") + "\r")
	p.want("the name should end in")

	// Commands.
	p.keys(".tables 问题\r")
	p.want("企业反馈问题交办清单")
	p.keys(".describe 问题台\t\r")
	p.want("problem_no")
	p.keys(".saved\r")
	p.want("@overdue")
	p.keys(".nosuch\r")
	p.want("is no command; see .help")

	// An error of the query costs nothing but itself, a full-width comma is explained.
	p.keys("select 问题编号，责任清单 from 问题台账;\r")
	p.want("with the signs of the Latin keyboard: 问题编号,责任清单")

	// Ctrl-C cancels the running query and not the prompt; it drops what was typed.
	p.keys("select count(*) from range(3000000000) a, range(3000000) b;\r")
	p.want("range(3000000) b;")

	p.pressUntil("\x03", "cancelled after ")
	p.pressUntil("select nonsense ", "select nonsense") // what is typed while the prompt takes the terminal over is lost
	p.keys("\x03")
	p.want("^C")
	p.keys("select 40 + 2 as answer;\r")
	p.want("    42\r\n")

	// What was run comes back with the up key.
	p.keys("\x1b[A")
	p.want("select 40 + 2 as answer;")
	p.keys("\r")
	p.want("    42\r\n")

	// A result longer than the screen comes page by page.
	p.keys("select * from range(100);\r")
	p.want("-- 73 more lines")
	p.keys(" ")
	p.want("-- 44 more lines")
	p.keys("\r")
	p.want("-- 43 more lines")
	p.keys("q")
	p.want("> ")

	// What names persons is not kept.
	p.keys("select * from 帮扶对象花名册 where 姓名 = '张三';\r")
	p.want("(0 rows, ")
	p.keys("select '430302 19900304 1234' as x;\r")
	p.want("(1 row, ")
	p.want("> ") // while a query runs Ctrl-D is nobody's
	p.keys("\x04")
	p.end()
	text, err := os.ReadFile(filepath.Join(state, "taizhang", "sql_history"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kept := range []string{"select 牵头单位, count(*) as n from 问题台账 group by 1 order by 2 desc limit 2;\n", "@problems --street 双马街道\n"} {
		if !strings.Contains(string(text), kept) {
			t.Errorf("the history lacks %q:\n%s", kept, text)
		}
	}
	for _, private := range []string{"张三", "430302"} {
		if strings.Contains(string(text), private) {
			t.Errorf("the history holds %s:\n%s", private, text)
		}
	}

	// The next prompt knows the history; .quit leaves as well.
	p = prompt(t, zone, state)
	p.keys("\x1b[A")
	p.want("select * from range(100);")
	p.keys("\x03")
	p.want("> ")
	p.keys(".quit\r")
	p.end()
}

// end waits for the program to leave.
func (p *typist) end() {
	p.t.Helper()
	for limit := time.After(30 * time.Second); ; {
		select {
		case s, open := <-p.more:
			if p.seen.WriteString(s); open {
				continue
			}
		case <-limit:
			p.t.Fatalf("the prompt doesn't end: %q", p.seen.String())
		}
		break
	}
	if err := p.cmd.Wait(); err != nil {
		p.t.Errorf("left with %v", err)
	}
}

// TestPromptKeepsNoSecrets types true values of the demo's persons in every place of a query: none reaches the history.
func TestPromptKeepsNoSecrets(t *testing.T) {
	zone, state := demoZone(t), t.TempDir()
	text, err := os.ReadFile("../../data/truth/beneficiaries.csv")
	if err != nil {
		t.Fatal(err)
	}
	row := strings.Split(strings.Split(string(text), "\n")[1], ",")
	name, id, phone := row[1], row[2], row[3]
	p := prompt(t, zone, state)
	for _, q := range []string{
		fmt.Sprintf("select '%s' as x", id), fmt.Sprintf("select count(*) from 帮扶对象花名册 where 身份证号='%s'", id),
		fmt.Sprintf("select count(*) from raw.beneficiary where person_name = '%s'", name), fmt.Sprintf("select %s as phone", phone),
		fmt.Sprintf("-- %s\nselect 1", id), fmt.Sprintf("select '%s' as x", id[:6]+" "+id[6:14]+" "+id[14:]),
	} {
		p.keys(q + ";\r")
		p.want("(1 row, ")
		p.want("> ")
	}
	p.keys(".quit\r")
	p.end()
	if text, err = os.ReadFile(filepath.Join(state, "taizhang", "sql_history")); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{name, id, id[6:14], phone} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the history holds %s:\n%s", secret, text)
		}
	}
}

// TestQueriesMayBeginWithAComment: a comment at the start is no flag.
func TestQueriesMayBeginWithAComment(t *testing.T) {
	zone := demoZone(t)
	for _, args := range [][]string{
		{"sql", "--", "--c\nselect 1 as a"}, {"sql", "--c\nselect 1 as a"}, {"sql", "-- c\nselect 1 as a", "--zone", zone}, {"sql", "--zone\nselect 1 as a"},
	} {
		if args[1] == "--" {
			args = append([]string{"sql", "--zone", zone}, args[1:]...)
		} else if len(args) == 2 {
			args = append(args, "--zone", zone)
		}
		if code, out, log := program(t, append([]string{"-f", "csv"}, args...)...); code != 0 || out != "a\n1\n" {
			t.Errorf("%q: exit code %d: %s%s", args, code, out, log)
		}
	}
}
