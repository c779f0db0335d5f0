// Package calendar knows civil dates, ISO weeks, months and the working days
// of the Chinese State Council (节假日安排, 调休 included).
//
// The words it uses:
//
//   - a Date is a day on the wall calendar, without a time zone;
//   - a Period is the week (Monday to Sunday, ISO 8601) or the month that a
//     return is for;
//   - a holiday (节假日) is a day off by decree, a make-up day (调休上班) is a
//     Saturday or Sunday worked in exchange;
//   - a working day (工作日) is a make-up day, or a day from Monday to Friday
//     that is no holiday.
package calendar
