//go:build unix

package ingest

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestForbiddenFolder: a folder that can't be listed costs its own files only. Nothing is forbidden to root, who therefore
// has it tried by nobody.
func TestForbiddenFolder(t *testing.T) {
	if os.Getuid() == 0 {
		asNobody(t)
		return
	}
	o := newOffice(t)
	o.drop("青山街道/台账.xlsx", goodBook())
	o.drop("禁区/台账.xlsx", goodBook())
	if err := os.Chmod(o.path("禁区"), 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(o.path("禁区"), 0o755)
	outcomes, waiting := o.run()
	o.want(outcomes, waiting, "台账.xlsx: accepted", "禁区: 没有读取权限")
}

// asNobody runs this test again as a user without rights.
func asNobody(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	program := filepath.Join(dir, "test")
	to, err := os.OpenFile(program, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-test.run", "^"+t.Name()+"$", "-test.v")
	c.Dir, c.Env = dir, append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
