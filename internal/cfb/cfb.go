// Package cfb reads OLE2 containers ([MS-CFB]): the files within a file that
// binary workbooks and encrypted packages are kept in.
//
// Words: a sector is one block of a container; a chain is the sectors of one
// stream, in the order that the FAT lists them; a stream is one file within,
// a storage a folder; an entry is a stream or storage as the directory lists it.
//
// Every container is held to be hostile: chains that bite their tail, leave the
// file or say that they are longer than it end in [ErrDamaged].
package cfb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// ErrDamaged is in the chain of every error: the bytes are no whole container.
var ErrDamaged = errors.New("damaged container")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

func u16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func u32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// Sector numbers that mean something else ([MS-CFB] 2.1).
const (
	sectMax  = 0xfffffffa // and above: no sector
	sectFree = 0xffffffff
)

// miniCutoff is the length below which a stream lies in the mini stream
// ([MS-CFB] 2.2 demands this value of the header, whatever it says).
const miniCutoff = 4096

// File is a container. Of its header only what is needed
// to find things is believed: counts of sectors, which many writers get wrong,
// follow from the chains themselves.
type File struct {
	data    []byte
	size    int // of a sector
	sectors int // that the file holds, a short last one included
	fat     []uint32
	mini    []uint32 // the mini FAT
	small   []byte   // the mini stream
	entries []Entry
	beyond  bool // what was followed leads past the end of the file, or to a FAT that isn't written yet
}

// Entry is one entry of the directory (2.6).
type Entry struct {
	name               string // in lower case: names compare without regard to it (2.6.4)
	kind               byte   // 1 storage, 2 stream, 5 root
	left, right, child uint32
	start              uint32
	bytes              int64
}

// Open reads FAT and directory. With an error, what comes back tells at
// most whether the file goes on.
func Open(data []byte) (*File, error) {
	if len(data) < 512 {
		return nil, damaged("%d bytes", len(data))
	}
	shift := u16(data[30:])
	if shift != 9 && shift != 12 {
		return nil, damaged("sectors of 2^%d bytes", shift)
	}
	c := &File{data: data, size: 1 << shift}
	c.sectors = max(0, (len(data)-1)>>shift) // the header takes the place of one
	c.loadFAT()
	dir, err := c.follow(u32(data[48:]), -1)
	if err != nil {
		return c, err
	}
	if len(dir)%c.size != 0 {
		return c, damaged("the directory is cut off")
	}
	for ; len(dir) >= 128; dir = dir[128:] {
		c.entries = append(c.entries, readEntry(dir[:128], shift))
	}
	if len(c.entries) == 0 || c.entries[0].kind != 5 {
		return c, damaged("no root entry")
	}
	// What can't be read of these is missed by the streams that lie there.
	table, _ := c.follow(u32(data[60:]), -1)
	c.mini = sectorNumbers(table)
	c.small, _ = c.follow(c.entries[0].start, -1)
	return c, nil
}

func readEntry(d []byte, shift uint16) Entry {
	n := min(int(u16(d[64:])), 64)/2 - 1 // of the name without its NUL
	var name []uint16
	for i := 0; i < n; i++ {
		name = append(name, u16(d[2*i:]))
	}
	e := Entry{name: strings.ToLower(string(utf16.Decode(name))), kind: d[66], left: u32(d[68:]), right: u32(d[72:]), child: u32(d[76:]), start: u32(d[116:])}
	if e.bytes = int64(binary.LittleEndian.Uint64(d[120:])); shift == 9 {
		e.bytes &= 0xffffffff // the upper half may hold anything (2.6.3)
	}
	return e
}

func sectorNumbers(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = u32(b[4*i:])
	}
	return out
}

// sector gives the bytes of one sector; fewer where the file ends in it.
func (c *File) sector(n uint32) []byte {
	if int64(n) >= int64(c.sectors) {
		return nil
	}
	at := (int(n) + 1) * c.size
	return c.data[at:min(at+c.size, len(c.data))]
}

// loadFAT reads the sectors of the FAT that the header and the chain of DIFAT
// sectors name (2.3, 2.5).
func (c *File) loadFAT() {
	next := u32(c.data[68:])
	for at := 76; at < 512; at += 4 {
		n := u32(c.data[at:])
		if c.addFAT(n); n >= sectMax {
			next = sectFree // the header has room left: nothing goes on elsewhere
		}
	}
	for next < sectMax && len(c.fat) <= c.sectors {
		d := c.sector(next)
		if len(d) < c.size {
			c.beyond = true
			break
		}
		last, had := len(d)-4, len(c.fat)
		for at := 0; at < last; at += 4 {
			c.addFAT(u32(d[at:]))
		}
		if next = u32(d[last:]); len(c.fat) == had {
			break // it adds nothing: a chain may bite its tail
		}
	}
	if len(c.fat) > c.sectors {
		c.fat = c.fat[:c.sectors]
	}
}

