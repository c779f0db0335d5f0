package shell

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/term"

	"taizhang/internal/lang"
)

// page shows a text: at once where it fits the screen, else with $PAGER, or page by page.
func (s *session) page(text []byte) error {
	_, height, err := term.GetSize(int(s.out.Fd()))
	if err != nil || height < 4 || bytes.Count(text, []byte("\n")) < height {
		_, err := s.out.Write(text)
		return err
	}
	if pager := os.Getenv("PAGER"); pager != "" {
		return s.runPager(pager, text)
	}
	return s.more(text, height-1)
}

// runPager hands the text to the program that the user likes; interrupts are that program's while it runs.
func (s *session) runPager(pager string, text []byte) error {
	c := exec.Command("sh", "-c", pager)
	if runtime.GOOS == "windows" {
		c = exec.Command("cmd", "/c", pager)
	}
	c.Stdin, c.Stdout, c.Stderr = bytes.NewReader(text), s.out, os.Stderr
	c.Env = os.Environ()
	if os.Getenv("LESS") == "" {
		c.Env = append(c.Env, "LESS=FRSX", "LESSCHARSET=utf-8") // wide rows are scrolled, not wrapped
	}
	defer s.catchInterrupts()()
	if err := c.Run(); err != nil {
		if _, ended := err.(*exec.ExitError); ended { // it was quit, or killed
			return nil
		}
		return lang.Errorf("pager %s: %w", "分页程序 %s：%w", pager, err)
	}
	return nil
}

// more shows a screenful after the other: space goes on, Enter one line, q stops.
func (s *session) more(text []byte, height int) error {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for n := height; len(lines) > 0; {
		n = min(n, len(lines))
		if _, err := io.WriteString(s.out, strings.Join(lines[:n], "")); err != nil {
			return err
		}
		lines = lines[n:]
		if len(lines) == 0 {
			return nil
		}
		fmt.Fprintf(s.out, "-- %d more lines: space = next page, Enter = next line, q = stop --", len(lines))
		key, err := s.key()
		fmt.Fprint(s.out, "\r\x1b[K")
		if err != nil {
			return err
		}
		switch key {
		case 'q', 'Q', 3, 4, 27: // Ctrl-C, Ctrl-D, Esc
			return nil
		case '\r', '\n':
			n = 1
		default:
			n = height
		}
	}
	return nil
}

// key reads one key press.
func (s *session) key() (byte, error) {
	old, err := term.MakeRaw(int(s.in.Fd()))
	if err != nil {
		return 0, err
	}
	defer term.Restore(int(s.in.Fd()), old)
	var b [16]byte // an arrow key is several bytes, to be taken whole
	n, err := s.in.Read(b[:])
	if err != nil || n == 0 {
		return 'q', err
	}
	return b[0], nil
}
