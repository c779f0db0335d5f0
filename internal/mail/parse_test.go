package mail

import (
	"reflect"
	"strings"
	"testing"

	"taizhang/internal/decl"
)

// parsed gives the configuration and its faults, in English, without the file's name.
func parsed(t *testing.T, text string) (*Config, []string) {
	t.Helper()
	f := decl.Read("f", []byte(text), decl.Options{Layman: true})
	c := Parse(f.Root.Fields("mail")["mail"], "/zone")
	var faults []string
	if err := f.Err(); err != nil {
		for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
			fault := e.(*decl.Fault)
			if strings.Contains(fault.Says.Chinese, "%!") || fault.Says.Chinese == fault.Says.English {
				t.Errorf("in Chinese: %s", fault.Says.Chinese)
			}
			faults = append(faults, strings.TrimPrefix(fault.In(decl.English), "f:"))
		}
	}
	return c, faults
}

func TestParse(t *testing.T) {
	c, faults := parsed(t, `mail:
  host: smtp.example.gov.cn
  user: gxq
  password_file: secret/mail
  from: 高新区办公室 <gxq@example.gov.cn>
  to:
    leaders: [张三 <a@example.gov.cn>, b@example.gov.cn]
    office: c@example.gov.cn
`)
	want := &Config{Host: "smtp.example.gov.cn", TLS: StartTLS, User: "gxq", PasswordFile: "secret/mail", Dir: "/zone",
		From: "高新区办公室 <gxq@example.gov.cn>",
		To:   map[string][]string{"leaders": {"张三 <a@example.gov.cn>", "b@example.gov.cn"}, "office": {"c@example.gov.cn"}}}
	if len(faults) > 0 || !reflect.DeepEqual(c, want) {
		t.Errorf("%+v %v", c, faults)
	}
	if c.Server() != "smtp.example.gov.cn:587" {
		t.Error(c.Server())
	}
	if (&Config{Host: "h", TLS: Implicit}).Server() != "h:465" {
		t.Error("implicit TLS has port 465")
	}
}

func TestParseFaults(t *testing.T) {
	const rest = "\n  host: h\n  from: a@b.cn\n  to: {office: a@b.cn}"
	for text, want := range map[string]string{
		"mail: yes":                                                                     `1:7: mail is "yes", not keys and values`,
		"mail:" + rest + "\n  Port: 25":                                                 `5:3: unknown key "Port"`,
		"mail:" + rest + "\n  host: h":                                                  `5:3: key "host" stands twice; first on line 2`,
		"mail:" + rest + "\n  port: 0":                                                  `5:9: port: "0" is not a number`,
		"mail:" + rest + "\n  port: smtp":                                               `5:9: port`,
		"mail:" + rest + "\n  tls: none":                                                `5:8: tls: "none" is neither`,
		"mail:" + rest + "\n  user: u":                                                  "5:9: user needs password_file",
		"mail:" + rest + "\n  password_env: P":                                          "5:17: password_env needs user",
		"mail:" + rest + "\n  password_file: p":                                         "5:18: password_file needs user",
		"mail:" + rest + "\n  user: u\n  password: geheim":                              "6:3: the password does not belong in this file",
		"mail:" + rest + "\n  user: u\n  password_env: geheim!":                         "6:17: password_env is the name of",
		"mail:" + rest + "\n  user: u\n  password_env: P\n  password_file: geheim":      "6:17: password_env beside password_file",
		"mail:" + rest + "\n  user: {a: b}":                                             "5:9: user is a mapping, not one value",
		"mail:" + rest + "\n  tls:":                                                     "tls is empty",
		"mail:\n  from: a@b.cn\n  to: {office: a@b.cn}":                                 "2:3: mail needs host",
		"mail:\n  host: smtp://h\n  from: a@b.cn\n  to: {office: a@b.cn}":               `2:9: host: "smtp://h"`,
		"mail:\n  host: h\n  from: 办公室\n  to: {office: a@b.cn}":                         `3:9: from: "办公室" is not a mail address`,
		"mail:\n  host: h\n  from: 甲@例.cn\n  to: {office: a@b.cn}":                      "the address must be ASCII",
		"mail:\n  host: h\n  from: a@b.cn\n  to: {boss: a@b.cn}":                        `4:8: unknown key "boss"; known here: leaders, office`,
		"mail:\n  host: h\n  from: a@b.cn\n  to: {office: [a@b.cn, 'A@B.cn']}":          "4:25: to.office: A@B.cn stands twice",
		"mail:\n  host: h\n  from: a@b.cn\n  to: {office: [a@b.cn, b]}":                 `4:25: to.office: "b" is not a mail address`,
		"mail:\n  host: h\n  from: a@b.cn\n  to: {office: []}":                          "to names nobody",
		"mail:\n  host: h\n  from: a@b.cn\n  to: a@b.cn":                                `4:7: to is "a@b.cn", not keys and values`,
		"mail:\n  host: h\n  from: \"a@b.cn\\r\\nBcc: c@d.cn\"\n  to: {office: a@b.cn}": "3:9: from:",
	} {
		c, faults := parsed(t, text)
		if c != nil || len(faults) != 1 || !strings.Contains(faults[0], want) {
			t.Errorf("%s\ngave %v, want one fault: %s", text, faults, want)
		}
		for _, f := range faults {
			if strings.Contains(f, "geheim") {
				t.Errorf("a fault repeats the password: %v", f)
			}
		}
	}
}

func TestParseAllFaults(t *testing.T) {
	_, faults := parsed(t, "mail:\n  port: x\n  from: y\n  hots: z")
	var lines []string
	for _, f := range faults {
		line, _, _ := strings.Cut(f, ":")
		lines = append(lines, line)
	}
	if got := strings.Join(lines, " "); got != "2 2 2 3 4" {
		t.Errorf("%s: %v", got, faults)
	}
}
