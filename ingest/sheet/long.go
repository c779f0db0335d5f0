package sheet

// Long is [Book.Grid] that packs the rows after the first loose ones: in a sheet of hundreds of thousands, the cells of all
// rows would be most of the memory, and looking for what is in use among them much of the time.
func (b *Book) Long(i, loose int) (*Grid, error) { return b.grid(i, loose) }

// Row gives the ith row with its cells, which are made for this call where the row is packed.
func (g *Grid) Row(i int) *Row {
	r := &g.Rows[i]
	if r.packed == "" {
		return r
	}
	whole := Row{N: r.N, Fields: r.Fields, Hidden: r.Hidden, Cells: g.shelf.All(r.packed, r.N, nil)}
	return &whole
}

// Reuse is [Grid.Row] for one row after another: the cells are valid until into is used again.
func (g *Grid) Reuse(i int, into *Row) *Row {
	r := &g.Rows[i]
	if r.packed == "" {
		return r
	}
	into.N, into.Fields, into.Hidden, into.Cells = r.N, r.Fields, r.Hidden, g.shelf.All(r.packed, r.N, into.Cells[:0])
	return into
}

// Packed gives the cells of the ith row as they are kept on the grid's shelf; "" where they aren't.
func (g *Grid) Packed(i int) string { return g.Rows[i].packed }

// Shelf is what holds the cells of packed rows; a new one where there are none.
func (g *Grid) Shelf() *Shelf {
	if g.shelf == nil {
		return &Shelf{}
	}
	return g.shelf
}

// pack keeps a row's cells on the grid's shelf; false where the shelf can't hold all that is known of them.
func (g *Grid) pack(r *Row) (string, bool) {
	for k := range r.Cells {
		if r.Cells[k].Struck != NotStruck || r.Cells[k].Unseen || r.Cells[k].Row != r.N || k > 0 && r.Cells[k].Col <= r.Cells[k-1].Col {
			return "", false
		}
	}
	if g.shelf == nil {
		g.shelf = &Shelf{habits: make([]habit, habitColumns), latest: make([]uint16, 1<<latestBits)}
	}
	return g.shelf.Put(r.N, r.Cells), true
}

// Unpacked is the grid with the cells of all rows at hand.
func (g *Grid) Unpacked() *Grid {
	if g.shelf == nil {
		return g
	}
	out := *g
	out.Rows, out.shelf = make([]Row, len(g.Rows)), nil
	for i := range g.Rows {
		out.Rows[i] = *g.Row(i)
	}
	return &out
}
