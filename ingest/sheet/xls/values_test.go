package xls

import "testing"

// TestValueOf: a record that holds no cell is none of the table's, whatever number it bears.
func TestValueOf(t *testing.T) {
	b := &biffBook{ver: 8}
	for id := range 1 << 16 {
		want := id >= 0x06 && id < len(biffValues) && biffValues[id].read != nil
		if got := b.valueOf(id) != nil; got != want {
			t.Errorf("record %#x holds a cell: %v, want %v", id, got, want)
		}
	}
}
