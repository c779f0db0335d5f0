package web

import (
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
	"slices"
	"sync"
	"time"

	"taizhang/internal/durable"
)

// User is somebody who may log in.
type User struct {
	Name   string    `json:"name"`
	Role   Role      `json:"role"`
	Unit   string    `json:"unit,omitempty"`   // code, of a submitter
	Hash   string    `json:"hash"`             // of the password, see HashPassword
	Tokens []string  `json:"tokens,omitempty"` // SHA-256 of the tokens that programs ask with
	Since  time.Time `json:"since"`            // when the password was set: older sessions end
}

// Session is a login. ID is the SHA-256 of what the browser holds.
type Session struct {
	ID    string    `json:"id"`
	User  string    `json:"user"`
	Begun time.Time `json:"begun"`
	Seen  time.Time `json:"seen"`
}

// Store keeps users and sessions. Passwords, tokens and what browsers hold are never in it, only their hashes.
type Store interface {
	Users() ([]User, error)
	PutUser(u User) error
	RemoveUser(name string) error
	Sessions() ([]Session, error)
	PutSession(s Session) error
	// EndSessions ends those of which over says so.
	EndSessions(over func(Session) bool) error
}

// Files is a Store of two files in a folder of the zone: users.json, which `taizhang user` writes, and sessions.json,
// which the page writes.
type Files struct {
	dir string
	mu  sync.Mutex
}

// NewFiles gives the store of a zone's folder.
func NewFiles(zoneDir string) *Files { return &Files{dir: filepath.Join(zoneDir, Folder)} }

// Users lists the users in the order in which they were added.
func (f *Files) Users() ([]User, error) { return readList[User](filepath.Join(f.dir, "users.json")) }

// PutUser adds a user, or replaces the one of that name.
func (f *Files) PutUser(u User) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.Users()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(x User) bool { return x.Name == u.Name }); i >= 0 {
		list[i] = u
	} else {
		list = append(list, u)
	}
	return f.write("users.json", list)
}

// RemoveUser removes a user; none of that name is fs.ErrNotExist.
func (f *Files) RemoveUser(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.Users()
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(list), func(x User) bool { return x.Name == name })
	if len(kept) == len(list) {
		return fmt.Errorf("user %s: %w", name, fs.ErrNotExist)
	}
	return f.write("users.json", kept)
}

// Sessions lists the sessions.
func (f *Files) Sessions() ([]Session, error) {
	return readList[Session](filepath.Join(f.dir, "sessions.json"))
}

// PutSession adds a session, or replaces the one of that id.
func (f *Files) PutSession(s Session) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.Sessions()
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x Session) bool { return x.ID == s.ID })
	return f.write("sessions.json", append(list, s))
}

// EndSessions ends sessions.
func (f *Files) EndSessions(over func(Session) bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	list, err := f.Sessions()
	if err != nil {
		return err
	}
	kept := slices.DeleteFunc(slices.Clone(list), over)
	if len(kept) == len(list) {
		return nil
	}
	return f.write("sessions.json", kept)
}

func (f *Files) write(name string, list any) error {
	text, err := json.MarshalIndent(list, "", " ")
	if err != nil {
		return err
	}
	if err := durable.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	return durable.WriteBytes(filepath.Join(f.dir, name), 0o600, append(text, '\n'))
}

func readList[T any](path string) ([]T, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []T
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

// Secret makes something that can't be guessed, for a token or a browser to hold, and the hash by which it is known.
func Secret() (held, hash string) {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	held = base64.RawURLEncoding.EncodeToString(b)
	return held, hashOfSecret(held)
}

func hashOfSecret(held string) string {
	sum := sha256.Sum256([]byte(held))
	return hex.EncodeToString(sum[:])
}
