package warehouse

import (
	"encoding/binary"
	"reflect"
	"runtime"
	"unsafe"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"taizhang/internal/lang"
)

// chunkWriter writes values into a chunk of DuckDB's where they lie. The driver hands each text over by a call into C, which
// looks at its UTF-8 once more and copies it; that was a tenth of what it costs to take a large return in.
//
// A text is 16 bytes (duckdb_string_t of duckdb.h): its length, and then the text itself where it has up to 12 bytes, otherwise
// its first four and a pointer to all of it. The pointed-at texts lie in slabs that are pinned, and used again when DuckDB asks
// for the next chunk: it has stored this one then.
type chunkWriter struct {
	columns []chunkColumn
	slabs   [][]byte // the texts of the chunk, one slab after the other
	slab    int      // the one that is being filled
	used    int      // how much of it is
	pinner  runtime.Pinner
}

// chunkColumn is where a column's values lie in the chunk at hand.
type chunkColumn struct {
	data  unsafe.Pointer
	valid []uint64 // a bit a row
}

const (
	inlineText = 12
	slabBytes  = 256 << 10
)

// chunkField is where the driver's chunk keeps DuckDB's. It has no function that gives it.
var chunkField, knowsChunk = reflect.TypeFor[duckdb.DataChunk]().FieldByName("chunk")

// begin makes ready to write a chunk with that many columns.
func (w *chunkWriter) begin(chunk *duckdb.DataChunk, columns int) error {
	if !knowsChunk || chunkField.Type != reflect.TypeFor[mapping.DataChunk]() {
		return lang.Errorf("the DuckDB driver keeps its chunks otherwise than this program knows", "DuckDB 驱动的内部结构与本程序不符")
	}
	raw := *(*mapping.DataChunk)(unsafe.Add(unsafe.Pointer(chunk), chunkField.Offset))
	if n := mapping.DataChunkGetColumnCount(raw); int(n) != columns {
		return lang.Errorf("DuckDB asks for %d of %d columns", "DuckDB 要求%d列，应为%d列", n, columns)
	}
	words := (duckdb.GetDataChunkCapacity() + 63) / 64
	w.columns, w.slab, w.used = w.columns[:0], 0, 0
	for j := range columns {
		vector := mapping.DataChunkGetVector(raw, mapping.IdxT(j))
		w.columns = append(w.columns, chunkColumn{mapping.VectorGetData(vector), unsafe.Slice((*uint64)(mapping.VectorGetValidity(vector)), words)})
	}
	return nil
}

// end lets the slabs go.
func (w *chunkWriter) end() {
	w.pinner.Unpin()
	w.columns, w.slabs = nil, nil
}

func (w *chunkWriter) setNull(column, row int) {
	w.columns[column].valid[row/64] &^= 1 << (row % 64)
}

func (w *chunkWriter) setWhole(column, row int, n int64) {
	*(*int64)(unsafe.Add(w.columns[column].data, 8*row)) = n
}

func (w *chunkWriter) setText(column, row int, s string) {
	at := (*[16]byte)(unsafe.Add(w.columns[column].data, 16*row))
	binary.NativeEndian.PutUint32(at[:4], uint32(len(s)))
	if len(s) <= inlineText {
		*(*[12]byte)(at[4:]) = [12]byte{} // DuckDB compares what is behind a short text, too
		copy(at[4:], s)
		return
	}
	copy(at[4:8], s)
	*(*uintptr)(unsafe.Pointer(&at[8])) = w.keep(s) // as a number: the collector isn't to look at what stood there
}

// keep copies a text to where it stays until the next chunk.
func (w *chunkWriter) keep(s string) uintptr {
	for w.slab < len(w.slabs) && len(w.slabs[w.slab])-w.used < len(s) {
		w.slab, w.used = w.slab+1, 0
	}
	if w.slab == len(w.slabs) {
		slab := make([]byte, max(slabBytes, len(s)))
		w.pinner.Pin(&slab[0])
		w.slabs = append(w.slabs, slab)
	}
	kept := w.slabs[w.slab][w.used:]
	w.used += copy(kept, s)
	return uintptr(unsafe.Pointer(&kept[0]))
}
