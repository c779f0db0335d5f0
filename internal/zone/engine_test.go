package zone

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"taizhang/internal/lang"
)

const withEngine = "zone: 高新区\nsubmitters: [{code: cyj, name: 产业局}]\nengine:\n  trino:\n"

func TestEngine(t *testing.T) {
	z := parse(t, withEngine+"    url: https://trino.example.gov.cn:8443\n    user: gxq\n    catalog: lake_2026\n    password_file: trino.password\n    ca_file: /etc/ca.pem\n    grace: 36h\n")
	want := Trino{URL: "https://trino.example.gov.cn:8443", User: "gxq", Catalog: "lake_2026", PasswordFile: filepath.Join(z.Dir, "trino.password"), CAFile: "/etc/ca.pem", Grace: 36 * time.Hour}
	if z.Trino == nil || *z.Trino != want {
		t.Errorf("%+v, want %+v", z.Trino, want)
	}
	if z = parse(t, "zone: 高新区\nsubmitters: [{code: cyj, name: 产业局}]\n"); z.Trino != nil {
		t.Errorf("an engine that nobody named: %+v", z.Trino)
	}
}

// TestWrongEngine: every fault has its line and column, in both languages, and what may be a secret stands in none.
func TestWrongEngine(t *testing.T) {
	for _, c := range []struct{ text, at, english, chinese string }{
		{"    user: gxq\n", "5:5", "needs url", "缺 url"},
		{"    url: trino:8443\n", "5:10", "url is no address", "url 应写成"},
		{"    url: https://gxq:s3cret@host:8443\n", "5:10", "password_file:", "password_file:"},
		{"    url: http://host:8080\n    token_env: TRINO_TOKEN\n", "5:10", "over https:// only", "只能经 https://"},
		{"    url: https://host\n    password: s3cret\n", "6:5", "does not belong in this file", "不要写在这里"},
		{"    url: https://host\n    password_env: s3cret!\n", "6:19", "not the secret", "不是密码或令牌本身"},
		{"    url: https://host\n    token_file: a\n    token_env: B\n", "7:16", "only one of them", "只能写一个"},
		{"    url: https://host\n    token_file: a\n    password_file: b\n", "5:5", "a password beside a token", "只能用一个"},
		{"    url: https://host\n    catalog: 湖\n", "6:14", "no name of a Trino catalog", "不是 Trino 目录的名称"},
		{"    url: https://host\n    grace: 一天\n", "6:12", "no time such as 30s", "应写成 30s"},
		{"    url: https://host\n    uzer: x\n", "6:5", "uzer", "uzer"},
	} {
		_, err := Parse(FileName, []byte(withEngine+c.text), known)
		if err == nil {
			t.Errorf("%s: no error", c.text)
			continue
		}
		for l, want := range map[lang.Language]string{lang.English: c.english, lang.Chinese: c.chinese} {
			if text := lang.In(err, l); !strings.Contains(text, want) || !strings.Contains(text, ":"+c.at+":") || strings.Contains(text, "s3cret") {
				t.Errorf("%s:\n%s\nwant %s at %s", c.text, text, want, c.at)
			}
		}
	}
	for text, want := range map[string]string{"engine: duckdb\n": "engine", "engine: {}\n": "leave engine: out", "engine: {trino: x}\n": "trino"} {
		if _, err := Parse(FileName, []byte("zone: 高新区\nsubmitters: [{code: cyj, name: 产业局}]\n"+text), known); err == nil || !strings.Contains(lang.In(err, lang.English), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
