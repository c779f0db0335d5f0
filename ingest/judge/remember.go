package judge

import (
	"slices"

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

// Stored lets go of what is in the tables now; what was not indexed is found there.
func (h *History) Stored() {
	clear(h.unstored)
	for form := range h.unindexed {
		delete(h.tabled, form)
	}
	clear(h.unindexed)
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
		byKey = map[string][]string{}
		h.holders[pt.Form.ID] = byKey
	}
	for i := range pt.Records {
		loose := looseKey(pt.Records[i].Key)
		byKey[loose] = append(byKey[loose], pt.Ret.ID)
	}
}

// watched gives the columns of a ledger in which what happened to an item since is seen: its status, its deadline; -1 if none.
func watched(f *forms.Form) (status, deadline int) {
	status = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Field == "status" })
	deadline = slices.IndexFunc(f.Columns, func(c forms.Column) bool { return c.Role == forms.Deadline && c.Type == forms.Date })
	return status, deadline
}
