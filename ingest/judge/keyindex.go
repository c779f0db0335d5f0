package judge

import "hash/maphash"

// keyIndex says which returns hold a loose key. It keeps a number for each key in place of its text: the keys of a few
// million rows would otherwise be half of what a run holds. Of five million keys two have one number once in a million runs;
// then a sender is asked whether a row stands elsewhere too.
type keyIndex struct {
	ids   []string
	first map[uint64]int32 // of a key: the place of the first return in ids
	more  map[uint64][]int32
}

var keySeed = maphash.MakeSeed()

// add notes that a return holds a key. The keys of a return come one after another.
func (x *keyIndex) add(loose, id string) {
	if x.first == nil {
		x.first, x.more = map[uint64]int32{}, map[uint64][]int32{}
	}
	if n := len(x.ids); n == 0 || x.ids[n-1] != id {
		x.ids = append(x.ids, id)
	}
	at, k := int32(len(x.ids)-1), maphash.String(keySeed, loose)
	first, known := x.first[k]
	switch more := x.more[k]; {
	case !known:
		x.first[k] = at
	case first != at && (len(more) == 0 || more[len(more)-1] != at):
		x.more[k] = append(more, at)
	}
}

// of gives the returns that hold a key, in the order in which they were added.
func (x *keyIndex) of(loose string) (ids []string) {
	if x == nil || len(x.first) == 0 {
		return nil
	}
	k := maphash.String(keySeed, loose)
	at, known := x.first[k]
	if !known {
		return nil
	}
	ids = append(ids, x.ids[at])
	for _, at := range x.more[k] {
		ids = append(ids, x.ids[at])
	}
	return ids
}
