package heading

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"taizhang/ingest/forms"
	"taizhang/ingest/written"
	"taizhang/internal/spelling"
)

// names is a form's headings by meaning.
type names map[string]named

// named is the column that a heading means and how sure that is: rank 0 the title, 1 a synonym, 2 a spelling that
// means the same; index -1 means two columns alike, which proves nothing.
type named struct{ index, rank int }

// Vocabulary holds what is computed once per set of forms.
type Vocabulary struct {
	Set   *forms.Set
	names map[string]names                    // by form id
	Lists map[*forms.Column]map[string]string // listed values by meaning
	Title map[string][]string                 // titles and synonyms by form id, reduced to what they mean
	words map[string]struct{}                 // every heading of every form

	mu    sync.Mutex
	heads map[string]*keptMatches // by keyOf
	spelt written.Memo[spellings] // by what a heading's levels say
	seen  map[string]bool         // cell texts already looked up among words: columns repeat few texts
}

// NewVocabulary makes the words of a set of forms.
func NewVocabulary(set *forms.Set) *Vocabulary {
	v := &Vocabulary{Set: set, names: map[string]names{}, Lists: map[*forms.Column]map[string]string{}, Title: map[string][]string{},
		words: map[string]struct{}{}, heads: map[string]*keptMatches{}, seen: map[string]bool{}}
	for _, f := range set.Forms {
		ns := names{}
		for i := range f.Columns {
			c := &f.Columns[i]
			v.learn(ns, c.Title, i, 0)
			for _, s := range c.Synonyms {
				v.learn(ns, s, i, 1)
			}
			for _, s := range append([]string{c.Title}, c.Synonyms...) {
				v.learnLoosely(ns, s, i)
			}
			if c.Type == forms.List {
				v.Lists[c] = valuesOf(c)
			}
		}
		v.names[f.ID] = ns
		for _, t := range append([]string{f.Title}, f.Synonyms...) {
			v.Title[f.ID] = append(v.Title[f.ID], written.Heading(t))
		}
	}
	return v
}

// learn takes a spelling of column i; the lowest rank wins where two columns share one.
func (v *Vocabulary) learn(ns names, text string, i, rank int) {
	keys, _, _ := written.HeadingForms(text)
	for _, k := range keys {
		if old, ok := ns[k]; !ok || rank < old.rank {
			ns[k] = named{i, rank}
		}
		v.words[k] = struct{}{}
	}
}

// learnLoosely takes a spelling with everyday equivalents folded; what two columns share then means neither.
func (v *Vocabulary) learnLoosely(ns names, text string, i int) {
	keys, _, _ := written.HeadingForms(text)
	for _, k := range keys {
		c := "~" + written.Canon(k)
		if old, ok := ns[c]; ok && old.index != i {
			ns[c] = named{-1, 2}
		} else if !ok {
			ns[c] = named{i, 2}
		}
		v.words[c] = struct{}{}
	}
}

// valuesOf gives the listed values of a column by their spellings, reduced.
func valuesOf(c *forms.Column) map[string]string {
	m := map[string]string{}
	for _, val := range c.Values {
		for _, x := range append([]string{val.Name}, val.Variants...) {
			m[written.Heading(x)] = val.Name
		}
	}
	return m
}

// find gives the column of a form that a heading may mean.
func (ns names) find(name string) (named, bool) {
	return ns.spelled(spelled{exact: name, loose: "~" + written.Canon(name)})
}

// spelled is a heading as the forms know headings, once for all of them.
type spelled struct {
	exact, loose string
	place        int // among the candidates, the best first
}

func (ns names) spelled(s spelled) (named, bool) {
	if m, ok := ns[s.exact]; ok {
		return m, true
	}
	m, ok := ns[s.loose]
	return m, ok && m.index >= 0
}

// spell looks a name up among the headings of all forms; false where none has it.
func (v *Vocabulary) spell(name string, place int) (spelled, bool) {
	s := spelled{name, "~" + written.Canon(name), min(place, 9)}
	_, ok := v.words[s.exact]
	if !ok {
		_, ok = v.words[s.loose]
	}
	return s, ok
}

// spellings are what a heading may name, of any form.
type spellings struct{ alone, joined, summed []spelled }

// spellAll looks the headings up, before each form is asked for its own.
func (v *Vocabulary) spellAll(heads map[int]columnHead) {
	for col, h := range heads {
		if h.looked || h.said == "" {
			continue
		}
		s := v.spelt.Get(h.said, v.spellHead)
		h.looked, h.spelled, h.summed = true, s.alone, s.summed
		if len(h.joined) > 0 { // see keepOwn
			h.joinedSpelled = s.joined
		}
		heads[col] = h
	}
}

