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
	"encoding/xml"
	"hash"
	"strconv"
)

// maxSpin bounds the work of deriving a key; Office writes 50,000 or 100,000.
const maxSpin = 1_000_000

// blockKeys say what a key derived from the password is for (2.3.4.10 to 2.3.4.13).
var (
	keyVerifierInput = []byte{0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79}
	keyVerifierValue = []byte{0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e}
	keyPackage       = []byte{0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6}
)

// agile is what one element of an agile encryption info says (2.3.4.10).
type agile struct {
	hash           func() hash.Hash
	salt           []byte
	keyBytes, spin int
	input, value   []byte // the verifier, encrypted
	key            []byte // of the package, encrypted
}

// agileKey checks the default password against an agile encryption info.
func agileKey(info []byte) (decrypter, error) {
	var data, password *agile
	dec := xml.NewDecoder(bytes.NewReader(info))
	for depth := 0; data == nil || depth > 0; {
		token, err := dec.Token()
		if err != nil {
			return nil, locked("encryption info: %v", err) // whatever is wrong with it, there is a password
		}
		switch t := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			depth++
			switch {
			case t.Name.Local == "keyData":
				data, err = readAgile(t.Attr)
			case t.Name.Local == "encryptedKey" && attr(t.Attr, "spinCount") != "": // a certificate's has the same name
				password, err = readAgile(t.Attr)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	if data == nil || password == nil {
		return nil, locked("agile encryption without a password")
	}
	p := password
	h := spun(p.hash, p.salt, p.spin)
	derive := func(purpose, encrypted []byte) []byte {
		out := bytes.Clone(encrypted)
		cbc(fit(sum(p.hash, h, purpose), p.keyBytes), p.salt, out)
		return out
	}
	input, value := derive(keyVerifierInput, p.input), derive(keyVerifierValue, p.value)
	want := sum(p.hash, input[:min(len(input), len(p.salt))])
	if len(value) < len(want) || !bytes.Equal(want, value[:len(want)]) {
		return nil, locked("not the default password")
	}
	key := fit(derive(keyPackage, p.key), data.keyBytes)
	const segment = 4096 // 2.3.4.15
	return func(b []byte) {
		for i := uint32(0); len(b) > 0; i++ {
			n := min(segment, len(b))
			cbc(key, sum(data.hash, data.salt, binary.LittleEndian.AppendUint32(nil, i)), b[:n])
			b = b[n:]
		}
	}, nil
}

// readAgile reads the attributes of keyData or encryptedKey. The default
// password comes with AES and CBC; other ciphers are other people's passwords.
func readAgile(attrs []xml.Attr) (*agile, error) {
	bits, _ := strconv.Atoi(attr(attrs, "keyBits")) // 0 is refused below
	a := &agile{keyBytes: bits / 8}
	if spin := attr(attrs, "spinCount"); spin != "" { // keyData has none
		var err error
		if a.spin, err = strconv.Atoi(spin); err != nil {
			return nil, locked("key derivation of %.20q rounds", spin)
		}
	}
	cipherName, chaining, hashName := attr(attrs, "cipherAlgorithm"), attr(attrs, "cipherChaining"), attr(attrs, "hashAlgorithm")
	switch hashName {
	case "SHA1", "SHA-1":
		a.hash = sha1.New
	case "SHA256", "SHA-256":
		a.hash = sha256.New
	case "SHA384", "SHA-384":
		a.hash = sha512.New384
	case "SHA512", "SHA-512":
		a.hash = sha512.New
	case "MD5":
		a.hash = md5.New
	}
	if cipherName != "AES" || chaining != "ChainingModeCBC" || a.hash == nil || a.keyBytes != 16 && a.keyBytes != 24 && a.keyBytes != 32 {
		return nil, locked("%.20s, %.20s, %.20s, %d bytes", cipherName, chaining, hashName, a.keyBytes)
	}
	if a.spin < 0 || a.spin > maxSpin {
		return nil, locked("key derivation of %d rounds", a.spin)
	}
	for name, v := range map[string]*[]byte{"saltValue": &a.salt, "encryptedVerifierHashInput": &a.input, "encryptedVerifierHashValue": &a.value, "encryptedKeyValue": &a.key} {
		b, err := base64.StdEncoding.DecodeString(attr(attrs, name))
		if err != nil || len(b) > 1024 || v != &a.salt && len(b)%aes.BlockSize != 0 {
			return nil, locked("encryption info: %s", name)
		}
		*v = b
	}
	return a, nil
}

// attr is an attribute's value, "" where there is none.
func attr(attrs []xml.Attr, name string) string {
	for i := range attrs {
		if attrs[i].Name.Local == name {
			return attrs[i].Value
		}
	}
	return ""
}

// cbc decrypts whole blocks in place.
func cbc(key, iv, b []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the sizes of keys were checked
	}
	cipher.NewCBCDecrypter(block, fit(bytes.Clone(iv), aes.BlockSize)).CryptBlocks(b, b)
}
