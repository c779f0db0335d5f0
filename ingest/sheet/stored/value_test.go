package stored

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

func TestNumberText(t *testing.T) {
	var a Arena
	for raw, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "12": "12", "-12.50": "-12.5", "5.": "5", ".5": "0.5", "+5": "5", "007": "7", "1e3": "1000", "1E-3": "0.001",
		"4.4999999999999998E-2": "0.045", "74690.899999999994": "74690.9", "74690.89999999999": "74690.9", "74690.8999999": "74690.8999999",
		"0.30000000000000004": "0.30000000000000004", "123456789012345678": "123456789012345678", "-123456789012345678": "-123456789012345678",
		"1.7976931348623157E308": strconv.FormatFloat(math.MaxFloat64, 'f', -1, 64), "5E-324": strconv.FormatFloat(5e-324, 'f', -1, 64),
		"0.1000000000000000000000000001": "0.1",
	} {
		num, text, ok := a.Number([]byte(raw))
		f, _ := strconv.ParseFloat(raw, 64)
		if !ok || text != want || num != f {
			t.Errorf("%s: %v %q %v, want %q", raw, num, text, ok, want)
		}
	}
	for _, raw := range []string{"", "-", ".", "abc", "1 2", "1,5", "0x10", "1_0", "Inf", "NaN", "1e999", "1e", "--1", "1.2.3"} {
		if _, text, ok := a.Number([]byte(raw)); ok {
			t.Errorf("%q taken for number %q", raw, text)
		}
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		f := math.Float64frombits(rnd.Uint64())
		if rnd.IntN(2) == 0 {
			f = math.Round(rnd.Float64()*1e9) / 100
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		for _, format := range []byte("fgE") {
			num, text, ok := a.Number(strconv.AppendFloat(nil, f, format, -1, 64))
			back, err := strconv.ParseFloat(text, 64)
			if !ok || num != f || err != nil || back != f {
				t.Fatalf("%v as %c: %v %q", f, format, num, text)
			}
		}
	}
}

func TestSerialDate(t *testing.T) {
	var a Arena
	day := time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)
	for serial := 61; serial < maxSerial; serial += 1 {
		if serial%97 == 0 || serial < 1500 {
			got, ok := a.serialDate(float64(serial))
			if want := day.Format("2006-01-02"); !ok || got != want {
				t.Fatalf("%d: %s, want %s", serial, got, want)
			}
			if s := isoSerial(day); s != float64(serial) {
				t.Fatalf("%s: serial %v, want %d", got, s, serial)
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	for serial, want := range map[float64]string{
		42488.479166666664: "2016-04-28T11:30:00", 44564.999999: "2022-01-04", 44564.9999: "2022-01-03T23:59:51", 60: "1900-02-28", 60.5: "1900-02-28T12:00:00",
	} {
		if got, _ := a.serialDate(serial); got != want {
			t.Errorf("%v: %s, want %s", serial, got, want)
		}
	}
	for _, bad := range []float64{-1, maxSerial, math.NaN(), math.Inf(1)} {
		if s, ok := a.serialDate(bad); ok {
			t.Errorf("%v: %s", bad, s)
		}
	}
}

func TestISOValue(t *testing.T) {
	var a Arena
	for s, want := range map[string]string{
		"2022-01-03": "date 2022-01-03", "2022-01-03T08:30:00": "date 2022-01-03T08:30:00", "2022-01-03T08:30:00.600": "date 2022-01-03T08:30:01", "2022-01-03T08:30:00Z": "date 2022-01-03T08:30:00",
		"1850-05-06": "date 1850-05-06", "1900-02-28": "date 1900-02-28", "1900-01-01": "date 1900-01-01", "1899-12-31": "date 1899-12-31",
		"08:30:00": "time 8:30:00", "PT36H": "time 36:00:00", "PT10H10M10.123S": "time 10:10:10.123", "-PT1H": "time -1:00:00", "P1DT1H": "time 25:00:00",
	} {
		k, _, text, ok := a.ISOValue(s)
		if got := k.String() + " " + text; !ok || got != want {
			t.Errorf("%s: %s %v, want %s", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "P", "PT", "PT5", "P1M", "2022-13-01", "x", "PT1D", "PTS", "5"} {
		if k, _, text, ok := a.ISOValue(s); ok {
			t.Errorf("%q taken for %v %q", s, k, text)
		}
	}
}
