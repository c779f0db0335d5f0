package ingest

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/anyfile"
	"taizhang/ingest/written"
	"taizhang/internal/archive"
	"taizhang/internal/lang"
)

// Dropped is a file in the inbox.
type Dropped struct {
	Path   string // relative to the inbox, with slashes
	Folder string // first folder, "" if none
	Name   string
	Size   int64
	mod    time.Time
	change time.Time // when the file system last saw it change, which copying a time doesn't set back
	Wait   lang.Text // why it stays where it is; empty when it is ready

	partial bool  // its content shows that its end is missing
	fault   error // why it can't be read, where somebody has to do something about that
}

const (
	// quiet is how long a file whose content can't tell that it is whole must be seen unchanged. It is watched by our own
	// clock: the times of a share are another machine's, and a copy may come in pieces.
	quiet = 3 * time.Second
	// settled is how long ago a file must have changed to need no watching: clocks in one network differ by less.
	settled = 5 * time.Minute
	// stopped is how long a file whose end is missing must have lain unchanged for its copy to be held to have stopped. It
	// stays all the same: the rest may come.
	stopped = 24 * time.Hour
	// hiddenShown is how many files of one hidden folder are named.
	hiddenShown = 20
)

var (
	waitGrowing = lang.Say("it is still being copied", "文件还在复制中")
	waitUnread  = lang.Say("it can't be read: look at the disk, the network share or its name", "无法读取，请检查磁盘、网络共享或文件名")
	waitBusy    = lang.Say("another program is using it", "正在被其他程序使用")
	waitPartial = lang.Say("its end is missing: it waits for the copy to be done", "文件还没有复制完整，等待复制完成")
	waitStopped = lang.Say("its end is missing, and the copy seems to have stopped: copy it again", "文件没有复制完整，复制似乎已经中断，请重新复制")
	waitLink    = lang.Say("a link: not read", "链接文件，不读取")
	waitHidden  = lang.Say("in a hidden folder (its name begins with a dot): not read", "在隐藏文件夹（名称以“.”开头）中，不读取")
)

// unfinished are the endings of names under which browsers and copying programs keep what has not come in whole.
var unfinished = []string{".crdownload", ".part", ".partial", ".tmp", ".temp", ".download", ".downloading", ".opdownload", ".filepart", ".aria2", ".xltd", ".td", ".!ut"}

// WaitAt is Wait; of a file that isn't whole it also tells whether, by the time now, its copy seems to have stopped.
func (d Dropped) WaitAt(now time.Time) lang.Text {
	if d.partial && min(now.Sub(d.mod), now.Sub(d.change)) >= stopped {
		return waitStopped
	}
	return d.Wait
}

// Inbox lists the files in the inbox folder by folder, drafts first, in order of path. Files that are not to be read, or not yet, carry the reason.
func Inbox(dir string) ([]Dropped, error) {
	root, err := filepath.EvalSymlinks(dir) // the inbox itself may be a link to a share
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, lang.Errorf("list inbox: %w", "列出收件箱：%w", err)
	}
	l := inboxList{root: root, hidden: map[string]int{}}
	if err := filepath.WalkDir(root, l.visit); err != nil {
		return nil, lang.Errorf("list inbox: %w", "列出收件箱：%w", err)
	}
	for in, n := range l.hidden {
		if n > hiddenShown {
			l.found = append(l.found, Dropped{Path: in, Folder: strings.SplitN(in, "/", 2)[0], Name: filepath.Base(in), Wait: lang.Say("a hidden folder (its name begins with a dot): %d more files in it are not read", "隐藏文件夹（名称以“.”开头），另有%d个文件不读取", n-hiddenShown)})
		}
	}
	slices.SortFunc(l.found, inOrder)
	return l.found, nil
}

// inOrder sorts by folder, drafts before what they give way to, then by path.
func inOrder(a, b Dropped) int {
	if c := strings.Compare(a.Folder, b.Folder); c != 0 {
		return c
	}
	if da, db := written.IsDraft(a.Name), written.IsDraft(b.Name); da != db {
		if da {
			return -1
		}
		return 1
	}
	return strings.Compare(a.Path, b.Path)
}

// inboxList gathers what lies in the inbox.
type inboxList struct {
	root   string
	hidden map[string]int // files of each hidden folder
	found  []Dropped
}

// leftByPrograms are files that file managers leave.
var leftByPrograms = []string{".ds_store", ".gitkeep", ".keep", "desktop.ini", "thumbs.db"}

// visit takes one entry of a folder.
func (l *inboxList) visit(path string, d fs.DirEntry, err error) error {
	rel, relErr := filepath.Rel(l.root, path)
	if relErr != nil {
		return relErr
	}
	f := Dropped{Path: filepath.ToSlash(rel), Name: filepath.Base(path)}
	if folder, _, within := strings.Cut(f.Path, "/"); within {
		f.Folder = folder
	}
	switch {
	case os.IsNotExist(err): // gone since
		return nil
	case err != nil && rel != ".": // one folder costs its own files only
		return l.unread(f, d, err)
	case err != nil:
		return err
	case d.IsDir(), strings.HasPrefix(f.Name, "._"), slices.Contains(leftByPrograms, strings.ToLower(f.Name)):
		return nil
	}
	info, err := d.Info()
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		f.Wait, f.fault = waitUnread, err
		l.found = append(l.found, f)
		return nil
	}
	f.Size, f.mod, f.change = info.Size(), info.ModTime(), changeTime(info)
	if in := hiddenFolder(f.Path); in != "" {
		if l.hidden[in]++; l.hidden[in] > hiddenShown {
			return nil
		}
		f.Wait = waitHidden
	} else if f.Wait = f.notRead(info.Mode()); f.Wait == (lang.Text{}) && !wholeAt(path, f.Size) {
		f.Wait, f.partial = waitPartial, true
	}
	l.found = append(l.found, f)
	return nil
}

