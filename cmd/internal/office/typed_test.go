package office

import (
	"os/exec"
	"testing"

	"taizhang/internal/tooltest"
)

// TestTyped: what is shown to be copied reaches the program as it was meant, whichever shell it is pasted into.
func TestTyped(t *testing.T) {
	sh := tooltest.Path(t, "sh", "dash")
	for _, arg := range []string{"/srv/zone", "/home/李 伟/台账", "a'b", `a"b c`, "$HOME/x y", "a`b", `back\slash`, "(园区)", ""} {
		out, err := exec.Command(sh, "-c", "printf %s "+typedOn("linux", arg)).Output()
		if err != nil || string(out) != arg {
			t.Errorf("%q typed as %s is %q (%v)", arg, typedOn("linux", arg), out, err)
		}
	}
	for arg, want := range map[string]string{
		`C:\台账`: `C:\台账`, `C:\Users\Li Wei\台账`: `"C:\Users\Li Wei\台账"`, `D:\台账 (新)\`: `"D:\台账 (新)"`, `C:\LIWEI~1\x`: `C:\LIWEI~1\x`,
	} {
		if got := typedOn("windows", arg); got != want {
			t.Errorf("%s is typed as %s, want %s", arg, got, want)
		}
	}
}
