//go:build linux

package trinotest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"taizhang/internal/engine"
)

// certificate writes a key and a certificate of this machine that only its own file vouches for.
func certificate(t *testing.T, keyAndCert, cert string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "trino"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, &form, &form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	write(t, keyAndCert, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))+public)
	write(t, cert, public)
}

// testSecure: a coordinator that speaks TLS under a certificate of the office's own and asks for passwords lets in who has
// one, and whoever is refused is told by what: the certificate, the password, the rights, the way.
func testSecure(t *testing.T) {
	dir := t.TempDir()
	ports := freePorts(t, 2)
	n := &node{name: "secure", port: ports[0], dir: filepath.Join(dir, "node")}
	c := &cluster{lake: filepath.Join(dir, "lake"), url: fmt.Sprintf("http://127.0.0.1:%d", ports[0]), nodes: []*node{n}, alone: true}
	etc := filepath.Join(n.dir, "etc")
	c.configure(t, n, true, filepath.Join(dir, "exchange"))
	ca := filepath.Join(dir, "ca.pem")
	certificate(t, filepath.Join(etc, "server.pem"), ca)
	var users []string
	for _, user := range []string{"clerk", "reader"} {
		hash, err := bcrypt.GenerateFromPassword([]byte("word of "+user), bcrypt.DefaultCost)
		if err != nil {
			t.Fatal(err)
		}
		users = append(users, user+":"+strings.Replace(string(hash), "$2a$", "$2y$", 1)) // one function, two names
	}
	write(t, filepath.Join(etc, "password.db"), users...)
	write(t, filepath.Join(etc, "password-authenticator.properties"), "password-authenticator.name=file", "file.password-file="+filepath.Join(etc, "password.db"))
	write(t, filepath.Join(etc, "access-control.properties"), "access-control.name=file", "security.config-file="+filepath.Join(etc, "rules.json"))
	write(t, filepath.Join(etc, "rules.json"), `{"catalogs": [{"user": "reader", "catalog": "lake", "allow": "read-only"}, {"user": "clerk", "allow": "all"}]}`)
	f, err := os.OpenFile(filepath.Join(etc, "config.properties"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(f, "http-server.https.enabled=true\nhttp-server.https.port=%d\nhttp-server.https.keystore.path=%s\nhttp-server.authentication.type=PASSWORD\ninternal-communication.shared-secret=%s\n",
		ports[1], filepath.Join(etc, "server.pem"), "of this test"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.stop(t) })
	n.start(t, getServer(t), getJava(t))
	c.await(t, c.up)

	address := fmt.Sprintf("https://127.0.0.1:%d", ports[1])
	for _, x := range []struct {
		name, url, user, password, ca, statement string
		want                                     string // in what is said; empty: it is done
	}{
		{"let in", address, "clerk", "word of clerk", ca, "create schema lake.mine", ""},
		{"reads", address, "reader", "word of reader", ca, "select 1", ""},
		{"wrong password", address, "clerk", "word of nobody", ca, "select 1", "doesn't let user clerk in (401)"},
		{"no password", address, "clerk", "", ca, "select 1", "doesn't let user clerk in (401)"},
		{"unknown certificate", address, "clerk", "word of clerk", "", "select 1", "its certificate isn't known here"},
		{"no rights", address, "reader", "word of reader", ca, "create schema lake.his", "rights to create and drop schemas"},
		{"without TLS", c.url, "clerk", "", "", "select 1", "doesn't let user clerk in"},
	} {
		t.Run(x.name, func(t *testing.T) {
			config := engine.Config{URL: x.url, User: x.user, CAFile: x.ca, RetryFor: 5 * time.Second}
			if x.password != "" {
				config.PasswordFile = filepath.Join(t.TempDir(), "password")
				if err := os.WriteFile(config.PasswordFile, []byte(x.password+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e, err := engine.OpenTrino(config)
			if err == nil {
				t.Cleanup(func() { e.Close() })
				err = e.Exec(t.Context(), x.statement)
			}
			switch {
			case x.want == "" && err != nil:
				t.Error(err)
			case x.want != "" && (err == nil || !strings.Contains(err.Error(), x.want)):
				t.Errorf("%v doesn't say %q", err, x.want)
			}
			var failure *engine.Failure
			if err != nil && !errors.As(err, &failure) {
				t.Errorf("%v isn't told as what Trino did not do", err)
			}
			if err != nil && x.password != "" && strings.Contains(err.Error(), x.password) {
				t.Errorf("the password is told: %v", err)
			}
		})
	}
}