// unread notes a file or folder that can't be looked into.
func (l *inboxList) unread(f Dropped, d fs.DirEntry, err error) error {
	f.Wait, f.fault = waitUnread, err
	if os.IsPermission(err) {
		f.Wait = lang.Say("there is no permission to read it", "没有读取权限")
	}
	l.found = append(l.found, f)
	if d == nil || d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// notRead says why a file is not read whatever is in it; empty where it is.
func (d *Dropped) notRead(mode fs.FileMode) lang.Text {
	switch {
	case mode&fs.ModeSymlink != 0:
		return waitLink
	case !mode.IsRegular():
		return lang.Say("no ordinary file: not read", "不是普通文件，不读取")
	case strings.HasPrefix(d.Name, "~$") || strings.HasPrefix(d.Name, ".~lock."):
		return lang.Say("the lock file of a workbook that is open in Excel or WPS", "Excel/WPS 打开文件时的临时文件")
	case strings.HasPrefix(d.Name, "."):
		return lang.Say("a hidden file (its name begins with a dot): not read", "隐藏文件（名称以“.”开头），不读取")
	case slices.ContainsFunc(unfinished, func(end string) bool { return strings.HasSuffix(strings.ToLower(d.Name), end) }):
		return lang.Say("the file of a download or saving that has not ended: not read", "没有下载完或没有保存完的临时文件，不读取")
	case d.Size == 0:
		return lang.Say("an empty file (0 bytes); it may still be being copied", "空文件（0字节），可能还没有复制完")
	}
	return lang.Text{}
}

// hiddenFolder is the outermost folder on a path whose name begins with a point, "" for none.
func hiddenFolder(path string) string {
	for at := 0; ; {
		n := strings.IndexByte(path[at:], '/')
		if n < 0 {
			return ""
		}
		if path[at] == '.' {
			return path[:at+n]
		}
		at += n + 1
	}
}

// wholeAt looks whether a file has the end that its format demands, however long ago it was last written to: a copy that
// has stalled may go on tomorrow. What can't be opened now is for whoever reads it to tell.
func wholeAt(path string, size int64) bool {
	f, err := openPlain(path)
	if err != nil {
		return true
	}
	defer f.Close()
	return size > sheet.DefaultLimits().FileBytes || anyfile.CompleteAt(f, size)
}

// watch waits where some files may still grow: not those whose content tells that they are whole, nor those that were left
// alone for long. Whatever changes meanwhile is no longer the file that was listed, and waits (see openDropped).
func watch(dir string, files []Dropped, limit int64, now time.Time, pause func(time.Duration)) error {
	growing := false
	for i := range files {
		d := &files[i]
		if d.Wait != (lang.Text{}) {
			continue
		}
		if age := min(now.Sub(d.mod), now.Sub(d.change)); age >= settled {
			continue
		}
		content, err := readWithin(dir, d, limit)
		if err != nil {
			return err
		}
		switch {
		case d.Wait != (lang.Text{}) || content != nil && anyfile.HasEnd(content) && anyfile.Complete(content):
		case content != nil && zeroesAhead(content):
			d.Wait = waitGrowing
		default:
			growing = true
		}
	}
	if growing {
		pause(quiet)
	}
	return nil
}

// readWithin reads a file unless it is larger than the limit.
func readWithin(dir string, d *Dropped, limit int64) ([]byte, error) {
	if d.Size > limit {
		return nil, nil
	}
	return readDropped(dir, d)
}

// zeroesAhead knows a text whose room was taken before its content came, as Windows does on a share: it ends in zeroes.
func zeroesAhead(content []byte) bool {
	n := len(content)
	zeroes := n - len(bytes.TrimRight(content, "\x00"))
	return n >= 8 && zeroes >= 4 && bytes.IndexByte(content[:min(n/2, 512)], 0) < 0
}

// openDropped opens a file of the inbox, never through a link that took its place since it was listed. The file is nil
// where it can't be opened now: d says why.
func openDropped(dir string, d *Dropped) (*os.File, error) {
	f, err := openPlain(filepath.Join(dir, filepath.FromSlash(d.Path)))
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist): // gone again
		d.Wait = waitBusy
		return nil, nil
	case errors.Is(err, fs.ErrPermission): // held by the program that writes it, or not for us to read
		d.Wait, d.fault = waitBusy, err
		return nil, nil
	case isLinkError(err):
		d.Wait = waitLink
		return nil, nil
	default: // busy, a failing share, a name that is too long
		d.Wait, d.fault = waitUnread, err
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil || !d.same(info) {
		d.Wait = waitGrowing
		return nil, f.Close()
	}
	return f, nil
}

// same says whether a file is still the one that was listed.
func (d *Dropped) same(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() == d.Size && info.ModTime().Equal(d.mod)
}

// readDropped reads a file whole; it is nil where the file has to wait, for the reason in d.
func readDropped(dir string, d *Dropped) ([]byte, error) {
	f, err := openDropped(dir, d)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	content := make([]byte, d.Size)
	if _, err := io.ReadFull(f, content); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			d.Wait = waitGrowing
			return nil, nil
		}
		d.Wait, d.fault = waitUnread, err
		return nil, nil
	}
	if info, err := f.Stat(); err != nil || !d.same(info) {
		d.Wait = waitGrowing
		return nil, nil
	}
	return content, nil
}

// hashOf gives the SHA-256 of a file without holding it in memory.
func hashOf(path string) (string, error) {
	f, err := openPlain(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return archive.HashOf(f)
}
