package main

import (
	"bytes"
	"io/fs"
	"log/slog"
	"sync"
	"syscall"
	"testing"

	"taizhang/internal/lang"
)

// TestConsole: who sits at the terminal is warned in sentences, not in lines of a log.
func TestConsole(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(&console{mu: new(sync.Mutex), out: &out})
	log.Info("models", "took", 3)
	log.Warn("alert", "alert", "calendar", "subject", "2027", "text", "2027年的放假调休安排尚未录入")
	log.With("job", "intake").Error("a file waits", "err", &fs.PathError{Op: "write", Path: "outbox/甲局/a.xlsx", Err: syscall.EROFS})
	log.Warn("jobs were at work when the program ended", "jobs", 2)
	const want = "warning: 2027年的放假调休安排尚未录入\nerror: a file waits: write outbox/甲局/a.xlsx: read-only file system\nwarning: jobs were at work when the program ended jobs=2\n"
	if out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
	lang.Speak(lang.Chinese)
	defer lang.SpeakAsSystem()
	out.Reset()
	log.Error("a file waits", "err", &fs.PathError{Op: "write", Path: "outbox/甲局/a.xlsx", Err: syscall.EROFS})
	log.Warn("数据库已损坏，正在由档案重新生成", "err", syscall.EIO)
	if want := "错误：写入 outbox/甲局/a.xlsx：所在磁盘是只读的\n注意：数据库已损坏，正在由档案重新生成：读写磁盘出错，磁盘可能有故障\n"; out.String() != want {
		t.Errorf("%s\nwant\n%s", out.String(), want)
	}
}
