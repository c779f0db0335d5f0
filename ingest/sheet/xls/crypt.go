package xls

import (
	"bytes"
	"crypto/rc4"

	"taizhang/ingest/sheet"
	"taizhang/internal/offcrypto"
)

// decrypt tries the default password on the rest of the stream. The FilePass
// record ([MS-XLS] 2.4.117) says how it is encrypted; XOR obfuscation is not
// what Excel uses with the default password, so it means a real one.
func (b *biffBook) decrypt(r record) error {
	d := r.data
	if len(d) < 6 || u16(d) != 1 || b.ver < 8 {
		return sheet.Refuse(sheet.Password, "biff%d, XOR", b.ver)
	}
	key, err := offcrypto.RC4(d[2:])
	if err != nil {
		return err
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
					return sheet.Refuse(sheet.Password, "%v", err)
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
