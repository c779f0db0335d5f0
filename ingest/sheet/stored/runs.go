package stored

import (
	"taizhang/ingest/sheet"
)

// Runs are the parts of a text: how much of those with a font of their own is struck through, and whether others have the
// cell's font.
type Runs struct{ Some, Rest, Own bool }

// Strike is how much of a text is struck through in a cell that as a whole is, or isn't.
func (r Runs) Strike(cell sheet.Strike) sheet.Strike {
	some, rest := r.Some || r.Own && cell == sheet.AllStruck, r.Rest || r.Own && cell != sheet.AllStruck
	switch {
	case some && rest:
		return sheet.PartStruck
	case some:
		return sheet.AllStruck
	case rest:
		return sheet.NotStruck
	}
	return cell
}
