package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/peterh/liner"
	"golang.org/x/term"

	"taizhang/internal/lang"
)

// Shell is what the prompt of one program does.
type Shell struct {
	Prompt, More string // before the first and before further lines of a statement
	Greeting     string
	History      string                             // file; empty: the statements of this session only
	Private      func(statement string) bool        // statements that must not be kept in the file
	Complete     func(before, word string) []string // candidates for a word; those that don't begin with it are left out
	Run          func(ctx context.Context, statement string, out io.Writer) error
}

// ErrQuit ends the prompt when Run returns it.
var ErrQuit = lang.Errorf("quit", "退出")

// IsTerminal says whether somebody sits at both ends.
func IsTerminal(in io.Reader, out io.Writer) bool {
	i, isFile := in.(*os.File)
	o, isFileToo := out.(*os.File)
	return isFile && isFileToo && term.IsTerminal(int(i.Fd())) && term.IsTerminal(int(o.Fd()))
}

// Width is how many columns the terminal has, 0 where it is none.
func Width(out io.Writer) int {
	f, ok := out.(*os.File)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// session is a prompt at work.
type session struct {
	Shell
	in, out *os.File
	line    *liner.State
	typing  liner.ModeApplier // the terminal while a line is edited
	running liner.ModeApplier // the terminal otherwise: Ctrl-C is a signal
}

// Loop reads and runs statements until the user leaves. The program's standard input and output are the terminal.
func (sh Shell) Loop(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx) // Ctrl-C ends a statement, not the prompt
	s := &session{Shell: sh, in: os.Stdin, out: os.Stdout}
	var err error
	if s.running, err = liner.TerminalMode(); err != nil {
		return lang.Errorf("prompt: %w", "提示符：%w", err)
	}
	s.line = liner.NewLiner()
	defer s.line.Close()
	if s.typing, err = liner.TerminalMode(); err != nil {
		return lang.Errorf("prompt: %w", "提示符：%w", err)
	}
	defer s.endOnTerminate()()
	s.line.SetCtrlCAborts(true)
	s.line.SetMultiLineMode(true)
	s.line.SetBeep(false)
	s.line.SetTabCompletionStyle(liner.TabPrints)
	if s.History != "" {
		old, err := readHistory(s.History)
		if err != nil {
			s.complain(err)
			s.History = ""
		}
		for _, l := range old {
			s.line.AppendHistory(l)
		}
	}
	fmt.Fprint(s.out, sh.Greeting)
	pending := ""
	for {
		text, err := s.read(pending)
		switch {
		case errors.Is(err, liner.ErrPromptAborted): // Ctrl-C drops what was typed
			pending = ""
			continue
		case errors.Is(err, io.EOF):
			fmt.Fprintln(s.out)
			return nil
		case err != nil:
			return lang.Errorf("prompt: %w", "提示符：%w", err)
		}
		pending, err = s.take(ctx, pending+text)
		if errors.Is(err, ErrQuit) {
			return nil
		}
	}
}

// read edits one more line.
func (s *session) read(pending string) (string, error) {
	prompt := s.Prompt
	if pending != "" {
		prompt = s.More
	}
	if err := s.typing.ApplyMode(); err != nil {
		return "", err
	}
	if s.Complete != nil {
		s.line.SetWordCompleter(func(line string, pos int) (string, []string, string) {
			r := []rune(line)
			head, found := complete(pending+string(r[:pos]), s.Complete)
			return strings.TrimPrefix(head, pending), found, string(r[pos:])
		})
	}
	text, err := s.line.Prompt(prompt)
	if e := s.running.ApplyMode(); err == nil {
		err = e
	}
	return text + "\n", err
}

// take runs the statements that are whole and gives what is left.
func (s *session) take(ctx context.Context, text string) (string, error) {
	for {
		lead := strings.TrimLeft(text, " \t\r\n　")
		if lead == "" {
			return "", nil
		}
		statement, rest, done := split(text)
		if lead[0] == '.' || lead[0] == '@' {
			statement, rest, done = strings.TrimSpace(text), "", true
			statement = strings.TrimRight(statement, ";；")
		}
		if !done {
			return text, nil
		}
		if statement != "" {
			s.remember(text[:len(text)-len(rest)])
			if err := s.run(ctx, statement); err != nil {
				return "", err
			}
		}
		text = rest
	}
}

// remember adds a statement to the history. One typed with a space before it, or that is private, stays out of the file.
func (s *session) remember(text string) {
	statement := strings.TrimSpace(text)
	if statement[0] != '.' && statement[0] != '@' {
		statement = oneLine(text)
	}
	s.line.AppendHistory(statement)
	if s.History == "" || strings.HasPrefix(text, " ") || s.Private != nil && s.Private(statement) {
		return
	}
	if err := addHistory(s.History, statement); err != nil {
		s.complain(err)
		s.History = ""
	}
}

// run runs one statement; Ctrl-C cancels it.
func (s *session) run(ctx context.Context, statement string) error {
	begin := time.Now()
	running, stop := signal.NotifyContext(ctx, os.Interrupt)
	var b bytes.Buffer
	err := s.Run(running, statement, &b)
	cancelled := running.Err() != nil
	stop()
	switch {
	case errors.Is(err, ErrQuit):
		return err
	case cancelled:
		fmt.Fprint(s.out, lang.Say("cancelled after %.1f s\n", "%.1f 秒后取消\n", time.Since(begin).Seconds()))
	case err != nil:
		s.complain(err)
	default:
		if err := s.page(b.Bytes()); err != nil {
			s.complain(err)
		}
	}
	return nil
}

func (s *session) complain(err error) { fmt.Fprintln(os.Stderr, "error:", err) }

// catchInterrupts keeps Ctrl-C from ending the program while another one has the terminal.
func (s *session) catchInterrupts() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	return func() { signal.Stop(c) }
}

// endOnTerminate gives the terminal back before the program is ended from outside.
func (s *session) endOnTerminate() (stop func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-c:
			s.line.Close()
			os.Exit(1)
		case <-done:
		}
	}()
	return func() {
		signal.Stop(c)
		close(done)
	}
}
