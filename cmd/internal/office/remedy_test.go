package office

import (
	"io/fs"
	"regexp"
	"syscall"
	"testing"

	"taizhang/internal/lang"
)

// TestRemediesInOneLanguage: what went wrong with a disk and what to do then is said in one language, whichever is asked for
// later: the service keeps both.
func TestRemediesInOneLanguage(t *testing.T) {
	words := regexp.MustCompile(`[A-Za-z]{2,}`)
	then := lang.Say("; then run again", "，然后重新运行")
	for _, cause := range []error{syscall.ENOSPC, syscall.EROFS, syscall.EFBIG, syscall.EIO, fs.ErrPermission, syscall.ENOTDIR} {
		err := remedied(&fs.PathError{Op: "write a file in", Path: "发布", Err: cause}, then)
		if got := lang.In(err, lang.Chinese); words.MatchString(got) || !regexp.MustCompile(`\n建议：.+，然后重新运行$`).MatchString(got) {
			t.Errorf("%q", got)
		}
		if got := lang.In(err, lang.English); !regexp.MustCompile(`\nhint: .+; then run again$`).MatchString(got) {
			t.Errorf("%q", got)
		}
	}
	damage := remedied(&damagedError{syscall.EIO, then}, then)
	if got := lang.In(damage, lang.Chinese); got != "数据库已损坏：读写磁盘出错，磁盘可能有故障\n建议：由档案重新生成：taizhang rebuild，然后重新运行" {
		t.Errorf("%q", got)
	}
}
