package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"taizhang/internal/durable"
	"taizhang/internal/state"
)

// Folder is where a zone keeps what the page needs: users, sessions, the audit.
const Folder = "web"

// User is somebody who may log in; its role is a Role, its hash that of HashPassword.
type User = state.User

// Nameable says whether a user or token may be called so: what is seen as it is, on a line, and no book.
func Nameable(name string) bool {
	return name != "" && len(name) <= 100 && utf8.ValidString(name) && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// Session is a login.
type Session = state.Session

// Token is what a program asks with.
type Token = state.Token

// Users is where users and sessions are kept: the zone's state.
type Users = state.Store

// ErrUsersLost: the state with the users was damaged and set aside. Nobody is let in, not even on the computer itself.
var ErrUsersLost = errors.New("用户名单随损坏的 state.sqlite 一起失去：请执行 taizhang doctor 从备份恢复，或用 taizhang user add 重新添加用户")

// OpenUsers opens the users and sessions of a zone. What earlier programs kept of them in files is moved in, once.
func OpenUsers(ctx context.Context, zoneDir string) (*Users, error) {
	s, err := state.Open(ctx, zoneDir)
	if err != nil {
		return nil, err
	}
	if err := moveIn(ctx, s, filepath.Join(zoneDir, Folder)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// moveIn takes users from the files of earlier programs, and removes these; their sessions are over.
func moveIn(ctx context.Context, s *state.Store, dir string) error {
	file := filepath.Join(dir, "users.json")
	content, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var list []struct {
		User
		Tokens []string `json:"tokens"` // hashes
	}
	if err := json.Unmarshal(content, &list); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, u := range list {
		if err := s.AddUsers(ctx, u.User); err != nil {
			return err
		}
		for _, t := range u.Tokens {
			if err := s.ReplaceToken(ctx, Token{ID: t, User: u.Name, Made: u.Since}); err != nil {
				return err
			}
		}
	}
	old := []string{file}
	if sessions := filepath.Join(dir, "sessions.json"); exists(sessions) {
		old = append(old, sessions)
	}
	return durable.Remove(old...)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Door is where failures to log in to an account are counted.
func Door(user string) string { return "account " + user }

// Reset gives a user a new password, by its hash. Whatever the old one opened is over: logins, tokens of programs, and the
// lock that wrong guesses put on the account.
func Reset(ctx context.Context, s *Users, u User, hash string, now time.Time) error {
	u.Hash, u.Since = hash, now
	return errors.Join(s.PutUser(ctx, u), s.RemoveTokensOf(ctx, u.Name), s.EndSessionsOf(ctx, u.Name), s.Forgive(ctx, Door(u.Name)))
}

// Secret makes something that can't be guessed, for a token or a browser to hold, and the hash by which it is known.
func Secret() (held, hash string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	held = base64.RawURLEncoding.EncodeToString(b)
	return held, HashOfSecret(held)
}

// HashOfSecret is the hash by which a secret is known.
func HashOfSecret(held string) string {
	sum := sha256.Sum256([]byte(held))
	return hex.EncodeToString(sum[:])
}
