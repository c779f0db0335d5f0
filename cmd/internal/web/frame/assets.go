package frame

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed assets/*.css assets/*.js assets/*.svg assets/*.txt
var AssetFiles embed.FS

// asset is a file that pages refer to.
type asset struct {
	Text, Packed []byte
	version      string // of its content
}

var Assets = sync.OnceValue(func() map[string]asset {
	entries, err := AssetFiles.ReadDir("assets")
	if err != nil {
		panic(err) // embedded
	}
	out := map[string]asset{}
	for _, e := range entries {
		text, err := AssetFiles.ReadFile("assets/" + e.Name())
		if err != nil {
			panic(err) // embedded
		}
		sum := sha256.Sum256(text)
		out[e.Name()] = asset{Text: text, Packed: Packed(text), version: hex.EncodeToString(sum[:6])}
	}
	return out
})

func Packed(text []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(text) // into memory
	_ = w.Close()
	return b.Bytes()
}

// AssetAddress is where an asset is found as it is now: a browser keeps what it got there for good.
func AssetAddress(name string) string { return "/assets/" + name + "?v=" + Assets()[name].version }

func ServeAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	a, ok := Assets()[name]
	if !ok {
		http.Error(w, "没有这个文件。", http.StatusNotFound)
		return
	}
	kind := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}[path.Ext(name)]
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=300")
	if r.URL.Query().Get("v") == a.version {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	WritePacked(w, r, a.Text, a.Packed)
}

// ServeIcon answers browsers that ask for an icon by its old name, where what they show is no page that names one.
func ServeIcon(w http.ResponseWriter, r *http.Request) {
	r.SetPathValue("file", "icon.svg")
	ServeAsset(w, r)
}

// WritePacked answers with what was packed beforehand, to those who can unpack it.
func WritePacked(w http.ResponseWriter, r *http.Request, text, packed []byte) {
	w.Header().Add("Vary", "Accept-Encoding")
	if TakesGzip(r.Header.Get("Accept-Encoding")) {
		w.Header().Set("Content-Encoding", "gzip")
		text = packed
	}
	_, _ = w.Write(text) // whoever asked has gone
}

// TakesGzip says whether somebody can unpack: gzip;q=0 says that they can't.
func TakesGzip(accepted string) bool {
	for _, a := range strings.Split(accepted, ",") {
		name, q, _ := strings.Cut(strings.ReplaceAll(a, " ", ""), ";")
		if name == "gzip" {
			return strings.Trim(strings.TrimPrefix(q, "q="), "0.") != "" || q == ""
		}
	}
	return false
}
