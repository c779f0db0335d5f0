package fence

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"taizhang/internal/lang"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
)

// ChildCommand is the hidden first argument under which the binary runs one
// fenced query and ends: main calls ChildMain for it before anything else.
const ChildCommand = "__query"

// Options limit a query that somebody typed.
type Options struct {
	MaxRows  int              // default 100,000; further rows are cut off and Table.Truncated says so
	MaxBytes int64            // of all rows as they are passed on; further rows are cut off likewise; 0: unbounded
	MaxText  int              // characters of one text, past which it is cut and says so; 0: unbounded
	Deadline time.Duration    // default 30 s; the query is killed a second later
	Memory   int64            // bytes of address space; default 3 GiB
	Exe      string           // default: this binary
	At       *warehouse.Point // another point than the publication's own
	Progress func(Progress)   // told now and then how far the query is; may be nil
}

// Progress is how far a query is.
type Progress struct {
	Percent float64 `json:"percent"` // negative: the engine can't tell
	Rows    uint64  `json:"rows"`    // that it has read so far, as far as it counts them
}

// Error is why a fenced query gave no result; its text is for the user.
type Error struct {
	Message lang.Text
	Hint    lang.Text // empty where there is none
}

func (e *Error) Error() string {
	if e.Hint == (lang.Text{}) {
		return e.Message.String()
	}
	return lang.Phrase("%s\nhint: %s", "%s\n建议：%s", e.Message, e.Hint)
}

// plain is what DuckDB says, which has one language.
func plain(text string) lang.Text { return lang.Text{English: text, Chinese: text} }

func (f Options) withDefaults() (Options, error) {
	if f.MaxRows <= 0 {
		f.MaxRows = 100_000
	}
	if f.Deadline <= 0 {
		f.Deadline = 30 * time.Second
	}
	if f.Memory <= 0 {
		f.Memory = 3 << 30
	}
	if f.Exe == "" {
		exe, err := os.Executable()
		if err != nil {
			return f, err
		}
		f.Exe = exe
	}
	return f, nil
}

// childRequest goes to the child's standard input.
type childRequest struct {
	Path     string           `json:"path"`
	TimeZone string           `json:"time_zone"`
	Query    string           `json:"query"`
	Args     []string         `json:"args,omitempty"`
	MaxRows  int              `json:"max_rows"`
	MaxBytes int64            `json:"max_bytes,omitempty"`
	MaxText  int              `json:"max_text,omitempty"`
	Memory   int64            `json:"memory"`
	Seconds  float64          `json:"seconds"`
	At       *warehouse.Point `json:"at,omitempty"`
	Progress bool             `json:"progress,omitempty"`
}

// childLine is one line of the child's answer: how far it is, as often as it likes, then columns, rows, the end.
type childLine struct {
	Columns []result.Column `json:"columns,omitempty"`
	Row     []any           `json:"row,omitempty"`
	Far     *Progress       `json:"far,omitempty"`
	End     *struct {
		Truncated bool `json:"truncated"`
	} `json:"end,omitempty"`
	Error *lang.Text `json:"error,omitempty"`
	Hint  lang.Text  `json:"hint"`
}

// Run runs one SELECT on a published file in a process of its own that
// can neither write, reach other files or the network, nor outgrow its limits:
// whatever it does costs only itself. Arguments stand for ? in the query.
func Run(ctx context.Context, path, timeZone, query string, f Options, args ...string) (result.Table, error) {
	var t result.Table
	err := Stream(ctx, path, timeZone, query, f, func(columns []result.Column) error {
		t.Columns = columns
		return nil
	}, func(row []any) error {
		t.Rows = append(t.Rows, row)
		return nil
	}, func() { t.Truncated = true }, args...)
	return t, err
}

