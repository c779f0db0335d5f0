package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	osservice "github.com/kardianos/service"
	"github.com/spf13/cobra"

	"taizhang/cmd/internal/office"
	"taizhang/internal/decl"
	"taizhang/internal/durable"
	"taizhang/internal/lang"
)

// control is how the system's services are asked; tests put another in its place.
var control = func(c *osservice.Config, p osservice.Interface) (osservice.Service, error) {
	return osservice.New(p, c)
}

func (a *app) serviceCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "service",
		Short: lang.Phrase("Have the system start serve by itself: install, uninstall, start, stop, status", "由系统自动启动服务：安装、卸载、启动、停止、查看"),
	}
	for _, x := range []struct {
		use   string
		short lang.Text
		do    func(*office.Zone, bool) error
	}{
		{"install", lang.Say("Have serve started with the computer, for this zone, and start it", "随计算机启动本区的服务，并立即启动"), a.installService},
		{"uninstall", lang.Say("Have serve no longer started with the computer", "不再随计算机启动服务"), a.uninstallService},
		{"start", lang.Say("Start the installed serve", "启动已安装的服务"), func(z *office.Zone, user bool) error { return a.controlService(z, user, "start") }},
		{"stop", lang.Say("Stop the installed serve", "停止已安装的服务"), func(z *office.Zone, user bool) error { return a.controlService(z, user, "stop") }},
		{"status", lang.Say("Say whether serve is installed and runs", "查看服务是否已安装、是否在运行"), a.serviceStatus},
	} {
		var user bool
		sub := &cobra.Command{Use: x.use, Short: x.short.String(), Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
			z, err := a.zone()
			if err != nil {
				return err
			}
			return x.do(z, user)
		}}
		sub.Flags().BoolVar(&user, "user", false, lang.Phrase("without administrator rights: started when this user logs in", "不用管理员权限：本用户登录时启动"))
		c.AddCommand(sub)
	}
	return c
}

// serviceConfig is how the system knows the service of a zone.
func serviceConfig(z *office.Zone, user bool) (*osservice.Config, error) {
	dir, err := filepath.Abs(z.Dir)
	if err != nil {
		return nil, err
	}
	arguments := []string{"serve", "--zone", dir}
	if z.Trino != nil { // whoever installs it has asked for that
		arguments = append(arguments, "--engine", onDuckDB)
	}
	spoken := "en_US.UTF-8"
	if lang.Spoken() == lang.Chinese {
		spoken = "zh_CN.UTF-8"
	}
	return &osservice.Config{
		Name: "taizhang-" + z.Code, DisplayName: "台账 " + z.Name, Description: "台账：" + z.Name + " 的收件、发布和周报",
		Arguments: arguments, WorkingDirectory: dir, EnvVars: map[string]string{"LC_MESSAGES": spoken}, // what is handed over to it is answered in its language
		Option: osservice.KeyValue{"UserService": user, "Restart": "on-failure", "OnFailure": "restart", "DelayedAutoStart": true},
	}, nil
}

// idleProgram stands for the program where services are only asked about.
type idleProgram struct{}

func (idleProgram) Start(osservice.Service) error { return nil }
func (idleProgram) Stop(osservice.Service) error  { return nil }

func (a *app) systemService(z *office.Zone, user bool) (osservice.Service, error) {
	c, err := serviceConfig(z, user)
	if err != nil {
		return nil, err
	}
	return control(c, idleProgram{})
}

// unprivileged adds to a refusal of the system what can be done without its rights.
func unprivileged(err error) error {
	if err == nil || !errors.Is(err, fs.ErrPermission) && !isDenied(err) {
		return err
	}
	return fmt.Errorf("%w\n%s", err, decl.Say("hint: this needs an administrator (sudo; on Windows: run as administrator). Without those rights: taizhang service install --user starts serve when this user logs in",
		"建议：需要管理员权限（Linux 用 sudo；Windows 右键“以管理员身份运行”）。没有管理员权限时：taizhang service install --user，在本用户登录后自动启动"))
}

// unasked says of a request that the system refused whose service it was about and what may be done.
func unasked(z *office.Zone, err error) error {
	return lang.Errorf("the system's service manager gives no answer about the service of %s: %w\nhint: is it installed? taizhang service install; where the system has no service manager, leave taizhang serve running", "系统的服务管理程序没有给出%s的服务的情况：%w\n建议：确认已安装：taizhang service install；系统没有服务管理程序的，请直接运行 taizhang serve",
		z.Name, err)
}

