package lang

import (
	"io/fs"
	"testing"

	"golang.org/x/sys/windows"
)

// TestSystemOfWindows: what Windows says of files is said in Chinese, too.
func TestSystemOfWindows(t *testing.T) {
	for err, want := range map[error]string{
		&fs.PathError{Op: "open", Path: `C:\x`, Err: windows.ERROR_SHARING_VIOLATION}: "打开 C:\\x：正被别的程序占用（请在 Excel 等程序中关闭它）",
		&fs.PathError{Op: "write", Path: `C:\x`, Err: windows.ERROR_DISK_FULL}:        "写入 C:\\x：磁盘已满",
		&fs.PathError{Op: "open", Path: `C:\x`, Err: windows.ERROR_PATH_NOT_FOUND}:    "打开 C:\\x：文件或文件夹不存在",
	} {
		if got := In(err, Chinese); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}
