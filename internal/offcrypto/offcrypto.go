// Package offcrypto opens what Excel encrypts by itself ([MS-OFFCRYPTO]): a
// workbook that is protected, but not locked with a password of its own, is
// encrypted with a password that everybody knows, and opens without asking.
//
// Words: an encryption info says how a package was encrypted, agile (2.3.4.10)
// or standard (2.3.4.5); a verifier is something encrypted that shows whether
// the password is the right one; a spin is one round of deriving a key from it.
//
// Other passwords than Excel's own are not tried: [ErrPassword].
package offcrypto

import (
	"bytes"
	"crypto/aes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"unicode/utf16"
)

// DefaultPassword is what Excel encrypts with when a workbook is protected but not locked ([MS-OFFCRYPTO] 2.4.2.3 note).
const DefaultPassword = "VelvetSweatshop"

// ErrPassword is in the chain of the error where neither the default password nor the ciphers that come with it open what is
// encrypted; any other error means damage.
var ErrPassword = errors.New("encrypted with a password")

func locked(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrPassword, fmt.Sprintf(format, args...))
}

func u16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// decrypter decrypts a package in place.
type decrypter func(data []byte)

// Package opens an encrypted package (2.3.4.4) by its encryption info. It decrypts data in place, and what it gives is a part
// of that.
func Package(info, data []byte) ([]byte, error) {
	if len(info) < 8 {
		return nil, fmt.Errorf("encryption info of %d bytes", len(info))
	}
	var open decrypter
	var err error
	switch {
	case u16(info) == 4 && u16(info[2:]) == 4:
		open, err = agileKey(bytes.TrimRight(info[8:], "\x00")) // some writers fill up sectors
	case u16(info[2:]) == 2:
		open, err = standardKey(info[8:])
	default:
		err = locked("encryption %d.%d", u16(info), u16(info[2:]))
	}
	if err != nil {
		return nil, err
	}
	if len(data) < 8 {
		return nil, fmt.Errorf("encrypted package of %d bytes", len(data))
	}
	// The first eight bytes tell the length of the package.
	n, data := binary.LittleEndian.Uint64(data), data[8:]
	if n > uint64(len(data)) {
		return nil, fmt.Errorf("encrypted package of %d bytes is said to hold %d", len(data), n)
	}
	open(data[:len(data)/aes.BlockSize*aes.BlockSize])
	return data[:n], nil
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
	h.Write(utf16Bytes(DefaultPassword))
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

// utf16Bytes is a password as the key derivations want it.
func utf16Bytes(s string) []byte {
	var b []byte
	for _, c := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, c)
	}
	return b
}
