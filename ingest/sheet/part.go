package sheet

import (
	"errors"

	"taizhang/internal/opc"
)

// pack is a zip package, as the readers of xlsx and ods use it.
type pack struct{ *opc.Package }

func openPack(data []byte, lim Limits) (*pack, error) {
	p, err := opc.Open(data, lim.pack())
	if err != nil {
		return nil, asRefusal(err)
	}
	return &pack{p}, nil
}

// pack is the share of the limits that concerns a package.
func (l Limits) pack() opc.Limits {
	return opc.Limits{Bytes: l.InflatedBytes, Ratio: l.Ratio, Parts: l.Parts, Depth: l.Depth}
}

// packReasons are the refusals of files whose packages can't be read.
var packReasons = map[opc.Reason]string{opc.Damaged: Damaged, opc.Bomb: Bomb, opc.TooLarge: TooLarge, opc.Encrypted: Password}

// packRefusal makes a refusal of what is wrong with a package, nil of any other error.
func packRefusal(err error) *Refusal {
	var e *opc.Error
	if !errors.As(err, &e) {
		return nil
	}
	r := refuse(packReasons[e.Reason], "")
	r.Err = e
	return r
}
