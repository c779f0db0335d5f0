package opc

import (
	"bytes"
	"sync"
)

// Workbooks made from one template have most of their small parts in common: what lists parts, relationships and styles.
// Changed alike they are packed once: finding the codes for a few hundred bytes takes longer than packing many thousand.
const (
	alike     = 16 << 10 // bytes of a part that is kept packed
	alikeKept = 2 << 20  // of all that are kept, at most
)

// packedParts keeps packed parts by level and content.
var packedParts struct {
	sync.Mutex
	by   [10]map[string][]byte
	size int
}

// packedAlike packs content, which the same content before it may have been spared.
func packedAlike(content []byte, level int) ([]byte, error) {
	k := &packedParts
	k.Lock()
	packed := k.by[level][string(content)]
	k.Unlock()
	if packed != nil {
		return packed, nil
	}
	var b bytes.Buffer
	out, err := deflate(&b, level)
	if err == nil {
		_, err = out.Write(content)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return nil, err
	}
	packed = bytes.Clone(b.Bytes())
	k.Lock()
	defer k.Unlock()
	if k.size += len(content) + len(packed); k.size > alikeKept {
		clear(k.by[:])
		k.size = len(content) + len(packed)
	}
	if k.by[level] == nil {
		k.by[level] = map[string][]byte{}
	}
	k.by[level][string(content)] = packed
	return packed, nil
}
