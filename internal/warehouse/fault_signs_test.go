package warehouse

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// TestFullDiskInChinese: the engine hands on what a Chinese Windows says of a full disk, in GBK; its remedy is told all the same.
func TestFullDiskInChinese(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("磁盘空间不足。")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"IO Error: Could not write file: 磁盘空间不足。", "IO Error: Could not write file: " + gbk} {
		if remedy := Remedy(errors.New(text)); !strings.Contains(remedy.Chinese, "磁盘已满") {
			t.Errorf("%q: %q", text, remedy.Chinese)
		}
	}
}
