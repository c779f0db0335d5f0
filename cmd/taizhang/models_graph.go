package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"taizhang/internal/decl"
	"taizhang/internal/lang"
	"taizhang/internal/lineage"
	"taizhang/internal/result"
	"taizhang/internal/warehouse"
	"taizhang/queries"
)

// modelsGraphCmd is `models graph`.
func (a *app) modelsGraphCmd() *cobra.Command {
	var columns bool
	c := &cobra.Command{
		Use:   "graph [MODEL...]",
		Short: lang.Phrase("Draw which tables, or with --columns which columns, each model comes from: -f mermaid (default), text, svg or json", "绘制各模型来自哪些表，加 --columns 则细到列：-f mermaid（默认）、text、svg 或 json"),
		Long: lang.Phrase("Draws the lineage of the published models: all, or some with everything that they come from. --columns names the\n"+
			"columns of the tables read from which each column is computed, by DuckDB's own parser.",
			"绘制已发布模型的来源：全部，或指定的模型及其全部来源。--columns 列出每一列由\n"+
				"哪些列算出，由 DuckDB 自己的解析器得出。"),
		RunE: func(cmd *cobra.Command, args []string) error {
			_, r, err := a.reader()
			if err != nil {
				return err
			}
			defer r.Close()
			models, err := r.Models(cmd.Context())
			if err != nil {
				return err
			}
			if models, err = withSources(models, args); err != nil {
				return err
			}
			edges, err := modelEdges(cmd.Context(), r, models, args, columns)
			if err != nil {
				return err
			}
			switch a.format {
			case "text":
				return a.graphText(edges)
			case "table", "mermaid", "md":
				fmt.Fprintln(a.out, "flowchart LR")
				for _, e := range edges {
					fmt.Fprintf(a.out, "  %s --> %s\n", e[0], e[1])
				}
				return nil
			case "svg":
				_, err := fmt.Fprint(a.out, graphSVG(edges))
				return err
			}
			var records []result.Record
			for _, e := range edges {
				records = append(records, result.Record{{Key: "from", Value: e[0]}, {Key: "to", Value: e[1]}})
			}
			return a.print(records)
		},
	}
	c.Flags().BoolVar(&columns, "columns", false, lang.Phrase("column by column", "细到列"))
	return c
}

// withSources are the models named and all that they come from.
func withSources(models []warehouse.Model, names []string) ([]warehouse.Model, error) {
	if len(names) == 0 {
		return models, nil
	}
	var published []string
	for _, m := range models {
		published = append(published, m.Name)
	}
	need := map[string]bool{}
	for _, n := range names {
		if !slices.ContainsFunc(models, func(m warehouse.Model) bool { return m.Name == n }) {
			return nil, usagef("no model %q is published; see: taizhang models list%s", "没有发布名为 %q 的模型；模型见：taizhang models list%s", n, decl.DidYouMean(n, published))
		}
		need[n] = true
	}
	var out []warehouse.Model
	for i := len(models) - 1; i >= 0; i-- {
		if need[models[i].Name] {
			out = append(out, models[i])
			for _, d := range models[i].Reads {
				need[d] = true
			}
		}
	}
	slices.Reverse(out)
	return out, nil
}

// modelEdges are from → to, tables or columns. Of models that were named only their own columns' sources are followed.
func modelEdges(ctx context.Context, r *queries.Reader, models []warehouse.Model, names []string, columns bool) ([][2]string, error) {
	var out [][2]string
	if !columns {
		for _, m := range models {
			for _, d := range m.Reads {
				out = append(out, [2]string{d, m.Name})
			}
		}
		return out, nil
	}
	g, err := r.Lineage(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[[2]string]bool{}
	var todo []lineage.Column
	for _, m := range models {
		if len(names) == 0 || slices.Contains(names, m.Name) {
			for _, c := range g.Model(m.Name).Columns {
				todo = append(todo, lineage.Column{Table: m.Name, Name: c})
			}
		}
	}
	done := map[lineage.Column]bool{}
	for len(todo) > 0 {
		c := todo[0]
		todo = todo[1:]
		m := g.Model(c.Table)
		if done[c] || m == nil {
			continue
		}
		done[c] = true
		for _, from := range m.Sources[c.Name] {
			e := [2]string{from.String(), c.String()}
			if !seen[e] {
				seen[e] = true
				out = append(out, e)
			}
			todo = append(todo, from)
		}
	}
	return out, nil
}

// graphText lists what each node comes from.
func (a *app) graphText(edges [][2]string) error {
	var order []string
	from := map[string][]string{}
	for _, e := range edges {
		if from[e[1]] == nil {
			order = append(order, e[1])
		}
		from[e[1]] = append(from[e[1]], e[0])
	}
	for _, n := range order {
		if _, err := fmt.Fprintf(a.out, "%s\n", n); err != nil {
			return err
		}
		for _, f := range from[n] {
			if _, err := fmt.Fprintf(a.out, "  ← %s\n", f); err != nil {
				return err
			}
		}
	}
	return nil
}

// graphSVG draws nodes in columns by their distance from the plain tables.
func graphSVG(edges [][2]string) string {
	const boxW, boxH, gapX, gapY = 210, 22, 70, 8
	reads := map[string][]string{}
	var nodes []string
	for _, e := range edges {
		reads[e[1]] = append(reads[e[1]], e[0])
		for _, n := range e {
			if !slices.Contains(nodes, n) {
				nodes = append(nodes, n)
			}
		}
	}
	depth := map[string]int{}
	var at func(n string) int
	at = func(n string) int {
		if d, ok := depth[n]; ok {
			return d
		}
		depth[n] = 0
		for _, r := range reads[n] {
			depth[n] = max(depth[n], at(r)+1)
		}
		return depth[n]
	}
	rows := map[int]int{}
	x, y := map[string]int{}, map[string]int{}
	width, height := 0, 0
	for _, n := range nodes {
		d := at(n)
		x[n], y[n] = 10+d*(boxW+gapX), 10+rows[d]*(boxH+gapY)
		rows[d]++
		width, height = max(width, x[n]+boxW+10), max(height, y[n]+boxH+10)
	}
	fill := map[string]string{"raw": "#eeeeee", "ctl": "#eeeeee", "stg": "#e3eefb", "core": "#e4f4e4", "mart": "#fdf0d9"}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", width, height, width, height)
	for _, e := range edges {
		x1, y1, x2, y2 := x[e[0]]+boxW, y[e[0]]+boxH/2, x[e[1]], y[e[1]]+boxH/2
		fmt.Fprintf(&b, `<path d="M%d %d C%d %d %d %d %d %d" fill="none" stroke="#999" stroke-width="1"/>`+"\n", x1, y1, x1+gapX/2, y1, x2-gapX/2, y2, x2, y2)
	}
	esc := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, n := range nodes {
		layer, _, _ := strings.Cut(n, ".")
		fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%d" height="%d" rx="3" fill="%s" stroke="#666"/><text x="%d" y="%d">%s</text>`+"\n",
			x[n], y[n], boxW, boxH, fill[layer], x[n]+6, y[n]+15, esc.Replace(n))
	}
	b.WriteString("</svg>\n")
	return b.String()
}
