package calendar

import "time"

// lunarYear is a year of the traditional calendar (农历): its first day, the length of each of its months in order (1: 30 days,
// 0: 29), and the month after which one of the same number is put in (0: none).
type lunarYear struct {
	first  Date
	months string
	leap   int
}

// lunarYears begin with lunarSince. Their months are those of GB/T 33661-2017, by which 紫金山天文台 computes them.
var lunarYears = []lunarYear{
	{NewDate(2014, time.January, 31), "0101010110101", 9},
	{NewDate(2015, time.February, 19), "010010111010", 0},
	{NewDate(2016, time.February, 8), "101001011011", 0},
	{NewDate(2017, time.January, 28), "0101001010111", 6},
	{NewDate(2018, time.February, 16), "010100101011", 0},
	{NewDate(2019, time.February, 5), "101010010011", 0},
	{NewDate(2020, time.January, 25), "0111010010101", 4},
	{NewDate(2021, time.February, 12), "011010101010", 0},
	{NewDate(2022, time.February, 1), "101011010101", 0},
	{NewDate(2023, time.January, 22), "0100110110101", 2},
	{NewDate(2024, time.February, 10), "010010110110", 0},
	{NewDate(2025, time.January, 29), "1010010101110", 6},
	{NewDate(2026, time.February, 17), "101001001110", 0},
	{NewDate(2027, time.February, 6), "110100100110", 0},
	{NewDate(2028, time.January, 26), "1110100100110", 5},
	{NewDate(2029, time.February, 13), "110101010011", 0},
	{NewDate(2030, time.February, 3), "010110101010", 0},
	{NewDate(2031, time.January, 23), "0110101101010", 3},
	{NewDate(2032, time.February, 11), "100101101101", 0},
	{NewDate(2033, time.January, 31), "0100101011101", 11},
	{NewDate(2034, time.February, 19), "010010101101", 0},
	{NewDate(2035, time.February, 8), "101001001101", 0},
	{NewDate(2036, time.January, 28), "1101001001011", 6},
	{NewDate(2037, time.February, 15), "110100100101", 0},
	{NewDate(2038, time.February, 4), "110101010010", 0},
	{NewDate(2039, time.January, 24), "1101101010100", 5},
	{NewDate(2040, time.February, 12), "101101011010", 0},
}

const lunarSince = 2014

// Lunar gives the day of a date of the traditional calendar (农历), whose year begins with 春节 of that year; leap is a month
// that is put in (闰六月). Day 0 is the year's last of month 12 (除夕). False where there is no such day, and outside of the
// years that are known.
func Lunar(year, month, day int, leap bool) (Date, bool) {
	if year < lunarSince || year >= lunarSince+len(lunarYears) {
		return NoDate, false
	}
	y := lunarYears[year-lunarSince]
	at, number, put := y.first, 0, false // put: the month at hand is the one that is put in
	for i := range y.months {
		if put = y.leap > 0 && number == y.leap && !put; !put {
			number++
		}
		days := 29 + int(y.months[i]-'0')
		if number == month && put == leap {
			if day == 0 && month == 12 {
				day = days
			}
			return at + Date(day-1), day >= 1 && day <= days
		}
		at += Date(days)
	}
	return NoDate, false
}
