// Package cfbtest makes OLE2 containers for tests; see [taizhang/internal/cfb] for the words. It never imports what reads them.
package cfbtest

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// magic is what every container begins with ([MS-CFB] 2.2).
var magic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// Pack packs streams of at least 4,096 bytes (padded here) into a container.
func Pack(streams map[string][]byte) []byte {
	const sec = 512
	var names []string
	for n := range streams {
		names = append(names, n)
	}
	type placed struct{ start, size int }
	place := map[string]placed{}
	var body []byte
	sector := 0
	fat := map[int]uint32{}
	for _, n := range names {
		s := streams[n]
		size := max(len(s), 4096)
		p := make([]byte, (size+sec-1)/sec*sec)
		copy(p, s)
		place[n] = placed{sector, size}
		for i := range len(p) / sec {
			fat[sector+i] = uint32(sector + i + 1)
		}
		sector += len(p) / sec
		fat[sector-1] = 0xfffffffe
		body = append(body, p...)
	}
	dirStart := sector
	dir := make([]byte, (len(names)+1+3)/4*sec)
	entry := func(i int, name string, typ byte, right, child, start uint32, size int) {
		e := dir[i*128:]
		u := utf16.Encode([]rune(name))
		for j, c := range u {
			binary.LittleEndian.PutUint16(e[2*j:], c)
		}
		binary.LittleEndian.PutUint16(e[64:], uint16(2*len(u)+2))
		e[66], e[67] = typ, 1
		binary.LittleEndian.PutUint32(e[68:], 0xffffffff)
		binary.LittleEndian.PutUint32(e[72:], right)
		binary.LittleEndian.PutUint32(e[76:], child)
		binary.LittleEndian.PutUint32(e[116:], start)
		binary.LittleEndian.PutUint64(e[120:], uint64(size))
	}
	entry(0, "Root Entry", 5, 0xffffffff, 1, 0xfffffffe, 0)
	for i, n := range names {
		right := uint32(0xffffffff)
		if i+1 < len(names) {
			right = uint32(i + 2)
		}
		entry(i+1, n, 2, right, 0xffffffff, uint32(place[n].start), place[n].size)
	}
	for i := range len(dir) / sec {
		fat[sector+i] = uint32(sector + i + 1)
	}
	sector += len(dir) / sec
	fat[sector-1] = 0xfffffffe
	body = append(body, dir...)
	fats := 1
	for fats*sec/4 < sector+fats+(fats-109+126)/127 {
		fats++
	}
	difats := max(0, (fats-109+126)/127)
	h := make([]byte, sec)
	copy(h, magic)
	binary.LittleEndian.PutUint16(h[24:], 0x3e)
	binary.LittleEndian.PutUint16(h[26:], 3)
	binary.LittleEndian.PutUint16(h[28:], 0xfffe)
	binary.LittleEndian.PutUint16(h[30:], 9)
	binary.LittleEndian.PutUint16(h[32:], 6)
	binary.LittleEndian.PutUint32(h[44:], uint32(fats))
	binary.LittleEndian.PutUint32(h[48:], uint32(dirStart))
	binary.LittleEndian.PutUint32(h[56:], 4096)
	binary.LittleEndian.PutUint32(h[60:], 0xfffffffe)
	binary.LittleEndian.PutUint32(h[68:], 0xfffffffe)
	table := make([]byte, fats*sec)
	for i := range fats * sec / 4 {
		v, ok := fat[i]
		if !ok {
			v = 0xffffffff
		}
		if i >= sector && i < sector+fats {
			v = 0xfffffffd
		} else if i >= sector+fats && i < sector+fats+difats {
			v = 0xfffffffc
		}
		binary.LittleEndian.PutUint32(table[4*i:], v)
	}
	for i := range 109 {
		v := uint32(0xffffffff)
		if i < fats {
			v = uint32(sector + i)
		}
		binary.LittleEndian.PutUint32(h[76+4*i:], v)
	}
	body = append(body, table...)
	if difats > 0 {
		binary.LittleEndian.PutUint32(h[68:], uint32(sector+fats))
		binary.LittleEndian.PutUint32(h[72:], uint32(difats))
		d := make([]byte, difats*sec)
		for i := range d {
			d[i] = 0xff
		}
		for i := range fats - 109 {
			binary.LittleEndian.PutUint32(d[i/127*sec+i%127*4:], uint32(sector+109+i))
		}
		for i := range difats {
			next := uint32(0xfffffffe)
			if i+1 < difats {
				next = uint32(sector + fats + i + 1)
			}
			binary.LittleEndian.PutUint32(d[i*sec+508:], next)
		}
		body = append(body, d...)
	}
	return append(h, body...)
}

// Short is a container whose one stream is short and lies therefore in
// the mini stream: sector 0 FAT, 1 directory, 2 mini FAT, then the mini stream.
func Short(name string, body []byte) []byte {
	const sec = 512
	mini := append(bytes.Clone(body), make([]byte, (64-len(body)%64)%64)...)
	n := len(mini) / 64
	for len(mini)%sec != 0 {
		mini = append(mini, 0)
	}
	b := make([]byte, 4*sec)
	copy(b, magic)
	put16 := func(at int, v uint16) { binary.LittleEndian.PutUint16(b[at:], v) }
	put32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }
	put16(26, 3)
	put16(28, 0xfffe)
	put16(30, 9)
	put16(32, 6)
	put32(44, 1)
	put32(48, 1)
	put32(56, 4096)
	put32(60, 2)
	put32(64, 1)
	put32(68, 0xfffffffe)
	for i := range 109 {
		put32(76+4*i, 0xffffffff)
	}
	put32(76, 0)
	fat, dir, table := sec, 2*sec, 3*sec
	for i := range sec / 4 {
		put32(fat+4*i, 0xffffffff)
		put32(table+4*i, 0xffffffff)
	}
	put32(fat, 0xfffffffd)
	put32(fat+4, 0xfffffffe)
	put32(fat+8, 0xfffffffe)
	last := 3 + len(mini)/sec - 1
	for s := 3; s <= last; s++ {
		put32(fat+4*s, uint32(s+1))
	}
	put32(fat+4*last, 0xfffffffe)
	for i := range n {
		put32(table+4*i, uint32(i+1))
	}
	put32(table+4*(n-1), 0xfffffffe)
	entry := func(i int, name string, typ byte, child, start uint32, size int) {
		at := dir + 128*i
		for j, c := range utf16.Encode([]rune(name)) {
			put16(at+2*j, c)
		}
		put16(at+64, uint16(2*len(name)+2))
		b[at+66], b[at+67] = typ, 1
		put32(at+68, 0xffffffff)
		put32(at+72, 0xffffffff)
		put32(at+76, child)
		put32(at+116, start)
		put32(at+120, uint32(size))
	}
	entry(0, "Root Entry", 5, 1, 3, 64*n)
	entry(1, name, 2, 0xffffffff, 0, len(body))
	return append(b, mini...)
}
