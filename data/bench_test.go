package data

import "testing"

func BenchmarkDeliveries(b *testing.B) {
	for b.Loop() {
		if _, err := Deliveries(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFigures(b *testing.B) {
	for b.Loop() {
		if _, err := Figures(asOfDemo, farOff); err != nil {
			b.Fatal(err)
		}
	}
}
