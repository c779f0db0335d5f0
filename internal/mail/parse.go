package mail

import (
	netmail "net/mail"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
)

var (
	mailKeys  = []string{"host", "port", "tls", "user", "password_file", "password_env", "ca_file", "from", "to"}
	hostWords = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$`)
	})
	envWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })
)

// Parse reads the value of `mail:`. dir is the folder of the file it stands in.
// What is wrong is recorded in the node's file, and the configuration is nil.
//
//	mail:
//	  host: smtp.example.gov.cn
//	  port: 587                      # default: 587, with tls: implicit 465
//	  tls: starttls                  # or implicit
//	  user: gxq@example.gov.cn
//	  password_file: mail.password   # or password_env: TAIZHANG_MAIL_PASSWORD; never the password itself
//	  ca_file: ca.pem                # where the server's certificate is the office's own
//	  from: 高新区管委会办公室 <gxq@example.gov.cn>
//	  to: {leaders: [a@example.gov.cn], office: [b@example.gov.cn]}
func Parse(n *decl.Node, dir string) *Config {
	p := &parser{c: &Config{Dir: dir, TLS: StartTLS, To: map[string][]string{}}}
	before := n.File().Faults()
	if p.mail(n); n.File().Faults() > before || n.Broken() {
		return nil
	}
	return p.c
}

type parser struct{ c *Config }

func (p *parser) mail(n *decl.Node) {
	entries, ok := n.Entries(append([]string{"password"}, mailKeys...))
	if !ok {
		return
	}
	values, password := decl.Fields{}, false
	for _, e := range entries {
		if e.Key.Value() == "password" {
			e.Key.Fault("the password does not belong in this file; name a file (password_file) or an environment variable (password_env)",
				"密码不要写在这里，请写密码文件（password_file）或环境变量（password_env）的名称")
			password = true
			continue
		}
		values[e.Key.Value()] = e.Value
	}
	for _, key := range []string{"host", "from", "to"} {
		if values[key] == nil {
			n.Fault("mail needs %s", "mail 缺 %s", key)
		}
	}
	p.server(values)
	p.login(values, password)
	if v, ok := values["from"].Text(); ok {
		p.c.From = v
		p.address(values["from"], "from", v)
	}
	if values["to"] != nil {
		p.recipients(values["to"])
	}
}

// server reads how the server is reached.
func (p *parser) server(values decl.Fields) {
	c := p.c
	if v, ok := values["host"].Text(); ok {
		if c.Host = v; !hostWords().MatchString(v) {
			values["host"].Fault("host: %q is not a host name or address; without smtp:// and port", "host：“%s”不是服务器名称或地址；不要写 smtp:// 和端口", v)
		}
	}
	if v, ok := values["port"].Text(); ok {
		port, err := strconv.Atoi(v)
		if c.Port = port; err != nil || port < 1 || port > 65535 {
			values["port"].Fault("port: %q is not a number from 1 to 65535", "port：“%s”应为1到65535的数", v)
		}
	}
	if v, ok := values["tls"].Text(); ok {
		if c.TLS = TLS(v); c.TLS != StartTLS && c.TLS != Implicit {
			values["tls"].Fault("tls: %q is neither starttls nor implicit; mail without encryption is not offered", "tls：“%s”应为 starttls 或 implicit；不支持不加密的邮件", v)
		}
	}
	c.CAFile, _ = values["ca_file"].Text()
}

// login reads who sends. Values that may well be the password are not repeated.
func (p *parser) login(values decl.Fields, password bool) {
	c, file, env := p.c, values["password_file"], values["password_env"]
	c.User, _ = values["user"].Text()
	c.PasswordFile, _ = file.Text()
	if v, ok := env.Text(); ok {
		if c.PasswordEnv = v; !envWord().MatchString(v) {
			env.Fault("password_env is the name of an environment variable, not the password", "password_env 要写环境变量的名称，不是密码本身")
			c.PasswordEnv = ""
		}
	}
	switch {
	case file != nil && env != nil:
		env.Fault("password_env beside password_file; only one of them", "password_env 和 password_file 只能写一个")
	case c.User != "" && file == nil && env == nil && !password:
		values["user"].Fault("user needs password_file or password_env", "写了 user，还要写 password_file 或 password_env")
	case values["user"] == nil && file != nil:
		file.Fault("password_file needs user", "写了 password_file，还要写 user")
	case values["user"] == nil && env != nil:
		env.Fault("password_env needs user", "写了 password_env，还要写 user")
	}
}

func (p *parser) recipients(n *decl.Node) {
	before, some := n.File().Faults(), false
	entries, ok := n.Entries(Roles)
	if !ok {
		return
	}
	for _, e := range entries {
		role := e.Key.Value()
		items, _ := e.Value.ItemsOrOne()
		seen := map[string]bool{}
		for _, item := range items {
			some = true
			v, ok := item.As("to."+role, "to."+role).Text()
			if !ok || !p.address(item, "to."+role, v) {
				continue
			}
			a, _ := netmail.ParseAddress(v)
			if key := strings.ToLower(a.Address); seen[key] {
				item.Fault("to.%s: %s stands twice", "to.%s：%s 重复", role, a.Address)
			} else {
				seen[key] = true
				p.c.To[role] = append(p.c.To[role], v)
			}
		}
	}
	if !some && n.File().Faults() == before {
		n.Fault("to names nobody; %s: [address, …]", "to 没有收件人；写成 %s: [地址, …]", strings.Join(Roles, " / "))
	}
}

// address sees that a text is a mail address.
func (p *parser) address(n *decl.Node, key, s string) bool {
	err := checkAddress(s)
	if err != nil {
		n.Fault("%[1]s: %[2]v", "%[1]s：“%[3]s”不是邮件地址；应为 name@example.gov.cn 或 名称 <name@example.gov.cn>", key, err, s)
	}
	return err == nil
}

func checkAddress(s string) error {
	a, err := netmail.ParseAddress(s)
	if err != nil {
		return lang.Errorf("%q is not a mail address; want name@example.gov.cn or 名称 <name@example.gov.cn>", "%q 不是邮件地址；应写成 name@example.gov.cn 或 名称 <name@example.gov.cn>", s)
	}
	for _, r := range a.Address {
		if r <= ' ' || r >= 0x7f {
			return lang.Errorf("%q: the address must be ASCII", "%q：邮件地址只能用英文字母、数字和符号", s)
		}
	}
	return nil
}
