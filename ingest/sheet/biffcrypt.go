package sheet

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/binary"
	"unicode/utf16"
)

// defaultPassword is what Excel encrypts with when a workbook is protected but
// not locked with a password of its own; it opens such files without asking
// ([MS-OFFCRYPTO] 2.4.2.3 note).
const defaultPassword = "VelvetSweatshop"

// keyOf derives the RC4 key of one block.
type keyOf func(block uint32) []byte

// decrypt tries the default password on the rest of the stream. The FilePass
// record ([MS-XLS] 2.4.117) says how it is encrypted; XOR obfuscation is not
// what Excel uses with the default password, so it means a real one.
func (b *biffBook) decrypt(r record) error {
	d := r.data
	if len(d) < 6 || u16(d) != 1 || b.ver < 8 {
		return refuse(Password, "biff%d, XOR", b.ver)
	}
	var key keyOf
	if u16(d[2:]) == 1 {
		key = rc4Key(d[6:])
	} else {
		key = cryptoAPIKey(d[6:])
	}
	if key == nil {
		return refuse(Password, "biff8, RC4 %d.%d", u16(d[2:]), u16(d[4:]))
	}
	s := bytes.Clone(b.s)
	var stream [1024]byte // of the current block; the headers of records use it up too
	block := -1
	for p := r.next; p+4 <= len(s); {
		id, n := int(u16(s[p:])), int(u16(s[p+2:]))
		from, to := p+4, min(p+4+n, len(s))
		p = to
		switch id { // 2.2.10
		case 0x809, recFilePass, 0x194, 0x195, 0xe1, 0x196, 0x138:
			continue
		case recBoundSheet:
			from = min(from+4, to) // the sheet's position is in clear
		}
		for i := from; i < to; i++ {
			if k := i >> 10; k != block {
				block = k
				c, err := rc4.NewCipher(key(uint32(k)))
				if err != nil {
					return refuse(Password, "%v", err)
				}
				clear(stream[:])
				c.XORKeyStream(stream[:], stream[:])
			}
			s[i] ^= stream[i&1023]
		}
	}
	b.s = s
	return nil
}

// utf16Bytes is a password as the key derivations want it.
func utf16Bytes(s string) []byte {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}

// rc4Key is [MS-OFFCRYPTO] 2.3.6; nil when the default password is not the one.
func rc4Key(d []byte) keyOf {
	if len(d) < 48 {
		return nil
	}
	h0 := md5.Sum(utf16Bytes(defaultPassword))
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
func cryptoAPIKey(d []byte) keyOf {
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
	h0 := sha1.Sum(append(bytes.Clone(v[4:20]), utf16Bytes(defaultPassword)...))
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
