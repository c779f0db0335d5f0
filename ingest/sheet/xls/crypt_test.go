package xls_test

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"strings"
	"testing"

	"taizhang/ingest/sheet"
	"taizhang/ingest/sheet/sheettest"
	"taizhang/internal/offcrypto"
)

// TestXLSDefaultPassword encrypts a BIFF8 stream with RC4 as [MS-OFFCRYPTO]
// 2.3.6 says, and reads it again.
func TestXLSDefaultPassword(t *testing.T) {
	body := sheettest.BIFF([]string{"甲", "乙"}, func(w *sheettest.Writer) {
		for r := range 300 { // several blocks of 1,024 bytes
			w.Rec(sheettest.RecLabelSST, sheettest.LE16(r, 0, 0), sheettest.LE32(r%2))
			w.Rec(sheettest.RecNumber, sheettest.LE16(r, 1, 0), sheettest.LE64(float64(r)))
		}
	})
	for password, reason := range map[string]string{offcrypto.DefaultPassword: "", "secret": sheet.Password} {
		salt := []byte("0123456789abcdef")
		h0 := md5.Sum([]byte(strings.Join(strings.Split(password, ""), "\x00") + "\x00")) // in UTF-16
		var buf []byte
		for range 16 {
			buf = append(append(buf, h0[:5]...), salt...)
		}
		h1 := md5.Sum(buf)
		cipher := func(block int) *rc4.Cipher {
			h := md5.Sum(binary.LittleEndian.AppendUint32(bytes.Clone(h1[:5]), uint32(block)))
			return sheettest.Must(rc4.NewCipher(h[:]))
		}
		verifier := []byte("fedcba9876543210")
		sum := md5.Sum(verifier)
		check := append(verifier, sum[:]...)
		cipher(0).XORKeyStream(check, check)
		pass := append(append(append(sheettest.LE16(0x2f, 54), sheettest.LE16(1, 1, 1)...), salt...), check...)

		s := append(append(bytes.Clone(body[:20]), pass...), body[20:]...)
		key := make([]byte, len(s)+1024)
		for i := 0; i < len(s); i += 1024 {
			cipher(i>>10).XORKeyStream(key[i:i+1024], key[i:i+1024])
		}
		for p := 20 + len(pass); p+4 <= len(s); {
			id, n := int(binary.LittleEndian.Uint16(s[p:])), int(binary.LittleEndian.Uint16(s[p+2:]))
			from := p + 4
			p = from + n
			if id == sheettest.RecBoundSheet { // the sheet moved, and its place stays in clear
				binary.LittleEndian.PutUint32(s[from:], binary.LittleEndian.Uint32(s[from:])+uint32(len(pass)))
				from += 4
			}
			for i := from; i < p && id != 0x809; i++ {
				s[i] ^= key[i]
			}
		}
		g, err := sheettest.First(s)
		if sheettest.Reason(err) != reason {
			t.Errorf("%s: %v, want %q", password, err, reason)
		}
		if err == nil && (len(g.Rows) != 300 || g.Rows[299].Cells[0].Text != "乙" || g.Rows[299].Cells[1].Num != 299 || g.Name != "表一") {
			t.Errorf("got %s", sheettest.Dump(g))
		}
	}
}
