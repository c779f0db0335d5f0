package sheet

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/richardlehane/mscfb"
	"github.com/xuri/excelize/v2"
)

// maxSpin bounds the work of deriving a key; Office writes 100,000.
const maxSpin = 1_000_000

var spinCount = regexp.MustCompile(`spinCount="(\d{1,10})"`)

// openEncrypted tries Excel's default password on an encrypted package
// ([MS-OFFCRYPTO] 2.3.4). A package that doesn't come out as a zip has a
// password of its own.
func openEncrypted(data []byte, root map[string]*mscfb.File, lim Limits) (b *Book, err error) {
	info, pack := root["encryptioninfo"], root["encryptedpackage"]
	if info == nil || pack == nil {
		return nil, damaged("ole2: half an encrypted package")
	}
	head, err := stream(info, len(data))
	if err != nil {
		return nil, err
	}
	if m := spinCount.FindSubmatch(head); m != nil {
		if n, err := strconv.Atoi(string(m[1])); err != nil || n > maxSpin {
			return nil, refuse(Password, "key derivation of %s rounds", m[1])
		}
	}
	plain, err := decryptPackage(data)
	if err != nil {
		return nil, refuse(Password, "%w", err)
	}
	if !bytes.HasPrefix(plain, magicZip) {
		return nil, refuse(Password, "not the default password")
	}
	return openZip(plain, lim)
}

// decryptPackage leaves the cryptography to excelize; whatever goes wrong in
// there means that the default password does not open the file.
func decryptPackage(data []byte) (plain []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = refuse(Password, "%v", p)
		}
	}()
	// It decrypts in place.
	return excelize.Decrypt(bytes.Clone(data), &excelize.Options{Password: defaultPassword})
}
