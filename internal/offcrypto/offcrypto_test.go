package offcrypto

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"testing"
)

// encryptCBC is the other way round of cbc.
func encryptCBC(key, iv, b []byte) []byte {
	out := append(bytes.Clone(b), make([]byte, (16-len(b)%16)%16)...)
	cipher.NewCBCEncrypter(must(aes.NewCipher(key)), fit(bytes.Clone(iv), 16)).CryptBlocks(out, out)
	return out
}

// agileOf encrypts a package as [MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15 say, under
// the default password or, with wrong, under a verifier it does not fit.
func agileOf(plain []byte, name string, keyBits int, wrong bool) (encrypted, pack []byte) {
	algorithm := map[string]func() hash.Hash{"SHA1": sha1.New, "SHA256": sha256.New, "SHA384": sha512.New384, "SHA512": sha512.New, "MD5": md5.New}[name]
	salt, dataSalt := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	const spin = 1000
	h := spun(algorithm, salt, spin)
	enc := func(purpose, b []byte) string {
		return base64.StdEncoding.EncodeToString(encryptCBC(fit(sum(algorithm, h, purpose), keyBits/8), salt, b))
	}
	input := []byte("sixteen bytes in")
	value := sum(algorithm, input)
	if wrong {
		value[0]++
	}
	key := []byte("a key of thirty-two bytes length")[:keyBits/8]
	var info bytes.Buffer
	info.Write([]byte{4, 0, 4, 0, 0x40, 0, 0, 0})
	alg := fmt.Sprintf(`saltSize="16" blockSize="16" keyBits="%d" hashSize="%d" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="%s"`, keyBits, len(value), name)
	fmt.Fprintf(&info, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyData %s saltValue="%s"/><dataIntegrity encryptedHmacKey="" encryptedHmacValue=""/><keyEncryptors><keyEncryptor uri="p"><p:encryptedKey spinCount="%d" %s saltValue="%s" encryptedVerifierHashInput="%s" encryptedVerifierHashValue="%s" encryptedKeyValue="%s"/></keyEncryptor></keyEncryptors></encryption>`,
		alg, base64.StdEncoding.EncodeToString(dataSalt), spin, alg, base64.StdEncoding.EncodeToString(salt), enc(keyVerifierInput, input), enc(keyVerifierValue, value), enc(keyPackage, key))
	pack = binary.LittleEndian.AppendUint64(nil, uint64(len(plain)))
	for i, b := uint32(0), plain; len(b) > 0; i++ {
		n := min(4096, len(b))
		pack = append(pack, encryptCBC(key, sum(algorithm, dataSalt, binary.LittleEndian.AppendUint32(nil, i)), b[:n])...)
		b = b[n:]
	}
	return info.Bytes(), pack
}

// standardOf encrypts a package as 2.3.4.5 to 2.3.4.9 say.
func standardOf(plain []byte, keyBits int, wrong bool) (info, pack []byte) {
	salt := []byte("0123456789abcdef")
	h := sum(sha1.New, spun(sha1.New, salt, 50_000), []byte{0, 0, 0, 0})
	pad := func(c byte) []byte {
		b := bytes.Repeat([]byte{c}, 64)
		for i := range h {
			b[i] ^= h[i]
		}
		return sum(sha1.New, b)
	}
	block := must(aes.NewCipher(append(pad(0x36), pad(0x5c)...)[:keyBits/8]))
	ecb := func(b []byte) []byte {
		out := append(bytes.Clone(b), make([]byte, (16-len(b)%16)%16)...)
		for i := 0; i < len(out); i += 16 {
			block.Encrypt(out[i:], out[i:])
		}
		return out
	}
	input := []byte("sixteen bytes in")
	value := sum(sha1.New, input)
	if wrong {
		value[0]++
	}
	csp := utf16Bytes("Microsoft Enhanced RSA and AES Cryptographic Provider\x00")
	info = append(le16(4, 2), le32(0x24)...)
	info = append(info, le32(32+len(csp))...)
	for _, v := range []int{0x24, 0, 0x660e + (keyBits-128)/64, 0x8004, keyBits, 0x18, 0, 0} {
		info = append(info, le32(v)...)
	}
	info = append(append(append(append(info, csp...), le32(16)...), salt...), ecb(input)...)
	info = append(append(info, le32(20)...), ecb(value)...)
	pack = append(binary.LittleEndian.AppendUint64(nil, uint64(len(plain))), ecb(plain)...)
	return info, pack
}

// TestEncryptionMatrix: every hash and key length that Office offers opens
// under the default password and is called a password under any other.
func TestEncryptionMatrix(t *testing.T) {
	plain := bytes.Repeat([]byte("PK, a package of several segments. "), 300)
	check := func(what string, encrypted func(wrong bool) (info, pack []byte)) {
		t.Helper()
		if got, err := Package(encrypted(false)); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := Package(encrypted(true)); !errors.Is(err, ErrPassword) {
			t.Errorf("%s under another password: %v", what, err)
		}
	}
	for _, bits := range []int{128, 192, 256} {
		for _, name := range []string{"SHA1", "SHA256", "SHA384", "SHA512", "MD5"} {
			check(fmt.Sprintf("agile AES-%d %s", bits, name), func(wrong bool) (info, pack []byte) { return agileOf(plain, name, bits, wrong) })
		}
		check(fmt.Sprintf("standard AES-%d", bits), func(wrong bool) (info, pack []byte) { return standardOf(plain, bits, wrong) })
	}
}

// TestEncryptionOdd: encryption that is not read, or is made to hurt, is called a password.
func TestEncryptionOdd(t *testing.T) {
	agileXML := func(attrs string) []byte {
		return append([]byte{4, 0, 4, 0, 0x40, 0, 0, 0}, fmt.Sprintf(`<e><keyData %s/><encryptedKey spinCount="9" %s/></e>`, attrs, attrs)...)
	}
	good := `cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA1" keyBits="128"`
	for name, info := range map[string][]byte{
		"triple DES":      agileXML(`cipherAlgorithm="3DES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA1" keyBits="168"`),
		"RC2":             agileXML(`cipherAlgorithm="RC2" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA1" keyBits="128"`),
		"CFB":             agileXML(`cipherAlgorithm="AES" cipherChaining="ChainingModeCFB" hashAlgorithm="SHA1" keyBits="128"`),
		"endless rounds":  bytes.ReplaceAll(agileXML(good), []byte(`spinCount="9"`), []byte(`spinCount="2000000000"`)),
		"rounds in words": bytes.ReplaceAll(agileXML(good), []byte(`spinCount="9"`), []byte(`spinCount="many"`)),
		"cut off":         agileXML(good)[:60],
		"certificate":     agileXML("")[:8:8],
		"extensible":      append(le16(4, 3), make([]byte, 60)...),
		"RC4":             append(append(append(le16(2, 2), le32(4)...), le32(32)...), append(append(make([]byte, 8), le32(0x6801)...), make([]byte, 120)...)...),
		"header too long": append(append(le16(4, 2), le32(0x24)...), le32(1<<30)...),
	} {
		if _, err := Package(info, make([]byte, 5000)); !errors.Is(err, ErrPassword) {
			t.Errorf("%s: %v, want a password", name, err)
		}
	}
}

// TestPackageCut: a package that ends before its length is damaged, not locked.
func TestPackageCut(t *testing.T) {
	info, pack := agileOf(make([]byte, 5000), "SHA512", 256, false)
	for _, n := range []int{0, 7, 8, 5000} {
		if _, err := Package(info, bytes.Clone(pack[:n])); err == nil || errors.Is(err, ErrPassword) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := Package(info[:4], pack); err == nil || errors.Is(err, ErrPassword) {
		t.Errorf("half an info: %v", err)
	}
}

// FuzzPackage gives encryption infos that somebody made up.
func FuzzPackage(f *testing.F) {
	plain := make([]byte, 5000)
	for _, encrypted := range []func() (info, pack []byte){
		func() (info, pack []byte) { return agileOf(plain, "SHA512", 256, false) },
		func() (info, pack []byte) { return standardOf(plain, 128, false) },
	} {
		info, pack := encrypted()
		f.Add(info, pack)
	}
	f.Fuzz(func(t *testing.T, info, pack []byte) {
		if bytes.Contains(info, []byte("spinCount")) && !bytes.Contains(info, []byte(`spinCount="1000"`)) {
			return // only slow
		}
		got, err := Package(info, bytes.Clone(pack))
		if err == nil && len(got) > len(pack) {
			t.Errorf("%d bytes of %d", len(got), len(pack))
		}
	})
}

// FuzzRC4 gives FilePass records that somebody made up.
func FuzzRC4(f *testing.F) {
	f.Add(make([]byte, 60))
	f.Add(append(le16(2, 2), make([]byte, 200)...))
	f.Fuzz(func(t *testing.T, record []byte) {
		key, err := RC4(record)
		if (key == nil) != errors.Is(err, ErrPassword) {
			t.Errorf("%v, %v", key == nil, err)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func le16(values ...int) (b []byte) {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func le32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }
