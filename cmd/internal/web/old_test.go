package web

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"taizhang/cmd/internal/web/frame"
)

// TestOldBrowsers: what the page's own styles and scripts use, browsers of 2020 (Chromium 86) have: where a browser doesn't
// know a selector, it leaves out the whole rule, and nobody sees why.
func TestOldBrowsers(t *testing.T) {
	for name, newer := range map[string]*regexp.Regexp{
		".css": regexp.MustCompile(`:not\([^)]*,|:is\(|:where\(|:has\(|:user-|@container|@layer|@scope|@starting-style|aspect-ratio|accent-color:|[{;]inset:|\b\d+(?:[sdl]v[hw]|cq[wh])\b|color-mix|text-wrap|overflow:clip|content-visibility:auto;contain-intrinsic|:modal`),
		".js":  regexp.MustCompile(`\.at\(|structuredClone|\.replaceAll\(|Object\.hasOwn|\?\?=|\|\|=|&&=|\.findLast|\.toSorted|\.groupBy|Promise\.any|static \{|showModal|AbortSignal\.timeout|inert\b`),
	} {
		err := fs.WalkDir(frame.AssetFiles, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, name) || strings.HasSuffix(path, "editor.js") { // that one is made for them
				return err
			}
			text, err := fs.ReadFile(frame.AssetFiles, path)
			for _, m := range newer.FindAllString(string(text), -1) {
				t.Errorf("%s: %s is younger than what must show the page", path, m)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
