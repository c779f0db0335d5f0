package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// Costs of a password's hash, as RFC 9106 gives them where memory is short: 64 MiB, three passes.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 4
	argonLength  = 32
)

// LeastPassword is how many characters a password has at least.
const LeastPassword = 10

// ErrShortPassword is of a password that is too short to be one.
var ErrShortPassword = fmt.Errorf("a password has %d characters at least", LeastPassword)

// HashPassword gives the argon2id hash of a password in PHC form.
func HashPassword(password string) (string, error) {
	if utf8.RuneCountInString(password) < LeastPassword {
		return "", ErrShortPassword
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	return HashAt(password, salt, argonTime, argonMemory, argonThreads), nil
}

// HashAt is the hash at given costs: passes, KiB, threads. HashPassword has those that a password deserves.
func HashAt(password string, salt []byte, time, memory uint32, threads uint8) string {
	key := argon2.IDKey([]byte(password), salt, time, memory, threads, argonLength)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, time, threads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key))
}

// Matches says whether a password is the one of a hash.
func Matches(hash, password string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errors.New("not an argon2id hash")
	}
	var version int
	var memory, time uint32
	var threads uint8
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errors.New("an argon2id hash of another version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil || memory > 1<<20 || time == 0 || time > 100 || threads == 0 {
		return false, errors.New("an argon2id hash of impossible costs")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare([]byte(HashAt(password, salt, time, memory, threads)), []byte(hash)) == 1, nil
}