func (a *app) installService(z *office.Zone, user bool) error {
	if user && runtime.GOOS == "windows" {
		path, err := autostartFile(z)
		if err != nil {
			return err
		}
		text, err := autostartText(z)
		if err != nil {
			return err
		}
		if err := durable.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := durable.WriteBytes(path, 0o644, []byte(text)); err != nil {
			return err
		}
		a.say("%s", decl.Say("serve starts when this user logs in (%s); it runs now after the next login, or with: taizhang serve", "本用户登录时自动启动 serve（%s）；现在可先用 taizhang serve 启动", path))
		return nil
	}
	s, err := a.systemService(z, user)
	if err != nil {
		return err
	}
	if err := s.Install(); err != nil {
		return unprivileged(err)
	}
	if err := s.Start(); err != nil {
		return lang.Errorf("installed, but it doesn't start: %w\n%s", "已安装，但启动不了：%w\n%s", err, decl.Say("hint: taizhang logs --zone %s", "建议：查看 taizhang logs --zone %s", office.Typed(z.Dir)))
	}
	a.say("%s", decl.Say("Installed and started: %s", "已安装并启动：%s", s.String()))
	if user {
		a.say("%s", decl.Say("It runs while this user is logged in; an administrator can have it run always: loginctl enable-linger", "仅在本用户登录期间运行；请管理员执行 loginctl enable-linger 可常驻运行"))
	}
	return nil
}

func (a *app) uninstallService(z *office.Zone, user bool) error {
	if user && runtime.GOOS == "windows" {
		path, err := autostartFile(z)
		if err != nil {
			return err
		}
		return durable.Remove(path)
	}
	s, err := a.systemService(z, user)
	if err != nil {
		return err
	}
	_ = s.Stop() // it may not run
	if err := s.Uninstall(); err != nil {
		return unprivileged(err)
	}
	a.say("%s", decl.Say("No longer installed: %s", "已卸载：%s", s.String()))
	return nil
}

func (a *app) controlService(z *office.Zone, user bool, action string) error {
	s, err := a.systemService(z, user)
	if err != nil {
		return err
	}
	if err := osservice.Control(s, action); err != nil {
		return unasked(z, unprivileged(err))
	}
	a.say("%s", decl.Say("Done: %[1]s %[2]s", "已执行：%[1]s %[2]s", action, s.String()))
	return nil
}

func (a *app) serviceStatus(z *office.Zone, user bool) error {
	s, err := a.systemService(z, user)
	if err != nil {
		return err
	}
	status, err := s.Status()
	var text decl.Text
	switch {
	case errors.Is(err, osservice.ErrNotInstalled):
		text = decl.Say("not installed (taizhang service install)", "未安装（taizhang service install）")
	case err != nil:
		return unasked(z, unprivileged(err))
	case status == osservice.StatusRunning:
		text = decl.Say("installed, running", "已安装，运行中")
	case status == osservice.StatusStopped:
		text = decl.Say("installed, not running (taizhang service start)", "已安装，未运行（taizhang service start）")
	default:
		text = decl.Say("installed", "已安装")
	}
	_, err = fmt.Fprintln(a.out, text)
	return err
}

// autostartFile is what Windows runs when this user logs in.
func autostartFile(z *office.Zone) (string, error) {
	config, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(config, "Microsoft", "Windows", "Start Menu", "Programs", "Startup", "taizhang-"+z.Code+".cmd"), nil
}

// autostartText starts serve in a window of its own, small.
func autostartText(z *office.Zone) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	dir, err := filepath.Abs(z.Dir)
	if err != nil {
		return "", err
	}
	typed := func(path string) string { return strings.ReplaceAll(office.Typed(path), "%", "%%") }
	return "@chcp 65001 >nul\r\n@start \"taizhang\" /min " + typed(exe) + " serve --zone " + typed(dir) + "\r\n", nil
}

// servedBySystem runs serve under the system's services where they started it; false where a person did. Windows wants
// to be answered by whoever it starts; elsewhere a service is a process like any other.
func servedBySystem(z *office.Zone, serve func(stop <-chan struct{}) error) (bool, error) {
	if runtime.GOOS != "windows" || osservice.Interactive() {
		return false, nil
	}
	c, err := serviceConfig(z, false)
	if err != nil {
		return true, err
	}
	p := &systemProgram{serve: serve, stop: make(chan struct{}), ended: make(chan error, 1)}
	s, err := control(c, p)
	if err != nil {
		return true, err
	}
	return true, s.Run()
}

// systemProgram is serve as the system's services see it.
type systemProgram struct {
	serve func(stop <-chan struct{}) error
	stop  chan struct{}
	ended chan error
}

func (p *systemProgram) Start(osservice.Service) error {
	go func() { p.ended <- p.serve(p.stop) }()
	return nil
}

func (p *systemProgram) Stop(osservice.Service) error {
	close(p.stop)
	return <-p.ended
}
