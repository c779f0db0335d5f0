package ingest

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"taizhang/ingest/sheet"
)

// Dropped is a file in the inbox.
type Dropped struct {
	Path   string // relative to the inbox, with slashes
	Folder string // first folder, "" if none
	Name   string
	Size   int64
	mod    time.Time
	Wait   string // why it stays where it is, in Chinese; "" when it is ready
}

// settled is how long a file must have been left alone before it counts as whole,
// where its content can't tell.
const settled = 2 * time.Second

// Inbox lists the files in the inbox in order of path. Files that are not whole yet carry the reason.
func Inbox(dir string, now time.Time) ([]Dropped, error) {
	var out []Dropped
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if os.IsNotExist(err) {
				return nil
			}
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasPrefix(d.Name(), ".") || strings.EqualFold(d.Name(), "desktop.ini") || strings.EqualFold(d.Name(), "thumbs.db") {
			return nil
		}
		f := Dropped{Path: rel, Name: d.Name()}
		if folder, _, ok := strings.Cut(rel, "/"); ok {
			f.Folder = folder
		}
		info, err := d.Info()
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			return err
		}
		f.Size, f.mod = info.Size(), info.ModTime()
		switch {
		case !info.Mode().IsRegular():
			f.Wait = "链接文件，不读取"
		case strings.HasPrefix(f.Name, "~$") || strings.HasPrefix(f.Name, ".~lock."):
			f.Wait = "Excel/WPS 打开文件时的临时文件"
		case f.Size == 0:
			f.Wait = "空文件（0字节），可能还没有复制完"
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list inbox: %w", err)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out, nil
}

// readDropped reads a file whole; ok is false while it is still being copied.
// A workbook that is complete by its own structure needs no waiting; for others the size must rest.
func readDropped(dir string, d *Dropped, limit int64, now time.Time, pause func(time.Duration)) (content []byte, ok bool, err error) {
	path := filepath.Join(dir, filepath.FromSlash(d.Path))
	if d.Size > limit { // never read; the first megabyte names it in the archive
		return nil, true, nil
	}
	content, err = os.ReadFile(path)
	if err != nil {
		if os.IsNotExist(err) || os.IsPermission(err) { // gone again, or held by the program that writes it
			d.Wait = "正在被其他程序使用"
			return nil, false, nil
		}
		return nil, false, fmt.Errorf("read %s: %w", d.Path, err)
	}
	complete := sheet.Complete(content)
	binary := len(content) > 4 && (string(content[:2]) == "PK" || string(content[:4]) == "\xd0\xcf\x11\xe0")
	if complete && binary {
		return content, true, nil
	}
	if now.Sub(d.mod) < settled {
		pause(300 * time.Millisecond)
		info, err := os.Stat(path)
		if err != nil || info.Size() != int64(len(content)) || !info.ModTime().Equal(d.mod) || binary {
			d.Wait = "文件还在复制中"
			return nil, false, nil
		}
	}
	return content, true, nil
}
