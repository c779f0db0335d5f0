package judge

import (
	"slices"
	"strings"

	"taizhang/ingest/forms"
	"taizhang/ingest/read"
)

// A return of more rows than these is not taken apart for those that may come after it in the same run: the index of a
// million rows would take as much memory as the rows, and hardly ever is there another return that asks.
const indexedRows = 20_000

// Remember keeps what later returns of the same run are judged against.
func (jd *Judge) Remember(h *History, pt *read.Part) {
	id := pt.Ret.ID
	h.unstored[id] = pt
	if len(pt.Records)+len(pt.Refused) > indexedRows {
		h.unindexed[pt.Form.ID] = append(h.unindexed[pt.Form.ID], pt)
		return
	}
	h.keys[id] = keysNow(pt)
	h.index(pt)
	h.noteNumbers(pt)
}

// Stored lets go of what is in the tables now, and is found there by who asks for it: a run may take in more rows than the
// machine has room for. At hand stay the keys of each unit's ledger that counts, which the next one is held against, and the
// numbers of its newest returns, without the rows that they were cut out of.
func (h *History) Stored() {
	for id, pt := range h.unstored {
		if pt.Form.Mode == forms.Ledger && h.keys[id] != nil {
			if now := h.Counting(pt.Ret.Submitter, pt.Form.ID); now != nil && now.ID == id {
				h.keys[id] = ownKeys(h.keys[id])
				h.latest[subForm(pt.Ret.Submitter, pt.Form.ID)] = id
			}
		}
		h.forgetNumbers(pt)
	}
	stay := make(map[string]bool, len(h.latest))
	for _, id := range h.latest {
		stay[id] = true
	}
	for id := range h.keys {
		if !stay[id] {
			delete(h.keys, id)
		}
	}
	clear(h.unstored)
	for form := range h.unindexed {
		delete(h.tabled, form)
	}
	clear(h.unindexed)
}

// ownKeys copies keys and what their rows say, so that nothing else of the rows is held by them.
func ownKeys(keys map[string]KeyState) map[string]KeyState {
	own, texts := make(map[string]KeyState, len(keys)), texts{}
	for k, s := range keys {
		own[strings.Clone(k)] = KeyState{texts.own(s.status), texts.own(s.deadline), strings.Clone(s.Shown)}
	}
	return own
}

// texts are copies of texts that come again and again.
type texts map[string]string

func (t texts) own(s string) string {
	kept, ok := t[s]
	if !ok {
		kept = strings.Clone(s)
		t[kept] = kept
	}
	return kept
}

// forgetNumbers lets go of the numbers that come before the newest returns of a unit's form, which alone are asked for.
func (h *History) forgetNumbers(pt *read.Part) {
	all := h.returns[subForm(pt.Ret.Submitter, pt.Form.ID)]
	for _, p := range all[:max(0, len(all)-2*lookBack(pt.Form))] {
		delete(h.numbers, p.ID)
		delete(h.keyless, p.ID)
	}
}

// keysNow gives the keys of a return at hand, refused rows included, with what its rows say of their items.
func keysNow(pt *read.Part) map[string]KeyState {
	status, deadline := watched(pt.Form)
	keys := make(map[string]KeyState, len(pt.Records)+len(pt.Refused))
	for i := range pt.Records {
		r := &pt.Records[i]
		s := KeyState{Shown: r.Shown}
		if status >= 0 {
			s.status = r.Value(status).Text
		}
		if deadline >= 0 {
			s.deadline = r.Value(deadline).Text
		}
		keys[r.Key] = s
	}
	for i := range pt.Refused {
		keys[pt.Refused[i].Key] = KeyState{Shown: pt.Refused[i].Shown}
	}
	return keys
}

// index notes which keys a return at hand holds.
func (h *History) index(pt *read.Part) {
	byKey := h.holders[pt.Form.ID]
	if byKey == nil {
		byKey = &keyIndex{}
		h.holders[pt.Form.ID] = byKey
	}
	for i := range pt.Records {
		byKey.add(looseKey(pt.Records[i].Key), pt.Ret.ID)
	}
}

// watched gives the columns of a ledger in which what happened to an item since is seen: its status, its deadline; -1 if none.
func watched(f *forms.Form) (status, deadline int) {
	status = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == "status" })
	deadline = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Role == forms.Deadline && c.Type == forms.Date })
	return status, deadline
}

// lookBack is how many of a unit's returns the numbers of a new one are held against.
func lookBack(f *forms.Form) int {
	if f.Mode == forms.Ledger {
		return 1 // it holds all that counts
	}
	return usualReturn
}
