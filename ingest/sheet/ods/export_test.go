package ods

// ShownNumber gives a format of the kind that shows a number so.
var ShownNumber = shownNumber
