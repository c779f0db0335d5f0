// Package rounded writes numbers with so many decimals as spreadsheets show
// them: a half goes up, away from nought, also one that binary arithmetic keeps
// a hair below. Whatever prints a figure asks here, so that a card, a table, a
// chart and the command line show one number.
package rounded

import (
	"math"
	"strconv"
)

// Half is a number with so many decimals.
func Half(v float64, decimals int) float64 {
	p := math.Pow10(decimals)
	hair := math.Max(1e-9, math.Abs(v)*p*1e-14)
	return math.Round(v*p+math.Copysign(hair, v)) / p
}

// Text is Half, written with all its decimals.
func Text(v float64, decimals int) string {
	return strconv.FormatFloat(Half(v, decimals), 'f', decimals, 64)
}

// Percent is a ratio as a percentage: 0.1625 with one decimal is 16.3%.
func Percent(v float64, decimals int) string { return Text(v*100, decimals) + "%" }
