package zone

import (
	"net/url"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"taizhang/internal/decl"
)

// Trino is where `engine: {trino: …}` has models built and figures computed. It
// names where secrets are, never a secret.
type Trino struct {
	URL          string // of the coordinator: https://host:8443, or http:// without a password or token
	User         string
	Catalog      string // of the lake; "": lake
	PasswordFile string // a path that opens from anywhere
	PasswordEnv  string // name of an environment variable
	TokenFile    string
	TokenEnv     string
	CAFile       string        // PEM, of certificates that the system doesn't know
	Grace        time.Duration // how long builds that count no longer stay for their readers; 0: a day
	RetryFor     time.Duration // how long a lost connection is tried again; 0: two minutes
}

var (
	engineKeys = []string{"trino"}
	trinoKeys  = []string{"url", "user", "catalog", "password_file", "password_env", "token_file", "token_env", "ca_file", "grace", "retry"}
	catalogs   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9_]*$`) })
	variables  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })
)

// engine reads the engine that models are built by and asked of where it isn't the embedded one.
func (p *parser) engine(n *decl.Node) {
	if n == nil {
		return
	}
	before := n.File().Faults()
	at := n.Fields(engineKeys...)["trino"]
	if at == nil || at.Null() {
		if n.File().Faults() == before && !n.Broken() {
			n.Fault("engine needs trino: {url: https://…}; leave engine: out for the embedded engine", "engine 中要写 trino: {url: https://…}；用内置引擎就不要写 engine:")
		}
		return
	}
	t := p.trino(at)
	if n.File().Faults() == before {
		p.z.Trino = t
	}
}

func (p *parser) trino(n *decl.Node) *Trino {
	entries, ok := n.Entries(append([]string{"password", "token"}, trinoKeys...))
	if !ok {
		return nil
	}
	values := decl.Fields{}
	for _, e := range entries {
		switch key := e.Key.Value(); key {
		case "password", "token": // its value is not repeated
			e.Key.Fault("the %[1]s does not belong in this file; name a file (%[1]s_file) or an environment variable (%[1]s_env)",
				"%[2]s不要写在这里，请写存放它的文件（%[1]s_file）或环境变量（%[1]s_env）的名称", key, map[string]string{"password": "密码", "token": "令牌"}[key])
		default:
			if !e.Value.Null() {
				values[key] = e.Value.As("engine trino "+key, "engine trino 的 "+key)
			}
		}
	}
	t := &Trino{Grace: p.span(values["grace"]), RetryFor: p.span(values["retry"])}
	t.URL = p.coordinator(n, values)
	t.User, _ = values["user"].Text()
	if name, ok := values["catalog"].Text(); ok {
		if t.Catalog = name; !catalogs().MatchString(name) {
			values["catalog"].Fault("catalog %q is no name of a Trino catalog: small letters a–z, digits and _", "catalog“%s”不是 Trino 目录的名称：只用小写英文字母、数字和 _", name)
		}
	}
	t.PasswordFile, t.PasswordEnv = p.secret(values, "password")
	t.TokenFile, t.TokenEnv = p.secret(values, "token")
	if t.PasswordFile+t.PasswordEnv != "" && t.TokenFile+t.TokenEnv != "" {
		n.Fault("a password beside a token; only one of them", "密码和令牌只能用一个")
	}
	t.CAFile = p.beside(values["ca_file"])
	return t
}

// coordinator reads the address; one that holds a user may hold a password, and is not repeated.
func (p *parser) coordinator(n *decl.Node, values decl.Fields) string {
	at := values["url"]
	if at == nil {
		n.Fault("engine trino needs url: the coordinator's address, such as https://trino.example.gov.cn:8443", "engine trino 缺 url：协调节点的地址，如 https://trino.example.gov.cn:8443")
		return ""
	}
	text, ok := at.Text()
	if !ok {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		at.Fault("the coordinator's address holds a user; write user: and password_file: instead", "协调节点地址中含有用户；请改写 user: 和 password_file:")
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		at.Fault("url is no address such as https://trino.example.gov.cn:8443", "url 应写成 https://trino.example.gov.cn:8443 的样子")
	case u.Scheme == "http" && (values["password_file"] != nil || values["password_env"] != nil || values["token_file"] != nil || values["token_env"] != nil):
		at.Fault("a password or token goes over https:// only", "密码或令牌只能经 https:// 发送")
	}
	return text
}

// secret reads where a secret is: a file, or a variable of the environment.
func (p *parser) secret(values decl.Fields, what string) (file, env string) {
	f, e := values[what+"_file"], values[what+"_env"]
	if f != nil && e != nil {
		e.Fault("%[1]s_env beside %[1]s_file; only one of them", "%[1]s_env 和 %[1]s_file 只能写一个", what)
	}
	if name, ok := e.Text(); ok {
		if env = name; !variables().MatchString(name) { // it may well be the secret
			e.Fault("%s_env is the name of an environment variable, not the secret", "%s_env 要写环境变量的名称，不是密码或令牌本身", what)
		}
	}
	return p.beside(f), env
}

// beside reads the path of a file: relative ones are beside taizhang.yaml.
func (p *parser) beside(n *decl.Node) string {
	path, ok := n.Text()
	if !ok || path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(p.z.Dir, path)
}

func (p *parser) span(n *decl.Node) time.Duration {
	text, ok := n.Text()
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Second || d > 90*24*time.Hour {
		n.Fault("%[1]s: %[2]q is no time such as 30s, 2m or 24h", "%[1]s：“%[2]s”应写成 30s（30秒）、2m（2分钟）、24h（24小时）的样子", n.Name(), text)
		return 0
	}
	return d
}
