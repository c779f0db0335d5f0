package account

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"taizhang/internal/durable"
)

const (
	certificateLasts = 800 * 24 * time.Hour // browsers accept no longer ones
	renewBefore      = 30 * 24 * time.Hour
)

// Certificate gives what a page is served over TLS with, and the certificate's SHA-256 fingerprint, by which people may
// tell that it is this one: the one in the given files or, where none is given, one made here and kept in the zone.
func Certificate(zoneDir, certFile, keyFile, host string, now time.Time) (*tls.Config, string, error) {
	made := certFile == "" && keyFile == ""
	if made {
		certFile, keyFile = filepath.Join(zoneDir, Folder, "tls-cert.pem"), filepath.Join(zoneDir, Folder, "tls-key.pem")
		if err := makeCertificate(certFile, keyFile, host, now); err != nil {
			return nil, "", fmt.Errorf("make a certificate: %w", err)
		}
	}
	c, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, "", fmt.Errorf("certificate %s: %w", certFile, err)
	}
	sum := sha256.Sum256(c.Certificate[0])
	var parts []string
	for _, b := range sum {
		parts = append(parts, fmt.Sprintf("%02X", b))
	}
	return &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12}, strings.Join(parts, ":"), nil
}

// makeCertificate makes a certificate unless there is one that lasts and names the host.
func makeCertificate(certFile, keyFile, host string, now time.Time) error {
	names, ips := namesOf(host)
	old, err := os.ReadFile(certFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if block, _ := pem.Decode(old); block != nil {
		if c, err := x509.ParseCertificate(block.Bytes); err == nil && now.Add(renewBefore).Before(c.NotAfter) && isFor(c, host) {
			return nil
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return err
	}
	t := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "taizhang"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLasts),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, DNSNames: names, IPAddresses: ips,
	}
	cert, err := x509.CreateCertificate(rand.Reader, t, t, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	if err := durable.MkdirAll(filepath.Dir(certFile), 0o700); err != nil {
		return err
	}
	if err := durable.WriteBytes(keyFile, 0o600, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})); err != nil {
		return err
	}
	return durable.WriteBytes(certFile, 0o644, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
}

// isFor says whether a certificate is good for the host that is listened at.
func isFor(c *x509.Certificate, host string) bool {
	if ip := net.ParseIP(host); ip == nil && host != "" || ip != nil && !ip.IsUnspecified() {
		return c.VerifyHostname(host) == nil
	}
	return true
}

// namesOf are the names and addresses under which this computer is reached.
func namesOf(host string) (names []string, ips []net.IP) {
	names = []string{"localhost"}
	if name, err := os.Hostname(); err == nil && name != "" {
		names = append(names, name)
	}
	ips = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if ip := net.ParseIP(host); ip != nil && !ip.IsUnspecified() {
		return names, append(ips, ip)
	} else if ip == nil && host != "" {
		return append(names, host), ips
	}
	list, err := net.InterfaceAddrs()
	if err != nil {
		return names, ips
	}
	for _, a := range list {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	return names, ips
}
