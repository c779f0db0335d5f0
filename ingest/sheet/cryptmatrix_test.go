package sheet

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
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
func agileOf(plain []byte, name string, keyBits int, wrong bool) []byte {
	hash := map[string]string{"SHA1": "SHA1", "SHA256": "SHA256", "SHA384": "SHA384", "SHA512": "SHA512", "MD5": "MD5"}[name]
	x := must(newScan(strings.NewReader(fmt.Sprintf(`<a cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="%s" keyBits="%d"/>`, hash, keyBits)), Limits{}.filled()))
	must(x.next())
	a := must(readAgile(x))
	salt, dataSalt := []byte("0123456789abcdef"), []byte("fedcba9876543210")
	const spin = 1000
	h := spun(a.hash, salt, spin)
	enc := func(purpose, b []byte) string {
		return base64.StdEncoding.EncodeToString(encryptCBC(fit(sum(a.hash, h, purpose), keyBits/8), salt, b))
	}
	input := []byte("sixteen bytes in")
	value := sum(a.hash, input)
	if wrong {
		value[0]++
	}
	key := []byte("a key of thirty-two bytes length")[:keyBits/8]
	var info bytes.Buffer
	info.Write([]byte{4, 0, 4, 0, 0x40, 0, 0, 0})
	alg := fmt.Sprintf(`saltSize="16" blockSize="16" keyBits="%d" hashSize="%d" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="%s"`, keyBits, len(value), hash)
	fmt.Fprintf(&info, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyData %s saltValue="%s"/><dataIntegrity encryptedHmacKey="" encryptedHmacValue=""/><keyEncryptors><keyEncryptor uri="p"><p:encryptedKey spinCount="%d" %s saltValue="%s" encryptedVerifierHashInput="%s" encryptedVerifierHashValue="%s" encryptedKeyValue="%s"/></keyEncryptor></keyEncryptors></encryption>`,
		alg, base64.StdEncoding.EncodeToString(dataSalt), spin, alg, base64.StdEncoding.EncodeToString(salt), enc(keyVerifierInput, input), enc(keyVerifierValue, value), enc(keyPackage, key))
	pack := binary.LittleEndian.AppendUint64(nil, uint64(len(plain)))
	for i, b := uint32(0), plain; len(b) > 0; i++ {
		n := min(4096, len(b))
		pack = append(pack, encryptCBC(key, sum(a.hash, dataSalt, binary.LittleEndian.AppendUint32(nil, i)), b[:n])...)
		b = b[n:]
	}
	return oleOf(map[string][]byte{"EncryptionInfo": info.Bytes(), "EncryptedPackage": pack})
}

// standardOf encrypts a package as 2.3.4.5 to 2.3.4.9 say.
func standardOf(plain []byte, keyBits int, wrong bool) []byte {
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
	info := append(le16(4, 2), le32(0x24)...)
	info = append(info, le32(32+len(csp))...)
	for _, v := range []int{0x24, 0, 0x660e + (keyBits-128)/64, 0x8004, keyBits, 0x18, 0, 0} {
		info = append(info, le32(v)...)
	}
	info = append(append(append(append(info, csp...), le32(16)...), salt...), ecb(input)...)
	info = append(append(info, le32(20)...), ecb(value)...)
	pack := append(binary.LittleEndian.AppendUint64(nil, uint64(len(plain))), ecb(plain)...)
	return oleOf(map[string][]byte{"EncryptionInfo": info, "EncryptedPackage": pack})
}

// TestEncryptionMatrix: every hash and key length that Office offers opens
// under the default password and is called a password under any other.
func TestEncryptionMatrix(t *testing.T) {
	plain := zipOf(append(xlsxParts(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>`, "甲"), part{"x.bin", string(md5Chain(make([]byte, 9000)))})...)
	check := func(what string, make func(wrong bool) []byte) {
		t.Helper()
		for _, wrong := range []bool{false, true} {
			g, err := firstOf(make(wrong))
			if wrong {
				if asReason(err) != Password {
					t.Errorf("%s under another password: %v", what, err)
				}
			} else if err != nil || dump(g) != "A1 text \"甲\"\n" {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	for _, bits := range []int{128, 192, 256} {
		for _, hash := range []string{"SHA1", "SHA256", "SHA384", "SHA512", "MD5"} {
			check(fmt.Sprintf("agile AES-%d %s", bits, hash), func(wrong bool) []byte { return agileOf(plain, hash, bits, wrong) })
		}
		check(fmt.Sprintf("standard AES-%d", bits), func(wrong bool) []byte { return standardOf(plain, bits, wrong) })
	}
}

// TestEncryptionOdd: encryption that is not read, or is made to hurt, is called a password or damage.
func TestEncryptionOdd(t *testing.T) {
	pack := make([]byte, 5000)
	agileXML := func(attrs string) []byte {
		return append([]byte{4, 0, 4, 0, 0x40, 0, 0, 0}, fmt.Sprintf(`<e><keyData %s/><encryptedKey spinCount="9" %s/></e>`, attrs, attrs)...)
	}
	for name, c := range map[string]struct {
		info   []byte
		reason string
	}{
		"triple DES":      {agileXML(`cipherAlgorithm="3DES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA1" keyBits="168"`), Password},
		"RC2":             {agileXML(`cipherAlgorithm="RC2" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA1" keyBits="128"`), Password},
		"CFB":             {agileXML(`cipherAlgorithm="AES" cipherChaining="ChainingModeCFB" hashAlgorithm="SHA1" keyBits="128"`), Password},
		"endless rounds":  {bytes.ReplaceAll(agileXML(`cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA1" keyBits="128"`), []byte(`spinCount="9"`), []byte(`spinCount="2000000000"`)), Password},
		"certificate":     {agileXML("")[:8:8], Password},
		"extensible":      {append(le16(4, 3), make([]byte, 60)...), Password},
		"RC4":             {append(append(append(le16(2, 2), le32(4)...), le32(32)...), append(append(make([]byte, 8), le32(0x6801)...), make([]byte, 120)...)...), Password},
		"header too long": {append(append(le16(4, 2), le32(0x24)...), le32(1<<30)...), Password},
	} {
		_, err := firstOf(oleOf(map[string][]byte{"EncryptionInfo": c.info, "EncryptedPackage": pack}))
		if asReason(err) != c.reason || err != nil && strings.Contains(err.Error(), "panic") {
			t.Errorf("%s: %v, want %s", name, err, c.reason)
		}
	}
}

// FuzzEncrypted gives encryption infos that somebody made up.
func FuzzEncrypted(f *testing.F) {
	plain := zipOf(xlsxParts(`<sheetData/>`)...)
	for _, whole := range [][]byte{agileOf(plain, "SHA512", 256, false), standardOf(plain, 128, false)} {
		c := must(openCompound(whole))
		f.Add(must(c.stream(c.root()["encryptioninfo"])), []byte("12345678"))
	}
	f.Fuzz(func(t *testing.T, info, pack []byte) {
		if bytes.Contains(info, []byte("spinCount")) && !bytes.Contains(info, []byte(`spinCount="1000"`)) {
			return // only slow
		}
		b, err := Open(context.Background(), "x", oleOf(map[string][]byte{"EncryptionInfo": info, "EncryptedPackage": pack}), fuzzLimits())
		checkBook(t, b, err)
	})
}
