// Package grid cuts a piece out of a sender's sheet and lays it out as people see
// a sheet: letters above, numbers beside, cells marked with what is said of them.
package grid
