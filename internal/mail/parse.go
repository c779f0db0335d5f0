package mail

import (
	"fmt"
	netmail "net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"
)

// Fault is one thing wrong in a configuration, with its place in the file.
type Fault struct {
	Line, Column int // from 1
	Message      string
}

func (f Fault) Error() string { return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Message) }

var (
	mailKeys  = []string{"host", "port", "tls", "user", "password_file", "password_env", "ca_file", "from", "to"}
	hostWords = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9a-fA-F:]+$`)
	})
	envWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`) })
)

// Parse reads the value of `mail:`. dir is the folder of the file it stands in.
// A wrong configuration gives all its faults in the order of their places.
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
func Parse(n *yaml.Node, dir string) (*Config, []Fault) {
	p := &parser{c: &Config{Dir: dir, TLS: StartTLS, To: map[string][]string{}}}
	p.mail(n)
	slices.SortStableFunc(p.faults, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	if len(p.faults) > 0 {
		return nil, p.faults
	}
	return p.c, nil
}

type parser struct {
	c      *Config
	faults []Fault
}

func (p *parser) at(n *yaml.Node, format string, args ...any) {
	p.faults = append(p.faults, Fault{max(n.Line, 1), max(n.Column, 1), fmt.Sprintf(format, args...)})
}

func (p *parser) mail(n *yaml.Node) {
	values := p.mapping(n, "mail", mailKeys)
	if values == nil {
		return
	}
	for _, key := range []string{"host", "from", "to"} {
		if values[key] == nil {
			p.at(n, "mail needs %s", key)
		}
	}
	c := p.c
	if v, ok := p.text(values["host"], "host"); ok {
		if c.Host = v; !hostWords().MatchString(v) {
			p.at(values["host"], "host: %q is not a host name or address; without smtp:// and port", v)
		}
	}
	if v, ok := p.text(values["port"], "port"); ok {
		port, err := strconv.Atoi(v)
		if c.Port = port; err != nil || port < 1 || port > 65535 {
			p.at(values["port"], "port: %q is not a number from 1 to 65535", v)
		}
	}
	if v, ok := p.text(values["tls"], "tls"); ok {
		if c.TLS = TLS(v); c.TLS != StartTLS && c.TLS != Implicit {
			p.at(values["tls"], "tls: %q is neither starttls nor implicit; mail without encryption is not offered", v)
		}
	}
	c.User, _ = p.text(values["user"], "user")
	c.PasswordFile, _ = p.text(values["password_file"], "password_file")
	c.CAFile, _ = p.text(values["ca_file"], "ca_file")
	if v, ok := p.text(values["password_env"], "password_env"); ok {
		if c.PasswordEnv = v; !envWord().MatchString(v) {
			// The value is not repeated: it may well be the password.
			p.at(values["password_env"], "password_env is the name of an environment variable, not the password")
			c.PasswordEnv = ""
		}
	}
	file, env := values["password_file"], values["password_env"]
	switch {
	case file != nil && env != nil:
		p.at(env, "password_env beside password_file; only one of them")
	case c.User != "" && file == nil && env == nil && !has(n, "password"):
		p.at(values["user"], "user needs password_file or password_env")
	case values["user"] == nil && file != nil:
		p.at(file, "password_file needs user")
	case values["user"] == nil && env != nil:
		p.at(env, "password_env needs user")
	}
	if v, ok := p.text(values["from"], "from"); ok {
		c.From = v
		if err := checkAddress(v); err != nil {
			p.at(values["from"], "from: %v", err)
		}
	}
	if values["to"] != nil {
		p.recipients(values["to"])
	}
}

// has says whether a mapping has a key.
func has(n *yaml.Node, key string) bool {
	return slices.ContainsFunc(resolve(n).Content, func(k *yaml.Node) bool { return k.Value == key })
}

func (p *parser) recipients(n *yaml.Node) {
	roles := p.mapping(n, "to", Roles)
	for _, role := range Roles {
		list := roles[role]
		if list == nil {
			continue
		}
		items := []*yaml.Node{list}
		if r := resolve(list); r.Kind == yaml.SequenceNode {
			items = r.Content
		}
		seen := map[string]bool{}
		for _, item := range items {
			v, ok := p.text(item, "to."+role)
			if !ok {
				continue
			}
			if err := checkAddress(v); err != nil {
				p.at(item, "to.%s: %v", role, err)
				continue
			}
			a, _ := netmail.ParseAddress(v)
			if key := strings.ToLower(a.Address); seen[key] {
				p.at(item, "to.%s: %s stands twice", role, a.Address)
			} else {
				seen[key] = true
				p.c.To[role] = append(p.c.To[role], v)
			}
		}
	}
	if roles != nil && len(p.c.To) == 0 && len(p.faults) == 0 {
		p.at(n, "to names nobody; %s: [address, …]", strings.Join(Roles, " or "))
	}
}

func checkAddress(s string) error {
	a, err := netmail.ParseAddress(s)
	if err != nil {
		return fmt.Errorf("%q is not a mail address; want name@example.gov.cn or 名称 <name@example.gov.cn>", s)
	}
	for _, r := range a.Address {
		if r <= ' ' || r >= 0x7f {
			return fmt.Errorf("%q: the address must be ASCII", s)
		}
	}
	return nil
}

// mapping returns the values of known keys, empty ones too.
func (p *parser) mapping(n *yaml.Node, what string, known []string) map[string]*yaml.Node {
	n = resolve(n)
	if n.Kind != yaml.MappingNode {
		p.at(n, "%s is not keys and values; known: %s", what, strings.Join(known, ", "))
		return nil
	}
	values, lines := map[string]*yaml.Node{}, map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case lines[key.Value] > 0:
			p.at(key, "key %q stands twice; first on line %d", key.Value, lines[key.Value])
		case key.Value == "password":
			p.at(key, "the password does not belong in this file; name a file (password_file) or an environment variable (password_env)")
		case !slices.Contains(known, key.Value):
			p.at(key, "unknown key %q; known: %s", key.Value, strings.Join(known, ", "))
		default:
			values[key.Value] = value
		}
		lines[key.Value] = key.Line
	}
	return values
}

// text returns a scalar, trimmed; false where there is none, or after a fault.
func (p *parser) text(n *yaml.Node, what string) (string, bool) {
	if n == nil {
		return "", false
	}
	v := resolve(n)
	if v.Kind != yaml.ScalarNode {
		p.at(n, "%s is not one value", what)
		return "", false
	}
	text := strings.TrimSpace(v.Value)
	if text == "" || v.Tag == "!!null" {
		p.at(n, "%s is empty", what)
		return "", false
	}
	return text, true
}

func resolve(n *yaml.Node) *yaml.Node {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}