func (c *File) addFAT(n uint32) {
	if n >= sectMax || len(c.fat) > c.sectors {
		return
	}
	d := c.sector(n)
	if len(d) < c.size || len(bytes.Trim(d, "\x00")) == 0 {
		c.beyond = true // a FAT has at least itself to list
	}
	for at := 0; at < c.size; at += 4 {
		v := uint32(sectFree)
		if at+4 <= len(d) {
			v = u32(d[at:])
		}
		c.fat = append(c.fat, v)
	}
}

// follow gives the bytes of a chain of sectors: n of them, or all where n is
// below 0. A chain that ends early, leaves the file or bites its tail is damage.
func (c *File) follow(start uint32, n int64) ([]byte, error) {
	out := make([]byte, 0, max(0, n))
	s := start
	for steps := 0; n < 0 || int64(len(out)) < n; steps++ {
		if s >= sectMax {
			break
		}
		d := c.sector(s)
		c.beyond = c.beyond || d == nil
		if d == nil || steps > c.sectors {
			return nil, damaged("chain from sector %d leads to %d of %d", start, s, c.sectors)
		}
		out = append(out, d...)
		if int(s) < len(c.fat) {
			s = c.fat[s]
		} else {
			s = sectFree
		}
	}
	if len(out)%c.size != 0 && (n < 0 || int64(len(out)) < n) {
		c.beyond = true
	}
	return cutTo(out, n)
}

// followMini is follow in the mini stream (2.4), whose sectors have 64 bytes.
func (c *File) followMini(start uint32, n int64) ([]byte, error) {
	out := make([]byte, 0, n)
	for s := start; int64(len(out)) < n && s < sectMax; {
		at := int64(s) * 64
		if at >= int64(len(c.small)) {
			break
		}
		out = append(out, c.small[at:min(at+64, int64(len(c.small)))]...)
		if int(s) >= len(c.mini) {
			break
		}
		s = c.mini[s]
	}
	return cutTo(out, n)
}

func cutTo(b []byte, n int64) ([]byte, error) {
	if n < 0 {
		return b, nil
	}
	if int64(len(b)) < n {
		return nil, damaged("stream ends after %d of %d bytes", len(b), n)
	}
	return b[:n], nil
}

// Read reads a stream whole. It cannot be longer than the file.
func (c *File) Read(e *Entry) ([]byte, error) {
	if e.bytes < 0 || e.bytes > int64(len(c.data)) {
		_, _ = c.follow(e.start, -1) // says whether more of the file is to come
		return nil, damaged("stream %s of %d bytes", e.name, e.bytes)
	}
	// A container without a mini stream keeps short streams like long ones.
	if e.bytes < miniCutoff && c.entries[0].start < sectMax {
		return c.followMini(e.start, e.bytes)
	}
	return c.follow(e.start, e.bytes)
}

// Root lists the streams and storages at the top, by name. A directory whose
// tree is broken is read entry by entry.
func (c *File) Root() map[string]*Entry {
	out := map[string]*Entry{}
	seen := make([]bool, len(c.entries))
	whole := true
	todo := []uint32{c.entries[0].child}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case n == sectFree:
			continue
		case int64(n) >= int64(len(c.entries)) || seen[n] || n == 0 || c.entries[n].kind == 0:
			whole = false
			continue
		}
		seen[n] = true
		e := &c.entries[n]
		if out[e.name] == nil {
			out[e.name] = e
		}
		todo = append(todo, e.left, e.right)
	}
	if !whole || len(out) == 0 {
		for i := 1; i < len(c.entries); i++ {
			if e := &c.entries[i]; (e.kind == 1 || e.kind == 2) && out[e.name] == nil {
				out[e.name] = e
			}
		}
	}
	return out
}

// HasMacros says whether the container holds a VBA project.
func (c *File) HasMacros() bool {
	for _, e := range c.entries {
		if e.kind != 0 && (strings.HasPrefix(e.name, "_vba_project") || e.name == "vba") {
			return true
		}
	}
	return false
}

// Complete looks whether every stream can be read (writers leave out what
// fills the last sector up), and if not, whether their chains lie within the
// file: a file that ends before them is unfinished, any other is damaged.
func Complete(data []byte) bool {
	if len(data) < 512 {
		return false
	}
	c, err := Open(data)
	readable := err == nil
	if readable {
		for _, e := range c.Root() {
			if e.kind == 2 && e.bytes > 0 {
				if _, err := c.Read(e); err != nil {
					readable = false
				}
			}
		}
	}
	return readable || c == nil || !c.beyond
}
