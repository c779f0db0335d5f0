package workbook

import (
	"fmt"
	"math"
	"strconv"
	"testing"
)

// greyOf is how light a colour is where it is printed in grey, of 255.
func greyOf(t *testing.T, colour string) float64 {
	n, err := strconv.ParseUint(colour, 16, 24)
	if err != nil {
		t.Fatal(err)
	}
	return 0.2126*float64(n>>16) + 0.7152*float64(n>>8&255) + 0.0722*float64(n&255)
}

// TestToldApartInGrey: most offices print on printers without colours. Lights and the series of a chart are told apart there,
// and the word in a light is read.
func TestToldApartInGrey(t *testing.T) {
	apart := func(what string, least float64, colours ...string) {
		for i, a := range colours {
			for _, b := range colours[i+1:] {
				if d := math.Abs(greyOf(t, a) - greyOf(t, b)); d < least {
					t.Errorf("%s: %s and %s lie %.0f of 255 apart in grey, want %.0f", what, a, b, d, least)
				}
			}
		}
	}
	apart("series", 22, chartColours...)
	var fills []string
	for _, l := range []Light{Red, Amber, Green} {
		st := lightStyle(body(), l)
		fills = append(fills, st.fill)
		apart(fmt.Sprintf("word on %s", l), 110, st.fill, st.color)
	}
	apart("lights", 45, fills...)
}
