// Package mail hands a message with attachments to an SMTP server. It is
// transport only: it knows nothing of what is sent, to whom it matters or when.
//
// Words: a Config names the server, the sender and the recipients of each role;
// a Message is a subject, a short text and Attachments. The connection is always
// encrypted, by STARTTLS unless the server wants TLS from the first byte
// (implicit). The password is read from a file or the environment when it is
// needed; no configuration text, error or log holds it. A failed delivery is an
// *Error, which says what failed and whether trying again may help.
package mail
