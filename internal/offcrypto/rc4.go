package offcrypto

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/binary"
)

// KeyOf derives the RC4 key of one block of 1,024 bytes.
type KeyOf func(block uint32) []byte

// RC4 derives keys from what a FilePass record ([MS-XLS] 2.4.117) holds beside its kind of encryption, which has to be 1, RC4.
func RC4(d []byte) (KeyOf, error) {
	if len(d) < 4 {
		return nil, locked("RC4, %d bytes", len(d))
	}
	var key KeyOf
	if u16(d) == 1 {
		key = rc4Key(d[4:])
	} else {
		key = cryptoAPIKey(d[4:])
	}
	if key == nil {
		return nil, locked("RC4 %d.%d", u16(d), u16(d[2:]))
	}
	return key, nil
}

// rc4Key is [MS-OFFCRYPTO] 2.3.6; nil when the default password is not the one.
func rc4Key(d []byte) KeyOf {
	if len(d) < 48 {
		return nil
	}
	h0 := md5.Sum(utf16Bytes(DefaultPassword))
	var buf []byte
	for range 16 {
		buf = append(buf, h0[:5]...)
		buf = append(buf, d[:16]...)
	}
	h1 := md5.Sum(buf)
	key := func(block uint32) []byte {
		h := md5.Sum(binary.LittleEndian.AppendUint32(bytes.Clone(h1[:5]), block))
		return h[:]
	}
	c, err := rc4.NewCipher(key(0))
	if err != nil {
		return nil
	}
	v := bytes.Clone(d[16:48])
	c.XORKeyStream(v, v)
	if want := md5.Sum(v[:16]); !bytes.Equal(want[:], v[16:]) {
		return nil
	}
	return key
}

// cryptoAPIKey is [MS-OFFCRYPTO] 2.3.5; nil when the default password is not the one.
func cryptoAPIKey(d []byte) KeyOf {
	if len(d) < 8 {
		return nil
	}
	size := int(u32(d[4:]))
	if size < 24 || len(d) < 8+size+60 {
		return nil
	}
	bits := int(u32(d[8+16:]))
	v := d[8+size:]
	if bits == 0 {
		bits = 40
	}
	if bits%8 != 0 || bits > 128 || u32(v) != 16 {
		return nil
	}
	h0 := sha1.Sum(append(bytes.Clone(v[4:20]), utf16Bytes(DefaultPassword)...))
	key := func(block uint32) []byte {
		h := sha1.Sum(binary.LittleEndian.AppendUint32(bytes.Clone(h0[:]), block))
		k := h[:bits/8]
		if bits == 40 {
			k = append(bytes.Clone(k), make([]byte, 11)...)
		}
		return k
	}
	c, err := rc4.NewCipher(key(0))
	if err != nil {
		return nil
	}
	verifier := bytes.Clone(v[20:36])
	hash := bytes.Clone(v[40:60])
	c.XORKeyStream(verifier, verifier)
	c.XORKeyStream(hash, hash)
	if want := sha1.Sum(verifier); !bytes.Equal(want[:], hash) {
		return nil
	}
	return key
}
