package archive

import (
	"bytes"
	"encoding/json"
	"io"
	"time"
	"unicode/utf8"

	"taizhang/internal/lang"
)

// Kind says what an event is about.
type Kind string

const (
	Arrive  Kind = "arrive"  // a file was taken in: Seq, At, Hash, Name, Folder, Path, Size
	Retry   Kind = "retry"   // the file of arrival Seq, whose reading was cut short, is read again, by itself
	Stop    Kind = "stop"    // the reading of arrival Seq that was begun again ended in order, for no fault of the file's
	Leave   Kind = "leave"   // the file of arrival Seq is dealt with, its receipt written
	Declare Kind = "declare" // the bundle Hash is in force from here on
	Decide  Kind = "decision"
	// BindKeys: from here on hashes are made with the keys that have the fingerprints Keys, by scope.
	BindKeys Kind = "keys"
	Erase    Kind = "erase" // the original Hash was erased: At, Reason; Replacement is what stands for it, if anything
	// ErasePerson: rows of one person are not loaded any more: Seq (numbered with the decisions), At, Reason, Through,
	// Hashes, Files.
	ErasePerson Kind = "erase_person"
)

// Decision is what an operator decided.
type Decision string

const (
	Accept   Decision = "accept"   // 放行: Return
	Withdraw Decision = "withdraw" // 作废: Return
	Clear    Decision = "clear"    // Submitter, Form, Effective
	Waive    Decision = "waive"    // 免报: Submitter, Form, Period
	// Undo takes the last decision that stands about the same thing back: Return; or Submitter, Form, Effective of a
	// clear; or Submitter, Form, Period of a waive.
	Undo Decision = "undo"
)

// Event is one line of the journal. Which fields it uses depends on its kind;
// the others stay zero and are not written.
type Event struct {
	Event    Kind      `json:"event"`
	Seq      int       `json:"seq,omitempty"`      // of the arrival; decisions are numbered on their own
	At       time.Time `json:"at,omitzero"`        // when it counts as having happened, with the zone's offset
	Recorded time.Time `json:"recorded,omitzero"`  // wall clock, set by Append
	Hash     string    `json:"hash,omitempty"`     // of an original or bundle
	Name     string    `json:"name,omitempty"`     // file name as sent
	Folder   string    `json:"folder,omitempty"`   // sub-folder of the inbox, "" if none
	Path     string    `json:"path,omitempty"`     // relative to the inbox, with slashes
	PathRaw  []byte    `json:"path_raw,omitempty"` // set by Append where Path is not UTF-8, as unzipped GBK names are
	Size     int64     `json:"size,omitempty"`
	Run      int       `json:"run,omitempty"` // arrive: the first arrival of the run that took it in

	Kind      Decision `json:"kind,omitempty"`
	Return    string   `json:"return,omitempty"`
	Submitter string   `json:"submitter,omitempty"` // code
	Form      string   `json:"form,omitempty"`      // id
	Period    string   `json:"period,omitempty"`    // 2022-W33, 2022-08
	Reason    string   `json:"reason,omitempty"`
	By        string   `json:"by,omitempty"`        // who decided; "" in older journals
	Effective string   `json:"effective,omitempty"` // date, 2022-08-15

	Replacement string `json:"replacement,omitempty"` // erase: hash of the original that takes its place

	Keys map[string]string `json:"keys,omitempty"` // keys: fingerprints by scope

	Through int      `json:"through,omitempty"` // erase_person: the last arrival that it concerns
	Hashes  []string `json:"hashes,omitempty"`  // erase_person: the keyed hashes of the person's number
	Files   []string `json:"files,omitempty"`   // erase_person: receipts and extracts that were removed, relative to the zone
}

// needs are what events of each kind must have, and how that is said of one that lacks it.
var needs = map[Kind]struct {
	met              func(*Event) bool
	english, chinese string
}{
	Arrive: {func(e *Event) bool {
		return e.Seq >= 1 && !e.At.IsZero() && validHash(e.Hash) && e.Path != "" && e.Size >= 0
	}, "seq, at, hash, path and size", " seq、at、hash、path 和 size"},
	Leave:    {ofArrival, "the arrival's seq", "收件的 seq"},
	Retry:    {ofArrival, "the arrival's seq", "收件的 seq"},
	Stop:     {ofArrival, "the arrival's seq", "收件的 seq"},
	Declare:  {func(e *Event) bool { return validHash(e.Hash) }, "a hash", " hash"},
	BindKeys: {func(e *Event) bool { return len(e.Keys) > 0 }, "fingerprints", "指纹"},
	Decide:   {func(e *Event) bool { return e.Seq >= 1 && !e.At.IsZero() && e.Reason != "" }, "seq, at and reason", " seq、at 和 reason"},
	Erase:    {func(e *Event) bool { return validHash(e.Hash) && !e.At.IsZero() }, "hash and at", " hash 和 at"},
	ErasePerson: {func(e *Event) bool {
		return e.Seq >= 1 && !e.At.IsZero() && e.Reason != "" && len(e.Hashes) > 0
	}, "seq, at, reason and hashes", " seq、at、reason 和 hashes"},
}

