package shell

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// kept is how many statements a history holds.
const kept = 1000

// HistoryFile is where a program keeps the history of its prompt: in the
// user's own folder for state, never beside the data. Empty: nowhere.
func HistoryFile(program string) string {
	if v, set := os.LookupEnv(strings.ToUpper(program) + "_HISTORY"); set {
		return v
	}
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		switch runtime.GOOS {
		case "windows", "darwin":
			d, err := os.UserCacheDir() // %LocalAppData%
			if runtime.GOOS == "darwin" {
				d, err = os.UserConfigDir() // ~/Library/Application Support
			}
			if err != nil {
				return ""
			}
			dir = d
		default:
			home, err := os.UserHomeDir()
			if err != nil {
				return ""
			}
			dir = filepath.Join(home, ".local", "state")
		}
	}
	return filepath.Join(dir, program, "sql_history")
}

// readHistory gives the statements of a history, oldest first.
func readHistory(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, lang.Errorf("read the history: %w", "读取命令历史：%w", err)
	}
	var out []string
	for _, l := range strings.Split(strings.ToValidUTF8(string(text), ""), "\n") {
		if l != "" {
			out = append(out, l)
		}
	}
	return out, nil
}

// addHistory appends a statement at once: a prompt that is killed loses nothing, and two prompts don't overwrite each
// other. Only the user can read the file. Where it has grown long its older half goes.
func addHistory(path, statement string) (err error) {
	defer func() {
		if err != nil {
			err = lang.Errorf("keep the history: %w", "保存命令历史：%w", err)
		}
	}()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(statement + "\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if len(lines) <= 2*kept {
		return nil
	}
	return durable.WriteBytes(path, 0o600, bytes.Join(lines[len(lines)-1-kept:], nil))
}