func (v *Vocabulary) spellHead(said string) (s spellings) {
	h := knownColumns.Get(said, readColumnHead)
	for k, n := range h.names {
		if named, ok := v.spell(n, k); ok {
			s.alone = append(s.alone, named)
		}
		if rest := afterRollup(n); rest != "" {
			if named, ok := v.spell(rest, k); ok {
				s.summed = append(s.summed, named)
			}
		}
	}
	for k, n := range h.more {
		if named, ok := v.spell(n, len(h.names)+k); ok {
			s.alone = append(s.alone, named)
		}
	}
	for k, n := range h.joined {
		if named, ok := v.spell(n, k); ok {
			s.joined = append(s.joined, named)
		}
	}
	s.alone, s.joined, s.summed = slices.Clip(s.alone), slices.Clip(s.joined), slices.Clip(s.summed)
	return s
}

// Titled finds the form whose title a text holds; the longest title wins, two equally long ones of different forms are none.
func (v *Vocabulary) Titled(text string) *forms.Form {
	text = strings.ReplaceAll(written.Heading(text), "台帐", "台账")
	if text == "" {
		return nil
	}
	best, bestLen, tie := (*forms.Form)(nil), 0, false
	for _, f := range v.Set.Forms {
		for _, t := range v.Title[f.ID] {
			n := len(t)
			if n < bestLen || !strings.Contains(text, t) {
				continue
			}
			if n == bestLen && best != nil && best != f {
				tie = true
				continue
			}
			best, bestLen, tie = f, n, false
		}
	}
	if tie {
		return nil
	}
	return best
}

