package web

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"taizhang/internal/tooltest"
)

// picturesOfReadme are the pictures that the READMEs show, each with how it comes about.
var picturesOfReadme = map[string]func(t *testing.T, b *tab) []byte{
	"overview.png": func(t *testing.T, b *tab) []byte {
		b.open("/")
		return b.screen(1180, 860)
	},
	"check.png": func(t *testing.T, b *tab) []byte {
		b.open(b.x.upload("/units/zfb/check", upload{"问题台账.csv", []byte(faultyOfReadme())}).header.Get("Location"))
		return b.screen(1180, 760)
	},
	"query.png": func(t *testing.T, b *tab) []byte {
		b.open(b.x.post("/query", url.Values{"sql": {"select 所属街道, count(*) as 件数, count(*) filter (办理状态 = '已办结') as 办结\nfrom 问题台账\ngroup by 1 order by 2 desc"}}).header.Get("Location"))
		return b.screen(1180, 940)
	},
	"weekly.png": weeklyPicture,
}

// faultyOfReadme is a return with faults that anybody might have made.
func faultyOfReadme() string {
	return strings.NewReplacer("<script>alert(1)</script>", "", "<img src=x onerror=alert(2)>", "").Replace(faulty)
}

// readmeBytes is how much all pictures of the READMEs may be.
const readmeBytes = 600 << 10

// weeklyPicture is page one of the weekly workbook, as LibreOffice prints it.
func weeklyPicture(t *testing.T, b *tab) []byte {
	office, draw := tooltest.Path(t, "soffice", "libreoffice-calc"), tooltest.Path(t, "pdftoppm", "poppler-utils")
	if a := b.x.post("/papers", nil); a.status >= 400 {
		t.Fatalf("the weekly isn't issued: %s", a.body)
	}
	m := regexp.MustCompile(`href="(/papers/issued/[^"]*\.xlsx)"`).FindStringSubmatch(b.x.page("/papers"))
	if m == nil {
		t.Fatal("there is no weekly")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "weekly.xlsx"), []byte(b.x.page(m[1])), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*exec.Cmd{
		exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to", "pdf", "--outdir", dir, filepath.Join(dir, "weekly.xlsx")),
		exec.Command(draw, "-png", "-r", "96", "-f", "1", "-l", "1", "-singlefile", filepath.Join(dir, "weekly.pdf"), filepath.Join(dir, "weekly")),
	} {
		if text, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", c.Path, err, text)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "weekly.png"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// screen is what a screen of a size shows of the page.
func (b *tab) screen(width, height int64) []byte {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
	text, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// TestReadmePictures makes the READMEs' pictures anew; `make pictures` has it do so into the folder that TAIZHANG_README
// names. What they show can be made: a weekly is issued and printed, and every picture is one of a page.
func TestReadmePictures(t *testing.T) {
	dir := os.Getenv("TAIZHANG_README")
	if dir == "" {
		tooltest.Thorough(t)
		dir = t.TempDir()
	}
	b := browser(t, open(t, copyZone(t), nil), 1180, 800)
	for _, name := range slices.Sorted(maps.Keys(picturesOfReadme)) {
		small, err := fewColours(picturesOfReadme[name](t, b))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := png.DecodeConfig(bytes.NewReader(small)); err != nil || c.Width < 600 || c.Height < 400 || len(small) > readmeBytes/2 {
			t.Errorf("%s is no picture of a page: %v, %d × %d, %d bytes", name, err, c.Width, c.Height, len(small))
		}
		if err := os.WriteFile(filepath.Join(dir, name), small, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadmeShowsThem: both READMEs show the pictures that make pictures makes, all of them and no others; they are there,
// are pictures, and small enough to be looked at anywhere.
func TestReadmeShowsThem(t *testing.T) {
	root := filepath.Join("..", "..", "..")
	shown := regexp.MustCompile(`!\[([^\]]+)\]\(docs/pictures/([^)]+)\)`)
	want := slices.Sorted(maps.Keys(picturesOfReadme))
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range shown.FindAllStringSubmatch(string(text), -1) {
			got = append(got, m[2])
		}
		if n := strings.Count(string(text), "!["); n != len(got) {
			t.Errorf("%s shows %d pictures that make pictures doesn't make", name, n-len(got))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s shows %v, make pictures makes %v", name, got, want)
		}
	}
	files, err := os.ReadDir(filepath.Join(root, "docs", "pictures"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	size := 0
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(root, "docs", "pictures", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(bytes.NewReader(text))
		if err != nil || c.Width < 600 || c.Height < 400 {
			t.Errorf("%s is no picture of a page: %v, %d × %d", f.Name(), err, c.Width, c.Height)
		}
		names, size = append(names, f.Name()), size+len(text)
	}
	if !slices.Equal(names, want) {
		t.Errorf("docs/pictures holds %v instead of %v", names, want)
	}
	if size > readmeBytes {
		t.Errorf("the pictures have %d bytes, more than %d", size, readmeBytes)
	}
}

// fewColours writes a picture with a palette of the colours that it has most of: a third of the bytes, and the eye sees no
// difference in a page of text.
func fewColours(text []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	bounds := full.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	count := map[color.RGBA]int{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	list := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	taken := map[color.RGBA]bool{}
	for _, c := range list {
		if coarse := (color.RGBA{c.R >> 4, c.G >> 4, c.B >> 4, 255}); !taken[coarse] && len(palette) < 256 {
			taken[coarse] = true
			palette = append(palette, c)
		}
	}
	out := image.NewPaletted(bounds, palette)
	nearest := map[color.RGBA]uint8{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			i, ok := nearest[c]
			if !ok {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out)
	return b.Bytes(), err
}
