package lang

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"
)

type systemCause struct {
	err     error
	chinese string
}

// causes are what the system says of files and connections, in Chinese.
var causes = []systemCause{
	{syscall.ENOSPC, "磁盘已满"},
	{syscall.EROFS, "所在磁盘是只读的"},
	{syscall.EFBIG, "文件超过系统允许的大小"},
	{syscall.EDQUOT, "超过磁盘配额"},
	{syscall.EIO, "读写磁盘出错，磁盘可能有故障"},
	{syscall.EISDIR, "这是文件夹，不是文件"},
	{syscall.ENOTDIR, "路径中有一段不是文件夹"},
	{syscall.ENOTEMPTY, "文件夹不是空的"},
	{syscall.ENAMETOOLONG, "名称太长"},
	{syscall.EMFILE, "打开的文件太多"},
	{syscall.EBUSY, "正被占用"},
	{syscall.EXDEV, "不在同一磁盘上"},
	{syscall.ECONNREFUSED, "对方拒绝连接"},
	{syscall.ECONNRESET, "对方断开了连接"},
	{syscall.ETIMEDOUT, "连接超时"},
	{syscall.EADDRINUSE, "端口已被占用"},
	{fs.ErrNotExist, "文件或文件夹不存在"},
	{fs.ErrExist, "已经存在"},
	{fs.ErrPermission, "没有权限"},
	{os.ErrDeadlineExceeded, "超时"},
	{context.DeadlineExceeded, "超时"},
	{context.Canceled, "已中断"},
	{io.ErrUnexpectedEOF, "内容不完整"},
}

// cause is what the system says of a file or connection, in Chinese; empty where it isn't known.
func cause(err error) string {
	for _, list := range [][]systemCause{ownCauses, causes} {
		for _, c := range list {
			if errors.Is(err, c.err) {
				return c.chinese
			}
		}
	}
	return ""
}

// operations are what was to be done with a file.
var operations = map[string]string{
	"open": "打开", "read": "读取", "write": "写入", "close": "关闭", "stat": "查看", "lstat": "查看", "mkdir": "建立文件夹", "remove": "删除", "unlinkat": "删除",
	"rename": "改名", "sync": "写入磁盘", "readdirent": "列出", "chmod": "设置权限", "chtimes": "设置时间", "truncate": "截断", "link": "链接", "symlink": "链接", "seek": "读取",
	"write a file in": "写入文件夹", "write to folder": "写入文件夹", "append to": "写入", "replace": "替换", "make": "建立", "cut": "截断", "look at": "查看", "check": "检查", "copy": "复制",
}

// ofSystem is what the system says of a file or connection, in Chinese; empty where it isn't known.
func ofSystem(err error) string {
	var operation, path string
	inner := err
	switch e := err.(type) {
	case *fs.PathError:
		operation, path, inner = e.Op, e.Path, e.Err
	case *os.LinkError:
		operation, path, inner = e.Op, e.Old+" → "+e.New, e.Err
	case *os.SyscallError:
		inner = e.Err
	case syscall.Errno:
	default:
		if errors.Unwrap(err) != nil { // it may say more than what it wraps
			return ""
		}
	}
	said := cause(inner)
	switch {
	case path == "":
		return said
	case said == "":
		said = In(inner, Chinese)
	}
	if chinese, ok := operations[operation]; ok {
		operation = chinese
	}
	return operation + " " + path + "：" + said
}
