package lang

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestMain: what Error says depends on the system's language; tests ask for one.
func TestMain(m *testing.M) {
	os.Setenv("LC_ALL", "C")
	os.Exit(m.Run())
}

func TestSpoken(t *testing.T) {
	for _, c := range []struct {
		env  string
		want Language
	}{
		{"", English}, {"LANG=zh_CN.UTF-8", Chinese}, {"LANG=zh", Chinese}, {"LANG=zh-Hans-CN", Chinese}, {"LANG=C.UTF-8", English}, {"LANG=en_US.UTF-8", English},
		{"LANG=zh_CN.UTF-8 LC_MESSAGES=en_US.UTF-8", English}, {"LANG=en_US LC_MESSAGES=zh_CN", Chinese}, {"LC_ALL=C LC_MESSAGES=zh_CN LANG=zh_CN", English},
		{"LC_ALL=zh_TW.Big5", Chinese}, {"system=zh-CN", Chinese}, {"system=zh-CN LANG=C", English}, {"LANG=zhx", English}, {"LANG=Chinese_China.936", Chinese},
	} {
		get := func(name string) string {
			for _, kv := range strings.Fields(c.env) {
				if k, v, _ := strings.Cut(kv, "="); k == name {
					return v
				}
			}
			return ""
		}
		if got := spoken(get, func() string { return get("system") }); got != c.want {
			t.Errorf("%s: %v", c.env, got)
		}
	}
}

// TestSpeak: what a zone asks for goes before the system's language.
func TestSpeak(t *testing.T) {
	defer SpeakAsSystem()
	text := Say("%s waits", "%s在等待", Say("a file", "一个文件"))
	if text.Error() != "a file waits" || text.String() != "a file waits" {
		t.Errorf("%q", text.Error())
	}
	Speak(Chinese)
	if text.Error() != "一个文件在等待" || Phrase("yes", "是") != "是" {
		t.Errorf("%q", text.Error())
	}
	SpeakAsSystem()
	if Spoken() != English {
		t.Error("the zone's language outlives it")
	}
}

func TestLanguageAsked(t *testing.T) {
	for text, want := range map[string]string{
		"zone: x\nlanguage: zh\n": "zh", "language: en # 英文": "en", "language:zh": "zh", "language：zh": "zh", "language: “zh”": "zh", "zone: [\nlanguage: \"zh\"": "zh",
		"# language: zh": "", "zone: x": "", "  language: zh": "", "language: de": "", "language: zhx": "", "note: language: zh": "",
	} {
		l, ok := LanguageAsked([]byte(text))
		if got := map[bool]string{true: map[Language]string{English: "en", Chinese: "zh"}[l]}[ok]; got != want {
			t.Errorf("%q asks for %q, want %q", text, got, want)
		}
	}
}

// TestErrorf: an error in both languages wraps as fmt.Errorf does, and speaks Chinese also within English ones.
func TestErrorf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	_, missing := os.Open(path)
	inner := Errorf("read %s: %w", "读取%s：%w", "键", missing)
	outer := fmt.Errorf("a fault: %w", errors.Join(inner, errors.New("else")))
	if !errors.Is(outer, fs.ErrNotExist) || outer.Error() != "a fault: read 键: open "+path+": no such file or directory\nelse" {
		t.Errorf("%v", outer)
	}
	if got, want := In(outer, Chinese), "a fault: 读取键：打开 "+path+"：文件或文件夹不存在\nelse"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := In(Errorf("%[2]w of %[1]s", "%[1]s的%[2]w", "甲", context.Canceled), Chinese); got != "甲的已中断" {
		t.Error(got)
	}
	if got := In(Errorf("not %v", "不是%v", fs.ErrPermission), Chinese); got != "不是没有权限" {
		t.Error(got)
	}
	if errors.Is(Errorf("not %v", "不是%v", fs.ErrPermission), fs.ErrPermission) {
		t.Error("a percent-v wraps")
	}
	Speak(Chinese)
	defer SpeakAsSystem()
	if got := In(outer, English); !strings.HasPrefix(got, "a fault: read 键: ") {
		t.Errorf("English while Chinese is spoken: %q", got)
	}
}

func TestSystem(t *testing.T) {
	for want, err := range map[string]error{
		"写入 a：磁盘已满":        &fs.PathError{Op: "write", Path: "a", Err: syscall.ENOSPC},
		"写入文件夹 a：磁盘已满":     &fs.PathError{Op: "write a file in", Path: "a", Err: syscall.ENOSPC}, // as durable says it
		"写入 a：文件超过系统允许的大小": &fs.PathError{Op: "write", Path: "a", Err: syscall.EFBIG},
		"改名 a → b：没有权限":    &os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EACCES},
		"对方拒绝连接":           os.NewSyscallError("connect", syscall.ECONNREFUSED),
		"打开 a：strange":     &fs.PathError{Op: "open", Path: "a", Err: errors.New("strange")},
		"strange":          errors.New("strange"),
		"":                 nil,
	} {
		if got := In(err, Chinese); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
