package warehouse

import (
	"context"
	"database/sql"
	"strconv"
	"unicode/utf8"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"taizhang/internal/lang"
)

// incomingRows is the table function from which a statement reads the rows that are being loaded: they go straight into the
// INSERT, and lie nowhere in between. Which rows these are the statement's context says.
const incomingRows = "incoming_rows"

type incomingKey struct{}

// incoming are rows on their way into a table.
type incoming struct {
	table Table
	n     int // how many there are
	done  int
	next  func() ([]Text, error)
	err   error // what ended them early
	chunk chunkWriter
}

func incomingColumn(i int) string { return "c" + strconv.Itoa(i) }

// registerIncoming makes the table function known to a database.
func registerIncoming(conn *sql.Conn) error {
	return duckdb.RegisterTableUDF(conn, incomingRows, duckdb.ChunkTableFunction{
		BindArgumentsContext: func(ctx context.Context, _ map[string]any, _ ...any) (duckdb.ChunkTableSource, error) {
			in, ok := ctx.Value(incomingKey{}).(*incoming)
			if !ok {
				return nil, lang.Errorf("%s is for loading rows only", "%s 仅供写入数据使用", incomingRows)
			}
			return in, nil
		},
	})
}

// ColumnInfos says that all columns are texts but those of whole numbers.
func (in *incoming) ColumnInfos() []duckdb.ColumnInfo {
	out := make([]duckdb.ColumnInfo, len(in.table.Columns))
	for i, c := range in.table.Columns {
		kind := duckdb.TYPE_VARCHAR
		if c.isWhole() {
			kind = duckdb.TYPE_BIGINT
		}
		info, err := duckdb.NewTypeInfo(kind)
		if err != nil {
			panic(err) // there are such types
		}
		out[i] = duckdb.ColumnInfo{Name: incomingColumn(i), T: info}
	}
	return out
}

// isWhole says whether a column's values are whole numbers, which need no text in between.
func (c Column) isWhole() bool { return c.SQLType == "BIGINT" || c.SQLType == "INTEGER" }

// Cardinality says how many rows there are.
func (in *incoming) Cardinality() *duckdb.CardinalityInfo {
	return &duckdb.CardinalityInfo{Cardinality: uint(in.n), Exact: true}
}

// Init has nothing to prepare.
func (in *incoming) Init() {}

// FillChunk hands the next rows over.
func (in *incoming) FillChunk(chunk duckdb.DataChunk) error {
	if in.err = in.chunk.begin(&chunk, len(in.table.Columns)); in.err != nil {
		return in.err
	}
	rows := 0
	for ; rows < duckdb.GetDataChunkCapacity() && in.done < in.n; rows++ {
		if in.err = in.fill(rows); in.err != nil {
			return in.err
		}
		in.done++
	}
	return chunk.SetSize(rows)
}

// fill hands one row over, and refuses what the driver would corrupt.
func (in *incoming) fill(at int) error {
	row, err := in.next()
	switch {
	case err != nil:
		return err
	case row == nil:
		return lang.Errorf("row %d is missing", "缺第%d行", in.done+1)
	case len(row) != len(in.table.Columns):
		return lang.Errorf("row %d has %d values, the table %d columns", "第%d行有%d个值，该表有%d列", in.done+1, len(row), len(in.table.Columns))
	}
	for j := range row {
		v := &row[j]
		switch {
		case v.IsNull:
			in.chunk.setNull(j, at)
		case in.table.Columns[j].isWhole():
			n, err := strconv.ParseInt(v.S, 10, 64)
			if err != nil {
				return &RowFault{lang.Errorf("row %d, %s: not a whole number", "第%d行 %s：不是整数", in.done+1, in.table.Columns[j].Name)}
			}
			in.chunk.setWhole(j, at, n)
		case !utf8.ValidString(v.S):
			return &RowFault{lang.Errorf("row %d, %s: not valid UTF-8", "第%d行 %s：不是有效的 UTF-8 文字", in.done+1, in.table.Columns[j].Name)}
		default:
			in.chunk.setText(j, at, v.S)
		}
	}
	return nil
}
