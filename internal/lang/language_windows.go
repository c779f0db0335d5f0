package lang

import "golang.org/x/sys/windows"

// systemLanguage is the language of the user's windows, such as zh-CN.
func systemLanguage() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}

// ownCauses are what Windows says by names of its own; those of package syscall that others use are numbers that it never gives.
var ownCauses = []systemCause{
	{windows.ERROR_DISK_FULL, "磁盘已满"},
	{windows.ERROR_HANDLE_DISK_FULL, "磁盘已满"},
	{windows.ERROR_DISK_QUOTA_EXCEEDED, "超过磁盘配额"},
	{windows.ERROR_WRITE_PROTECT, "所在磁盘是只读的"},
	{windows.ERROR_CRC, "读写磁盘出错，磁盘可能有故障"},
	{windows.ERROR_IO_DEVICE, "读写磁盘出错，磁盘可能有故障"},
	{windows.ERROR_SHARING_VIOLATION, "正被别的程序占用（请在 Excel 等程序中关闭它）"},
	{windows.ERROR_LOCK_VIOLATION, "正被别的程序占用（请在 Excel 等程序中关闭它）"},
	{windows.ERROR_PATH_NOT_FOUND, "文件或文件夹不存在"},
	{windows.ERROR_DIRECTORY, "路径中有一段不是文件夹"},
	{windows.ERROR_INVALID_NAME, "名称中有系统不允许的字符"},
	{windows.ERROR_FILENAME_EXCED_RANGE, "名称太长"},
	{windows.ERROR_NOT_READY, "磁盘没有接好"},
	{windows.ERROR_BAD_NETPATH, "找不到网络共享"},
	{windows.ERROR_NETNAME_DELETED, "网络共享已断开"},
	{windows.WSAECONNREFUSED, "对方拒绝连接"},
	{windows.WSAECONNRESET, "对方断开了连接"},
	{windows.WSAETIMEDOUT, "连接超时"},
	{windows.WSAEADDRINUSE, "端口已被占用"},
}
