// Package xmlscan reads the XML parts of office files token by token, in
// little memory, and refuses what is made to exhaust it.
//
// Words: a part is read through a window, the bytes in memory; names are told
// without their prefix, since the formats read with it never use one local name
// in two meanings at one place; texts and values are raw until Unescape
// resolves their entities. It knows none but XML's own five (XML 1.0, 4.6), and
// refuses documents that define any.
package xmlscan
