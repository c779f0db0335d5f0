//go:build unix

package durable_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"taizhang/internal/durable"
)

// TestFolderNotListed: a folder that may be written to but not read, as drop boxes are. Root reads any folder, so as root
// the test is run by a process that belongs to nobody.
func TestFolderNotListed(t *testing.T) {
	dir := os.Getenv("TAIZHANG_TEST_DROP_BOX")
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "d")
		if os.Geteuid() == 0 {
			asNobody(t)
			return
		}
	}
	if err := os.Mkdir(dir, 0o300); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadDir(dir); err == nil {
		t.Fatal("the folder can be listed all the same")
	}
	if err := durable.WriteBytes(filepath.Join(dir, "f"), 0o644, []byte("x")); err != nil {
		t.Error(err)
	}
}

// asNobody runs the test that calls it in a process without root's rights. The program of the tests lies where only root
// may look, so that process gets a copy.
func asNobody(t *testing.T) {
	t.Helper()
	const nobody = 65534
	home, err := os.MkdirTemp("", "nobody-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	program := filepath.Join(home, "test")
	content, err := os.ReadFile(os.Args[0])
	if err == nil {
		err = os.WriteFile(program, content, 0o755)
	}
	if err == nil {
		err = os.Chown(home, nobody, nobody)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Dir = home
	cmd.Env = append(os.Environ(), "TAIZHANG_TEST_DROP_BOX="+filepath.Join(home, "d"), "TMPDIR="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}
