package office

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"slices"

	"taizhang/internal/archive"
	"taizhang/internal/lang"
)

// bindKeys refuses keys that are not those the journal was written with: hashes made with others join to nothing. The
// fingerprints of new ones are noted in the journal.
func (z *Zone) bindKeys(a *archive.Archive) error {
	fresh, err := z.freshKeys(a)
	if err != nil || len(fresh) == 0 {
		return err
	}
	return a.Append(archive.Event{Event: archive.BindKeys, Keys: fresh})
}

// freshKeys gives the fingerprints of keys that the journal doesn't know yet, and refuses those that are not its own.
func (z *Zone) freshKeys(a *archive.Archive) (map[string]string, error) {
	keys, err := z.keys()
	if err != nil {
		return nil, err
	}
	bound := a.Keys()
	path := filepath.Join(z.Archive(), KeyFile)
	fresh := map[string]string{}
	for _, scope := range slices.Sorted(maps.Keys(keys)) {
		if scope == "" {
			continue
		}
		print := Fingerprint(scope, keys[scope])
		switch bound[scope] {
		case print:
		case "":
			fresh[scope] = print
		default:
			return nil, lang.Errorf("%s: key %q is not the one that returns were taken in with: it is another zone's, or was made anew%s", "%s：密钥 %q 不是接收报表时用的密钥：属于另一个园区，或是重新生成的%s", path, scope, z.putBackHint())
		}
	}
	return fresh, nil
}

// Fingerprint tells keys apart without telling them.
func Fingerprint(scope string, key []byte) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte("taizhang key " + scope))
	return hex.EncodeToString(m.Sum(nil)[:8])
}
