package weekly

import (
	"fmt"
)

// What the names in texts and conditions stand for.

// number is a figure's value for conditions.
func (w *weekly) number(name string) (float64, bool) {
	switch name {
	case "missing":
		return float64(len(w.returns.missing)), true
	case "still_owed":
		return float64(w.older), true
	case "year":
		return float64(w.ask.AsOf.Year()), true
	case "corrections":
		n := len(w.changes())
		if w.reissue != nil {
			w.framed(*w.reissue, func() { n += len(w.changes()) })
		}
		return float64(n), true
	}
	f, ok := w.now[name]
	if m := w.book.metrics[name]; !ok || f.Value == nil || m != nil && len(w.fed) > 0 && !w.feeds(m) {
		return 0, false // none of what the zone hands in could move it: neither is it zero
	}
	return *f.Value, true
}

// word is a name's text.
func (w *weekly) word(name, field string) string {
	switch name {
	case "zone":
		return w.zone
	case "as_of":
		return chineseDate(w.ask.AsOf)
	case "as_of_iso":
		return w.ask.AsOf.String()
	case "from":
		return chineseDate(w.ask.AsOf - 6)
	case "last_as_of":
		return chineseDate(w.lastAsk.AsOf)
	case "known_at":
		return w.ask.KnownAt.Format("2006-01-02 15:04")
	case "year":
		return fmt.Sprint(w.ask.AsOf.Year())
	case "coverage":
		return w.returns.sentence() + notice(w.options.Notice)
	case "missing":
		return fmt.Sprint(len(w.returns.missing))
	case "still_owed":
		return fmt.Sprint(w.older)
	case "previous":
		return w.previousWords()
	}
	if s, ok := w.words[name]; ok {
		return s
	}
	m, now := w.book.metrics[name], w.now[name].Value
	last := w.last[name].Value
	v := now
	switch field {
	case "last":
		v = last
	case "target":
		v = w.target(name)
	case "change":
		if now == nil || last == nil {
			return "—"
		}
		return w.changeWords(name, "")
	}
	if v == nil {
		return "—"
	}
	return scaleOf(m.Unit, "", v).text(*v)
}

func (w *weekly) previousWords() string {
	if !w.issued {
		return "此前没有印发过周报"
	}
	text := fmt.Sprintf("%s（截至%s，数据版本%s）", w.frame.name(), chineseDate(w.previous.AsOf), w.previous.KnownAt.Format("2006-01-02 15:04"))
	if w.reissue != nil {
		text += fmt.Sprintf("；%s（数据版本%s）见后", w.reissue.name(), w.reissue.previous.KnownAt.Format("2006-01-02 15:04"))
	}
	return text
}
