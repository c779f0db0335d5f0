package mail

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"taizhang/internal/lang"
)

// TLS is how the connection is encrypted.
type TLS string

// The ways. There is none without encryption.
const (
	StartTLS TLS = "starttls" // plain greeting, then STARTTLS or nothing
	Implicit TLS = "implicit" // TLS from the first byte
)

// Roles that may have recipients.
var Roles = []string{"leaders", "office"}

// DefaultTimeout is how long a delivery may take.
const DefaultTimeout = time.Minute

// Config is where mail goes and by whom.
type Config struct {
	Host         string
	Port         int // 0: 587, or 465 with implicit TLS
	TLS          TLS // "": StartTLS
	User         string
	PasswordFile string // relative to Dir
	PasswordEnv  string
	CAFile       string // certificates to trust beside the system's; relative to Dir
	From         string // address, with or without a name
	To           map[string][]string

	Dir     string        // folder of the configuration
	Timeout time.Duration // 0: DefaultTimeout
}

// ErrNoRecipients says that nobody is named for a role.
var ErrNoRecipients = lang.Errorf("no recipients", "没有收件人")

func (c *Config) tls() TLS {
	if c.TLS == "" {
		return StartTLS
	}
	return c.TLS
}

func (c *Config) port() int {
	switch {
	case c.Port != 0:
		return c.Port
	case c.tls() == Implicit:
		return 465
	}
	return 587
}

// Server is host:port.
func (c *Config) Server() string { return fmt.Sprintf("%s:%d", c.Host, c.port()) }

func (c *Config) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return DefaultTimeout
}

func (c *Config) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.Dir, p)
}

// password reads the password from where the configuration says.
func (c *Config) password() (string, error) {
	switch {
	case c.PasswordEnv != "":
		p := os.Getenv(c.PasswordEnv)
		if p == "" {
			return "", lang.Errorf("password_env: the environment variable %s is not set or empty", "password_env：环境变量 %s 没有设置或为空", c.PasswordEnv)
		}
		return p, nil
	case c.PasswordFile != "":
		file := c.path(c.PasswordFile)
		info, err := os.Stat(file)
		if err != nil {
			return "", lang.Errorf("password_file: %w", "password_file：%w", err)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
			return "", lang.Errorf("password_file: %s can be read by everybody (mode %04o); chmod 600 it", "password_file：%s 人人可读（权限 %04o）；请执行 chmod 600", file, info.Mode().Perm())
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return "", lang.Errorf("password_file: %w", "password_file：%w", err)
		}
		p := strings.TrimRight(strings.TrimPrefix(string(text), "\ufeff"), "\r\n")
		if p == "" {
			return "", lang.Errorf("password_file: %s is empty", "password_file：%s 是空的", file)
		}
		if strings.ContainsAny(p, "\r\n\x00") {
			return "", lang.Errorf("password_file: %s has more than one line", "password_file：%s 不止一行", file)
		}
		return p, nil
	}
	return "", lang.Errorf("user is set, but neither password_file nor password_env is", "写了 user，但没有写 password_file 或 password_env")
}
