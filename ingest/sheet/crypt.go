package sheet

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
	"hash"
)

// maxSpin bounds the work of deriving a key; Office writes 50,000 or 100,000.
const maxSpin = 1_000_000

// openEncrypted tries Excel's default password on an encrypted package
// ([MS-OFFCRYPTO] 2.3.4). Whatever that password or this program's ciphers
// don't open is refused as having a password.
func openEncrypted(c *compound, root map[string]*cfbEntry, lim Limits) (*Book, error) {
	info, pack := root["encryptioninfo"], root["encryptedpackage"]
	if info == nil || pack == nil {
		return nil, damaged("ole2: half an encrypted package")
	}
	head, err := c.stream(info)
	if err != nil {
		return nil, err
	}
	var open decrypter
	switch {
	case len(head) < 8:
		return nil, damaged("encryption info of %d bytes", len(head))
	case u16(head) == 4 && u16(head[2:]) == 4:
		open, err = agileKey(bytes.TrimRight(head[8:], "\x00"), lim) // some writers fill up sectors
	case u16(head[2:]) == 2:
		open, err = standardKey(head[8:])
	default:
		return nil, refuse(Password, "encryption %d.%d", u16(head), u16(head[2:]))
	}
	switch {
	case asReason(err) == Damaged: // there is a password all the same
		return nil, refuse(Password, "%w", err)
	case err != nil:
		return nil, err
	}
	data, err := c.stream(pack)
	if err != nil {
		return nil, err
	}
	if len(data) < 8 {
		return nil, damaged("encrypted package of %d bytes", len(data))
	}
	// The first eight bytes tell the length of the package (2.3.4.4).
	n, data := binary.LittleEndian.Uint64(data), data[8:]
	if n > uint64(len(data)) {
		return nil, damaged("encrypted package of %d bytes is said to hold %d", len(data), n)
	}
	open(data[:len(data)/aes.BlockSize*aes.BlockSize])
	return openZip(data[:n], lim)
}

// decrypter decrypts a package in place.
type decrypter func(data []byte)

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
func agileKey(info []byte, lim Limits) (decrypter, error) {
	var data, password *agile
	x, err := newScan(bytes.NewReader(info), lim)
	if err != nil {
		return nil, err
	}
	defer x.release()
	for {
		found, err := x.nextStart()
		if err != nil {
			return nil, err
		}
		if !found {
			break
		}
		switch string(x.name) {
		case "keyData":
			data, err = readAgile(x)
		case "encryptedKey": // a certificate's has the same name and no spin count
			if _, ok := x.attr("spinCount"); ok {
				password, err = readAgile(x)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if data == nil || password == nil {
		return nil, refuse(Password, "agile encryption without a password")
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
		return nil, refuse(Password, "not the default password")
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
func readAgile(x *xmlScan) (*agile, error) {
	a := &agile{keyBytes: x.attrInt("keyBits", 0) / 8, spin: x.attrInt("spinCount", 0)}
	cipherName, chaining, hashName := x.attrString("cipherAlgorithm"), x.attrString("cipherChaining"), x.attrString("hashAlgorithm")
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
		return nil, refuse(Password, "%.20s, %.20s, %.20s, %d bytes", cipherName, chaining, hashName, a.keyBytes)
	}
	if a.spin < 0 || a.spin > maxSpin {
		return nil, refuse(Password, "key derivation of %d rounds", a.spin)
	}
	for name, v := range map[string]*[]byte{"saltValue": &a.salt, "encryptedVerifierHashInput": &a.input, "encryptedVerifierHashValue": &a.value, "encryptedKeyValue": &a.key} {
		b, err := base64.StdEncoding.DecodeString(x.attrString(name))
		if err != nil || len(b) > 1024 || v != &a.salt && len(b)%aes.BlockSize != 0 {
			return nil, damaged("encryption info: %s", name)
		}
		*v = b
	}
	return a, nil
}

// standardKey checks the default password against a standard encryption info,
// which follows its version and flags (2.3.4.5 to 2.3.4.9).
func standardKey(d []byte) (decrypter, error) {
	if len(d) < 4 {
		return nil, damaged("standard encryption info of %d bytes", len(d))
	}
	size := int(u32(d))
	if size < 32 || size > len(d)-4-72 {
		return nil, damaged("standard encryption header of %d bytes", size)
	}
	header, verifier := d[4:], d[4+size:]
	algorithm, keyBytes := u32(header[8:]), int(u32(header[16:]))/8
	if algorithm < 0x660e || algorithm > 0x6610 || keyBytes != 16 && keyBytes != 24 && keyBytes != 32 || u32(verifier) != 16 {
		return nil, refuse(Password, "standard encryption, algorithm %#x", algorithm)
	}
	h := sum(sha1.New, spun(sha1.New, verifier[4:20], 50_000), []byte{0, 0, 0, 0})
	var key []byte
	for _, pad := range []byte{0x36, 0x5c} {
		b := bytes.Repeat([]byte{pad}, 64)
		for i, c := range h {
			b[i] ^= c
		}
		key = append(key, sum(sha1.New, b)...)
	}
	block, err := aes.NewCipher(key[:keyBytes])
	if err != nil {
		return nil, refuse(Password, "%w", err)
	}
	ecb := func(b []byte) {
		for ; len(b) >= aes.BlockSize; b = b[aes.BlockSize:] {
			block.Decrypt(b, b)
		}
	}
	input, value := bytes.Clone(verifier[20:36]), bytes.Clone(verifier[40:72])
	ecb(input)
	ecb(value)
	if want := sum(sha1.New, input); !bytes.Equal(want, value[:len(want)]) {
		return nil, refuse(Password, "not the default password")
	}
	return ecb, nil
}

// sum hashes pieces one after the other.
func sum(fn func() hash.Hash, pieces ...[]byte) []byte {
	h := fn()
	for _, p := range pieces {
		h.Write(p)
	}
	return h.Sum(nil)
}

// spun derives the hash of the default password (2.3.4.7, 2.3.4.11).
func spun(fn func() hash.Hash, salt []byte, rounds int) []byte {
	h := fn()
	h.Write(salt)
	h.Write(utf16Bytes(defaultPassword))
	b := h.Sum(nil)
	var n [4]byte
	for i := range rounds {
		binary.LittleEndian.PutUint32(n[:], uint32(i))
		h.Reset()
		h.Write(n[:])
		h.Write(b)
		b = h.Sum(b[:0])
	}
	return b
}

// fit cuts b to n bytes, or pads it as 2.3.4.11 says.
func fit(b []byte, n int) []byte {
	for len(b) < n {
		b = append(b, 0x36)
	}
	return b[:n]
}

// cbc decrypts whole blocks in place.
func cbc(key, iv, b []byte) {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the sizes of keys were checked
	}
	cipher.NewCBCDecrypter(block, fit(bytes.Clone(iv), aes.BlockSize)).CryptBlocks(b, b)
}
