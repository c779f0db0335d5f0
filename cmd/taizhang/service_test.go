package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	osservice "github.com/kardianos/service"
)

// fakeService is the system's service as a test wants it.
type fakeService struct {
	osservice.Service
	config *osservice.Config
	err    error
	status osservice.Status
	calls  []string
}

func (f *fakeService) call(name string) error {
	f.calls = append(f.calls, name)
	return f.err
}
func (f *fakeService) Install() error                    { return f.call("install") }
func (f *fakeService) Uninstall() error                  { return f.call("uninstall") }
func (f *fakeService) Start() error                      { return f.call("start") }
func (f *fakeService) Stop() error                       { return f.call("stop") }
func (f *fakeService) Status() (osservice.Status, error) { return f.status, f.err }
func (f *fakeService) String() string                    { return f.config.DisplayName }
func (f *fakeService) Platform() string                  { return "test" }

// TestService: serve is installed for its own zone, by a path that holds from anywhere; who lacks the rights is told what
// can be done without them.
func TestService(t *testing.T) {
	zone := filepath.Join(t.TempDir(), "z")
	if code, _, log := program(t, "init", zone, "--name", "样板园区"); code != 0 {
		t.Fatal(log)
	}
	fake := &fakeService{status: osservice.StatusRunning}
	before := control
	control = func(c *osservice.Config, _ osservice.Interface) (osservice.Service, error) {
		fake.config = c
		return fake, nil
	}
	defer func() { control = before }()

	if code, _, log := program(t, "service", "install", "--zone", zone); code != 0 || strings.Join(fake.calls, " ") != "install start" {
		t.Errorf("install: exit code %d, %v\n%s", code, fake.calls, log)
	}
	if c := fake.config; c.Name != "taizhang-zone" || strings.Join(c.Arguments, " ") != "serve --zone "+zone || c.WorkingDirectory != zone {
		t.Errorf("%+v", c)
	}
	if spoken := fake.config.EnvVars["LC_MESSAGES"]; spoken != "en_US.UTF-8" { // the system's services have no language of their own
		t.Errorf("the service speaks %q, who installed it English", spoken)
	}
	t.Setenv("LC_ALL", "zh_CN.UTF-8")
	if code, out, log := program(t, "service", "status", "--zone", zone); code != 0 || fake.config.EnvVars["LC_MESSAGES"] != "zh_CN.UTF-8" {
		t.Errorf("exit code %d, the service of a Chinese operator speaks %q\n%s%s", code, fake.config.EnvVars["LC_MESSAGES"], out, log)
	}
	t.Setenv("LC_ALL", "C")
	if code, out, log := program(t, "service", "status", "--zone", zone); code != 0 || out != "installed, running\n" {
		t.Errorf("status: exit code %d %q\n%s", code, out, log)
	}
	fake.err = osservice.ErrNotInstalled
	if code, out, log := program(t, "service", "status", "--zone", zone); code != 0 || !strings.HasPrefix(out, "not installed") {
		t.Errorf("status: exit code %d %q\n%s", code, out, log)
	}
	fake.err = &fs.PathError{Op: "open", Path: "/etc/systemd/system/taizhang-zone.service", Err: fs.ErrPermission}
	if code, _, log := program(t, "service", "install", "--zone", zone); code != exitFailed || !strings.Contains(log, "install --user") {
		t.Errorf("without rights: exit code %d\n%s", code, log)
	}
	fake.err, fake.calls = nil, nil
	if code, _, log := program(t, "service", "uninstall", "--zone", zone); code != 0 || strings.Join(fake.calls, " ") != "stop uninstall" {
		t.Errorf("uninstall: exit code %d, %v\n%s", code, fake.calls, log)
	}
}

// TestServedBySystem: a service that the system stops ends its work, and says how it ended.
func TestServedBySystem(t *testing.T) {
	p := &systemProgram{serve: func(stop <-chan struct{}) error { <-stop; return errors.New("how it ended") }, stop: make(chan struct{}), ended: make(chan error, 1)}
	if err := p.Start(nil); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(nil); err == nil || err.Error() != "how it ended" {
		t.Errorf("it ended with %v", err)
	}
}
