package warehouse

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"taizhang/internal/lang"
)

// RowFault is a fault that a row itself causes: a value that its column can't
// hold. Whatever else fails is the engine's or the disk's fault, and says
// nothing about the rows.
type RowFault struct{ err error }

func (f *RowFault) Error() string { return f.err.Error() }
func (f *RowFault) Unwrap() error { return f.err }

// asRowFault marks an error of casting loaded rows as a fault of the rows, and
// no other.
func asRowFault(err error) error {
	var de *duckdb.Error
	if errors.As(err, &de) && (de.Type == duckdb.ErrorTypeConversion || de.Type == duckdb.ErrorTypeOutOfRange) {
		return &RowFault{err}
	}
	return err
}

// IsRowFault says whether an error of Load was caused by a row itself.
func IsRowFault(err error) bool {
	var f *RowFault
	return errors.As(err, &f)
}

// fullSigns are what DuckDB passes on of a full disk: Windows says it in the language of the computer, and in its characters.
var fullSigns = []string{"No space left", "disk full", "not enough space", "磁盘空间不足", "\xb4\xc5\xc5\xcc\xbf\xd5\xbc\xe4\xb2\xbb\xd7\xe3"}

// damageSigns are what DuckDB says of a file that is no whole database.
var damageSigns = []string{"not a valid DuckDB database file", "Could not read enough bytes", "Corrupt database file", "checksum", "Failure while replaying WAL"}

// IsDamage says whether an error means that a database file is not whole; not
// that somebody holds it, that it can't be read, or that a newer program wrote it.
func IsDamage(err error) bool {
	var damaged *DamagedError
	return err != nil && (errors.As(err, &damaged) || says(err, damageSigns...))
}

// IsEngineFault says whether an error came from the engine, or from reading a database file: it may be damaged.
func IsEngineFault(err error) bool {
	var de *duckdb.Error
	var damaged *DamagedError
	return errors.As(err, &de) || errors.As(err, &damaged)
}

func says(err error, signs ...string) bool {
	text := err.Error()
	for _, s := range signs {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// IsOutOfMemory says whether a statement needed more memory than the engine may use.
func IsOutOfMemory(err error) bool {
	var de *duckdb.Error
	return errors.As(err, &de) && de.Type == duckdb.ErrorTypeOutOfMemory
}

// Remedy is what an operator can do about a fault of the engine or of a disk;
// empty where the error is neither, or explains itself.
func Remedy(err error) lang.Text {
	var de *duckdb.Error
	engine := errors.As(err, &de)
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	system := errors.As(err, &path) || errors.As(err, &link) || errors.As(err, &call)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), says(err, fullSigns...):
		return lang.Say("the disk is full: make room on it", "磁盘已满，请清理磁盘")
	case engine && IsDamage(err):
		return lang.Say("the warehouse is damaged: make it anew from the archive with: taizhang rebuild", "数据库已损坏，请由档案重新生成：taizhang rebuild")
	case IsOutOfMemory(err), errors.Is(err, syscall.ENOMEM):
		return lang.Say("there was not enough memory: close other programs", "内存不足，请关闭其他程序")
	case errors.Is(err, syscall.EROFS):
		return lang.Say("the disk can only be read: make it writable again", "磁盘是只读的，请改为可写")
	case errors.Is(err, fs.ErrPermission):
		return lang.Say("the program may not write there: have the permissions of that folder mended", "程序没有写入权限，请让管理员修正该文件夹的权限")
	case engine && (de.Type == duckdb.ErrorTypeIO || de.Type == duckdb.ErrorTypeFatal || de.Type == duckdb.ErrorTypeInternal), errors.Is(err, syscall.EIO), errors.Is(err, syscall.ESTALE):
		return lang.Say("the disk or the network share failed: check it", "磁盘或网络共享出现故障，请检查")
	case system:
		return lang.Say("check that the folder is there and can be written", "请检查该文件夹是否存在、能否写入")
	}
	return lang.Text{}
}