// Stream is Run for results that need not be held in memory.
func Stream(ctx context.Context, path, timeZone, query string, f Options, columns func([]result.Column) error, row func([]any) error, truncated func(), args ...string) error {
	f, err := f.withDefaults()
	if err != nil {
		return err
	}
	if _, err := os.Stat(path); err != nil {
		return err
	}
	asked := ctx
	ctx, cancel := context.WithTimeout(asked, f.Deadline+time.Second)
	defer cancel()
	req, err := json.Marshal(childRequest{path, timeZone, query, args, f.MaxRows, f.MaxBytes, f.MaxText, f.Memory, f.Deadline.Seconds(), f.At, f.Progress != nil})
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, f.Exe, ChildCommand)
	cmd.Stdin = bytes.NewReader(req)
	cmd.Env = childEnv()
	var complaint tail
	cmd.Stderr = &complaint
	cmd.WaitDelay = time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended, readErr := readChild(out, f.Progress, columns, row, truncated)
	if readErr != nil {
		cancel() // nobody reads on: the child must not wait for a full pipe
	}
	_, _ = io.Copy(io.Discard, out)
	waitErr := cmd.Wait()
	var fe *Error
	switch {
	case errors.As(readErr, &fe):
		return fe
	case ended:
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{lang.Say("the query was stopped after %s", "查询超过%s，已停止", f.Deadline), lang.Say("add conditions, or aggregate fewer rows", "请加条件，或少汇总一些行")}
	case asked.Err() != nil && (readErr == nil || errors.Is(readErr, io.ErrUnexpectedEOF)):
		return asked.Err()
	case readErr != nil && !errors.Is(readErr, io.ErrUnexpectedEOF):
		return readErr
	}
	return died(waitErr, complaint.String(), f)
}

// died explains a child that ended without an answer.
func died(waitErr error, complaint string, f Options) error {
	text := strings.ToLower(complaint)
	if strings.Contains(text, "memory") || strings.Contains(text, "bad_alloc") || strings.Contains(text, "cannot allocate") || complaint == "" {
		return outOfMemory(f.Memory)
	}
	if waitErr == nil {
		waitErr = lang.Errorf("no answer", "没有应答")
	}
	first, _, _ := strings.Cut(strings.TrimSpace(complaint), "\n")
	return &Error{lang.Say("the query ended without a result (%v: %s)", "查询没有得到结果（%v：%s）", waitErr, first), lang.Text{}}
}

// outOfMemory says that a query came to the limit of memory, in whichever way.
func outOfMemory(memory int64) *Error {
	return &Error{lang.Say("the query needed more memory than the %d MB it may use and was stopped", "查询需要的内存超过上限 %d MB，已停止", memory>>20),
		lang.Say("add conditions, or aggregate fewer rows", "请加条件，或少汇总一些行")}
}

// readChild reads the answer; ended says that it was complete.
func readChild(out io.Reader, far func(Progress), columns func([]result.Column) error, row func([]any) error, truncated func()) (ended bool, err error) {
	dec := json.NewDecoder(bufio.NewReaderSize(out, 1<<16))
	dec.UseNumber()
	var types []result.Column
	for {
		var line childLine
		if err := dec.Decode(&line); err != nil {
			return false, io.ErrUnexpectedEOF
		}
		switch {
		case line.Error != nil:
			return false, &Error{*line.Error, line.Hint}
		case line.End != nil:
			if line.End.Truncated {
				truncated()
			}
			return true, nil
		case line.Far != nil:
			if far != nil {
				far(*line.Far)
			}
		case line.Columns != nil:
			types = line.Columns
			if err := columns(types); err != nil {
				return false, err
			}
		default:
			if len(line.Row) != len(types) {
				return false, io.ErrUnexpectedEOF
			}
			for i := range line.Row {
				line.Row[i] = result.Typed(line.Row[i], types[i].Type)
			}
			if err := row(line.Row); err != nil {
				return false, err
			}
		}
	}
}

// childEnv keeps what a process needs to start and to speak its user's language, and nothing that DuckDB reads.
func childEnv() []string {
	var out []string
	for _, k := range []string{"PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "SystemRoot", "WINDIR", "TMP", "TEMP", "GOCOVERDIR", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v, ok := os.LookupEnv(k); ok {
			out = append(out, k+"="+v)
		}
	}
	return append(out, "GOMAXPROCS=2", "GOTRACEBACK=none")
}

// tail keeps the first bytes of what a child complains about.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	if room := 4096 - len(t.b); room > 0 {
		t.b = append(t.b, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(t.b) }