// IsWord says whether a text is a heading that some form knows.
func (v *Vocabulary) IsWord(text string) bool {
	if len(text) > 120 {
		return false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if known, ok := v.seen[text]; ok {
		return known
	}
	known := false
	keys, _, _ := written.HeadingForms(text)
	for _, k := range append(keys, written.CountedNames(text)...) { // keys has no room left: see HeadingForms
		_, exact := v.words[k]
		_, loose := v.words["~"+written.Canon(k)]
		if known = exact || loose; known {
			break
		}
	}
	if len(v.seen) < 20_000 {
		v.seen[strings.Clone(text)] = known
	}
	return known
}

// matched is what a form makes of a head's columns.
type matched struct {
	Columns []Placed
	extra   []string // headings that match no field
	rollup  []string // fields of which a cumulative column stands there
	Rollups []Placed // these columns
	others  []string // fields of which a column for one of several months or years stands there
	doubled []twin   // headings that were passed over for others that mean the same
}

var knownRollups written.Memo[string]

// afterRollup gives what a heading sums up: 兑付金额 of 累计兑付金额; "" where it sums nothing up.
func afterRollup(name string) string {
	return knownRollups.Get(name, func(name string) string {
		name = strings.Clone(name)
		m := rollupPrefix().FindStringSubmatch(name)
		if m == nil {
			if m = rollupSuffix().FindStringSubmatch(name); m != nil {
				return m[1]
			}
			return ""
		}
		return m[len(m)-1]
	})
}

// matchKept is match, kept. The columns are the caller's own.
func (v *Vocabulary) matchKept(f *forms.Form, heads columnHeads) matched {
	k := heads.kept
	if k == nil {
		return v.match(f, heads.at)
	}
	k.mu.Lock()
	m, ok := k.m[f]
	k.mu.Unlock()
	if !ok {
		m = v.match(f, heads.at)
		m.extra, m.rollup, m.others, m.doubled = slices.Clip(m.extra), slices.Clip(m.rollup), slices.Clip(m.others), slices.Clip(m.doubled)
		k.mu.Lock()
		k.m[f] = m
		k.mu.Unlock()
	}
	if len(m.Columns)+len(m.rollup) >= 2 { // see headAt
		m.Columns = slices.Clone(m.Columns)
	}
	return m
}

// likeness is how many characters of a field's title a heading has: of 收集时间 and 交办时间, which are both said for 交办日期,
// the second is it.
func likeness(heading, title string) (n int) {
	for _, r := range title {
		if strings.ContainsRune(heading, r) {
			n++
		}
	}
	return n
}

// meaning is the column that a heading means, with how sure that is; index -1 where it means none. whole says that the level
// which says how it is counted is a part of its name, and so no remark: 计划 in 计划投资.
func (ns names) meaning(h *columnHead) (index, rank int, whole bool) {
	index, rank = -1, 99
	best := func(among []spelled) {
		for _, s := range among {
			if m, ok := ns.spelled(s); ok && m.rank*10+s.place < rank {
				index, rank = m.index, m.rank*10+s.place
			}
		}
	}
	if best(h.joinedSpelled); index >= 0 {
		return index, rank, true
	}
	best(h.spelled)
	return index, rank, false
}

// role is what a heading is to the field that it names.
type role uint8

const (
	nothing  role = iota
	ofField       // the field itself
	ofOther       // another time's, a plan
	ofRollup      // 累计
	ofParts       // the sum of the columns beside it
)

// roleOf says which column of a form a heading names, how sure that is, and as what.
func (ns names) roleOf(f *forms.Form, h *columnHead) (index, rank int, as role) {
	index, rank, whole := ns.meaning(h)
	switch {
	case index >= 0 && whole && h.total:
		return index, rank, ofParts
	case index >= 0 && whole:
		return index, rank, ofField
	case index < 0 && h.other:
		return index, rank, nothing
	case index < 0:
		for _, s := range h.summed { // 累计兑付金额, where the form has no such field
			if x, ok := ns.spelled(s); ok {
				index, as = x.index, ofRollup
			}
		}
		return index, rank, as
	case h.other:
		return index, rank, ofOther
	case h.rollup && !strings.Contains(spelling.Squash(f.Columns[index].Title), "累计"):
		return index, rank, ofRollup
	case h.total:
		return index, rank, ofParts
	}
	return index, rank, ofField
}

// match places a form's fields on the headings.
func (v *Vocabulary) match(f *forms.Form, heads map[int]columnHead) matched {
	v.spellAll(heads)
	ns := v.names[f.ID]
	type hit struct{ col, rank int }
	best := map[int]hit{}
	order := make([]int, 0, len(heads))
	for c := range heads {
		order = append(order, c)
	}
	sort.Ints(order)
	var out matched
	used := map[int]int{} // column → field index + 1; -1 where it is another period's
	passed := map[int]int{}
	var sums [][2]int // columns and fields of sums beside their parts
	for _, col := range order {
		h := heads[col]
		index, rank, as := ns.roleOf(f, &h)
		switch as {
		case nothing:
			continue
		case ofOther:
			if used[col] = -1; h.month > 0 || h.year > 0 {
				out.others = append(out.others, f.Columns[index].Field)
			}
			continue
		case ofRollup:
			out.rollup = append(out.rollup, f.Columns[index].Field)
			out.Rollups = append(out.Rollups, Placed{Field: &f.Columns[index], Col: col, Title: h.title, Unit: h.unit, HasUnit: h.hasUnit, Scale: h.scale})
			used[col] = -1
			continue
		case ofParts:
			sums = append(sums, [2]int{col, index})
			continue
		}
		if old, taken := best[index]; taken {
			if old.rank < rank || old.rank == rank && likeness(h.title, f.Columns[index].Title) <= likeness(heads[old.col].title, f.Columns[index].Title) {
				passed[col] = old.col
				continue
			}
			delete(used, old.col)
			passed[old.col] = col
		}
		best[index] = hit{col, rank}
		used[col] = index + 1
	}
	for _, s := range sums { // where none of the parts is the field itself (本月)
		if _, taken := best[s[1]]; !taken {
			best[s[1]], used[s[0]] = hit{s[0], 0}, s[1]+1
		}
	}
	for _, col := range order {
		h := heads[col]
		if u := used[col]; u > 0 {
			out.Columns = append(out.Columns, Placed{Field: &f.Columns[u-1], Col: col, Title: h.titleFor(ns), Unit: h.unit, HasUnit: h.hasUnit, Scale: h.scale, Parts: h.parts})
			continue
		}
		if by, ok := passed[col]; ok {
			_, declared := ns[h.names[0]]
			out.doubled = append(out.doubled, twin{h.titleFor(ns), heads[by].titleFor(ns), col, by, h.unit, h.hasUnit, h.scale, declared})
		}
		out.extra = append(out.extra, h.titleFor(ns))
	}
	return out
}

// titleFor is a heading as a form's sender should be told of it: with the level that says how it is counted where that belongs
// to its name, or nothing else is known of it.
func (h columnHead) titleFor(ns names) string {
	if h.whole == h.title {
		return h.title
	}
	if index, _, whole := ns.meaning(&h); whole || index < 0 {
		return h.whole
	}
	return h.title
}
