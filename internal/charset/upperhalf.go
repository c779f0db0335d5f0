package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// UpperHalf is a one-byte encoding that is ASCII below 0x80. It only decodes.
type UpperHalf []rune

// NewDecoder makes text of bytes.
func (u UpperHalf) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: upperDecoder{u: u}}
}

// NewEncoder is there for the interface: it replaces everything.
func (u UpperHalf) NewEncoder() *encoding.Encoder { return encoding.Replacement.NewEncoder() }

type upperDecoder struct {
	transform.NopResetter
	u UpperHalf
}

func (d upperDecoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for _, c := range src {
		r := rune(c)
		if c >= 0x80 {
			r = d.u[c-0x80]
		}
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc++
	}
	return nDst, nSrc, nil
}
