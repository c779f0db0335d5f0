//go:build !unix

package onepage

import "os/exec"

// withChildren: where there are no process groups, WaitDelay must do.
func withChildren(*exec.Cmd) {}