func ofArrival(e *Event) bool { return e.Seq >= 1 }

// check refuses an event that lacks what its kind needs.
func (e *Event) check() error {
	need, known := needs[e.Event]
	switch {
	case !known:
		return lang.Errorf("unknown event %q: the journal was written by a newer version", "未知事件 %q：日志由较新版本的程序写成", e.Event)
	case !need.met(e):
		return lang.Errorf("%[1]s needs %[2]s", "%[1]s 须有%[3]s", e.Event, need.english, need.chinese)
	case e.Event == Decide:
		return e.checkDecision()
	}
	return nil
}

func (e *Event) checkDecision() error {
	ok := false
	switch e.Kind {
	case Accept, Withdraw:
		ok = e.Return != ""
	case Clear:
		_, err := time.Parse(time.DateOnly, e.Effective)
		ok = err == nil && e.Submitter != "" && e.Form != ""
	case Waive:
		ok = e.Submitter != "" && e.Form != "" && e.Period != ""
	case Undo:
		ok = e.Return != "" || e.Submitter != "" && e.Form != ""
	default:
		return lang.Errorf("unknown decision %q: the journal was written by a newer version", "未知决定 %q：日志由较新版本的程序写成", e.Kind)
	}
	if !ok {
		return lang.Errorf("decision %s lacks what it is about", "决定 %s 没有写明对象", e.Kind)
	}
	return nil
}

// encode appends the event's line, newline included.
func (e Event) encode(buf *bytes.Buffer) error {
	if !utf8.ValidString(e.Path) {
		e.PathRaw = []byte(e.Path)
	}
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	return enc.Encode(e)
}

// decode reads a line. A field that we don't know is refused like a kind that
// we don't know: leaving it out might replay to other figures.
func decode(line []byte) (Event, error) {
	var e Event
	if e.plain(line) {
		return e, e.check()
	}
	e = Event{}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		return e, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return e, lang.Errorf("more than one object on the line", "一行中有多个对象")
	}
	if e.PathRaw != nil {
		e.Path, e.PathRaw = string(e.PathRaw), nil
	}
	return e, e.check()
}

// plain reads the lines of which journals are full, as encode writes them: the fields of an arrival, in texts without escapes
// and in whole numbers. It says false of any other, to be read as JSON. An office of two years has forty thousand lines, and
// every run reads them all; it takes a fifth of the time.
func (e *Event) plain(line []byte) bool {
	if len(line) == 0 || line[0] != '{' {
		return false
	}
	for rest := line[1:]; ; {
		key, after, ok := plainText(rest)
		if !ok || len(after) < 2 || after[0] != ':' {
			return false
		}
		rest = after[1:]
		var text []byte
		var number int64
		if rest[0] == '"' {
			text, rest, ok = plainText(rest)
		} else {
			number, rest, ok = plainNumber(rest)
		}
		if !ok || !e.set(string(key), text, number) || len(rest) == 0 {
			return false
		}
		switch {
		case rest[0] == ',':
			rest = rest[1:]
		case len(rest) == 1 && rest[0] == '}':
			return true
		default:
			return false
		}
	}
}

// set fills in a field of an arrival; text is nil of a number.
func (e *Event) set(key string, text []byte, number int64) bool {
	switch key {
	case "seq", "size", "run":
		if text != nil {
			return false
		}
	default:
		if text == nil {
			return false
		}
	}
	switch key {
	case "event":
		e.Event = Kind(text)
	case "seq":
		e.Seq = int(number)
	case "at":
		return e.At.UnmarshalText(text) == nil
	case "recorded":
		return e.Recorded.UnmarshalText(text) == nil
	case "hash":
		e.Hash = string(text)
	case "name":
		e.Name = string(text)
	case "folder":
		e.Folder = string(text)
	case "path":
		e.Path = string(text)
	case "size":
		e.Size = number
	case "run":
		e.Run = int(number)
	default:
		return false
	}
	return true
}

// plainText takes a quoted text that stands for itself.
func plainText(s []byte) (text, rest []byte, ok bool) {
	if len(s) == 0 || s[0] != '"' {
		return nil, nil, false
	}
	s = s[1:]
	for i, c := range s {
		switch {
		case c == '"':
			return s[:i:i], s[i+1:], utf8.Valid(s[:i])
		case c < ' ' || c == '\\':
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// plainNumber takes a whole number of up to 18 digits.
func plainNumber(s []byte) (n int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	return n, s[i:], i > 0 && i <= 18 && (s[0] != '0' || i == 1)
}
