package warehouse

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"taizhang/internal/lang"
)

// Names of the files of a zone that this package looks after.
const (
	FileName  = "warehouse.duckdb"
	LockName  = "warehouse.lock"
	Published = "taizhang.duckdb"
)

// holder is what the owner writes into the lock file.
type holder struct {
	PID     int       `json:"pid"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
	Address string    `json:"address,omitempty"`
	Token   string    `json:"token,omitempty"`
}

// HeldError says that another process owns the warehouse. Address and Token
// are set where that process is a `serve` that takes work over.
type HeldError struct {
	PID     int
	Command string
	Since   time.Time // on the holder's clock
	Address string
	Token   string
}

func (e *HeldError) Error() string {
	return e.In(lang.Spoken())
}

// In is Error in a given language.
func (e *HeldError) In(l lang.Language) string {
	who := lang.Say("another process", "另一个程序")
	if e.PID != 0 {
		who = lang.Say("process %d", "进程%d", e.PID)
	}
	if e.Command != "" {
		who = lang.Say("`taizhang %s` (%s)", "taizhang %s（%s）", e.Command, who)
	}
	if e.Since.IsZero() {
		return lang.Say("the warehouse is in use by %s", "数据库正在使用：%s", who).In(l)
	}
	return lang.Say("the warehouse is in use by %s since %s", "数据库正在使用：%s，自 %s 起", who, e.Since.Format("2006-01-02 15:04")).In(l)
}

// Owner is the right to write the warehouse of one zone. It lasts until
// Release or the end of the process, however it ends: the operating system
// drops the lock, so a dead owner never blocks anyone.
type Owner struct {
	file *os.File
	info holder
}

// Lock makes this process the owner of the warehouse in dir, or returns a
// *HeldError that says who is. The command is the word after `taizhang`; since
// when it runs is told by the clock of loc, the zone's: the system's may be
// that of another.
func Lock(dir, command string, loc *time.Location) (*Owner, error) {
	return LockFile(filepath.Join(dir, LockName), command, loc)
}

// LockFile is Lock for something else that has one owner at a time, by a lock file of its own.
func LockFile(path, command string, loc *time.Location) (*Owner, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, lang.Errorf("lock %s: %w", "锁定 %s：%w", path, err)
	}
	if err := lockFile(f); err != nil {
		held := readHolder(f)
		f.Close()
		if !errors.Is(err, errLocked) {
			return nil, lang.Errorf("lock %s: %w", "锁定 %s：%w", path, err)
		}
		return nil, &HeldError{PID: held.PID, Command: held.Command, Since: held.Since, Address: held.Address, Token: held.Token}
	}
	o := &Owner{file: f, info: holder{PID: os.Getpid(), Command: command, Since: time.Now().In(loc).Truncate(time.Second)}}
	if err := o.write(); err != nil {
		o.Release()
		return nil, err
	}
	return o, nil
}

// Serving says which `serve` owns the warehouse in dir and takes work over;
// nil where none does. It is asked without becoming the owner.
func Serving(dir string) *HeldError {
	text, err := os.ReadFile(filepath.Join(dir, LockName))
	var h holder
	if err != nil || json.Unmarshal(text, &h) != nil || h.Command != "serve" || h.Address == "" {
		return nil
	}
	o, err := Lock(dir, "", time.UTC) // what it wrote may be what a dead one left
	if err == nil {
		_ = o.Release()
		return nil
	}
	var held *HeldError
	if !errors.As(err, &held) || held.Command != "serve" || held.Address == "" {
		return nil
	}
	return held
}

// Serve writes the address and token under which this owner takes work from
// others (`run` beside `serve`) into the lock file.
func (o *Owner) Serve(address, token string) error {
	o.info.Address, o.info.Token = address, token
	return o.write()
}

// Release gives the warehouse up. The lock file stays: removing it would let
// two processes lock two files of the same name.
func (o *Owner) Release() error {
	if o == nil || o.file == nil {
		return nil
	}
	f := o.file
	o.file = nil
	truncErr := f.Truncate(0)
	if err := unlockFile(f); err != nil {
		f.Close()
		return lang.Errorf("unlock warehouse: %w", "解除数据库锁定：%w", err)
	}
	if err := f.Close(); err != nil {
		return lang.Errorf("unlock warehouse: %w", "解除数据库锁定：%w", err)
	}
	return truncErr
}

func (o *Owner) write() error {
	text, err := json.Marshal(o.info)
	if err != nil {
		return err
	}
	if err := o.file.Truncate(0); err != nil {
		return lang.Errorf("write lock file: %w", "写锁文件：%w", err)
	}
	if _, err := o.file.WriteAt(append(text, '\n'), 0); err != nil {
		return lang.Errorf("write lock file: %w", "写锁文件：%w", err)
	}
	return nil
}

// readHolder is best effort: the holder may be in the middle of writing.
func readHolder(f *os.File) holder {
	var h holder
	for range 5 {
		text, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<16))
		if err == nil && json.Unmarshal(text, &h) == nil && h.PID != 0 {
			return h
		}
		time.Sleep(10 * time.Millisecond)
	}
	return h
}

// heldText says which process has a published file open for writing.
func heldText(pid int) string {
	if pid > 0 {
		return lang.Phrase("process %d has it open for writing", "进程%d以写入方式打开着它", pid)
	}
	return lang.Phrase("another process has it open for writing", "另一个程序以写入方式打开着它")
}
