package offcrypto

import (
	"bytes"
	"crypto/aes"
	"crypto/sha1"
)

// standardKey checks the default password against a standard encryption info,
// which follows its version and flags (2.3.4.5 to 2.3.4.9).
func standardKey(d []byte) (decrypter, error) {
	if len(d) < 4 {
		return nil, locked("standard encryption info of %d bytes", len(d))
	}
	size := int(u32(d))
	if size < 32 || size > len(d)-4-72 {
		return nil, locked("standard encryption header of %d bytes", size)
	}
	header, verifier := d[4:], d[4+size:]
	algorithm, keyBytes := u32(header[8:]), int(u32(header[16:]))/8
	if algorithm < 0x660e || algorithm > 0x6610 || keyBytes != 16 && keyBytes != 24 && keyBytes != 32 || u32(verifier) != 16 {
		return nil, locked("standard encryption, algorithm %#x", algorithm)
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
		return nil, locked("%v", err)
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
		return nil, locked("not the default password")
	}
	return ecb, nil
}
