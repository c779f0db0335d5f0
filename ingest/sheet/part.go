package sheet

import (
	"errors"

	"taizhang/internal/offcrypto"
	"taizhang/internal/opc"
	"taizhang/internal/xmlscan"
)

// pack is the share of the limits that concerns a package.
func (l Limits) pack() opc.Limits {
	return opc.Limits{Bytes: l.InflatedBytes, Ratio: l.Ratio, Parts: l.Parts, Depth: l.Depth}
}

// xml is the share of the limits that concerns an XML part.
func (l Limits) xml() xmlscan.Limits {
	return xmlscan.Limits{Piece: 2*l.CellBytes + 64<<20, Depth: l.Depth, Alive: l.expired}
}

// packReasons are the refusals of files whose packages can't be read.
var packReasons = map[opc.Reason]string{opc.Damaged: Damaged, opc.Bomb: Bomb, opc.TooLarge: TooLarge, opc.Encrypted: Password}

var xmlReasons = map[xmlscan.Reason]string{xmlscan.Damaged: Damaged, xmlscan.Bomb: Bomb, xmlscan.TooLarge: TooLarge}

// partRefusal makes a refusal of what is wrong with a package or an XML part, or of its password; nil of any other error.
func partRefusal(err error) *Refusal {
	var pack *opc.Error
	var part *xmlscan.Error
	switch {
	case errors.As(err, &pack):
		return &Refusal{Reason: packReasons[pack.Reason], Message: messages[packReasons[pack.Reason]], Err: pack}
	case errors.Is(err, offcrypto.ErrPassword):
		return refuse(Password, "%w", err)
	case errors.As(err, &part):
		return &Refusal{Reason: xmlReasons[part.Reason], Message: messages[xmlReasons[part.Reason]], Err: part}
	}
	return nil
}
