package sheet

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"encoding/binary"
	"strings"
	"testing"

	"taizhang/internal/offcrypto"

	"github.com/xuri/excelize/v2"
)

// TestDefaultPassword: a package under Excel's default password opens, one
// under any other is refused as having a password.
func TestDefaultPassword(t *testing.T) {
	padding := make([]byte, 8<<10) // excelize places streams below 4,096 bytes where nobody finds them
	plain := zipOf(append(xlsxParts(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>`, "甲"), part{"x.bin", string(md5Chain(padding))})...)
	for password, reason := range map[string]string{offcrypto.DefaultPassword: "", "secret": Password} {
		g, err := firstOf(must(excelize.Encrypt(bytes.Clone(plain), &excelize.Options{Password: password})))
		if asReason(err) != reason {
			t.Errorf("%s: %v, want %q", password, err, reason)
		}
		if err == nil && dump(g) != "A1 text \"甲\"\n" {
			t.Errorf("got %s", dump(g))
		}
	}
}

// md5Chain makes bytes that don't compress.
func md5Chain(b []byte) []byte {
	for i := 0; i+16 < len(b); i += 16 {
		h := md5.Sum(b[i : i+16])
		copy(b[i+16:], h[:])
	}
	return b
}

// TestXLSDefaultPassword encrypts a BIFF8 stream with RC4 as [MS-OFFCRYPTO]
// 2.3.6 says, and reads it again.
func TestXLSDefaultPassword(t *testing.T) {
	body := biffOf([]string{"甲", "乙"}, func(w *biffWriter) {
		for r := range 300 { // several blocks of 1,024 bytes
			w.rec(recLabelSST, le16(r, 0, 0), le32(r%2))
			w.rec(recNumber, le16(r, 1, 0), le64(float64(r)))
		}
	})
	for password, reason := range map[string]string{offcrypto.DefaultPassword: "", "secret": Password} {
		salt := []byte("0123456789abcdef")
		h0 := md5.Sum([]byte(strings.Join(strings.Split(password, ""), "\x00") + "\x00")) // in UTF-16
		var buf []byte
		for range 16 {
			buf = append(append(buf, h0[:5]...), salt...)
		}
		h1 := md5.Sum(buf)
		cipher := func(block int) *rc4.Cipher {
			h := md5.Sum(binary.LittleEndian.AppendUint32(bytes.Clone(h1[:5]), uint32(block)))
			return must(rc4.NewCipher(h[:]))
		}
		verifier := []byte("fedcba9876543210")
		sum := md5.Sum(verifier)
		check := append(verifier, sum[:]...)
		cipher(0).XORKeyStream(check, check)
		pass := append(append(append(le16(0x2f, 54), le16(1, 1, 1)...), salt...), check...)

		s := append(append(bytes.Clone(body[:20]), pass...), body[20:]...)
		key := make([]byte, len(s)+1024)
		for i := 0; i < len(s); i += 1024 {
			cipher(i>>10).XORKeyStream(key[i:i+1024], key[i:i+1024])
		}
		for p := 20 + len(pass); p+4 <= len(s); {
			id, n := int(binary.LittleEndian.Uint16(s[p:])), int(binary.LittleEndian.Uint16(s[p+2:]))
			from := p + 4
			p = from + n
			if id == recBoundSheet { // the sheet moved, and its place stays in clear
				binary.LittleEndian.PutUint32(s[from:], binary.LittleEndian.Uint32(s[from:])+uint32(len(pass)))
				from += 4
			}
			for i := from; i < p && id != 0x809; i++ {
				s[i] ^= key[i]
			}
		}
		g, err := firstOf(s)
		if asReason(err) != reason {
			t.Errorf("%s: %v, want %q", password, err, reason)
		}
		if err == nil && (len(g.Rows) != 300 || g.Rows[299].Cells[0].Text != "乙" || g.Rows[299].Cells[1].Num != 299 || g.Name != "表一") {
			t.Errorf("got %s", dump(g))
		}
	}
}
