//go:build unix

package onepage

import (
	"os/exec"
	"syscall"
)

// withChildren has the program's children end with it: browsers and LibreOffice
// start several.
func withChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
