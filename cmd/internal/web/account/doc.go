// Package account is who may use the page and what each may do there, and what
// shows that it is them: users with their roles and passwords, logins and
// tokens, reverse proxies that name whoever they let in, and the certificate by
// which the page itself is known.
//
// Words: a person is who asks, of one role; a permission is what an address asks
// of a person; a login (session) lasts until it is idle or old; a door is where
// failures to log in are counted, of an account or a computer; a secret is what
// a browser or a program holds, and its hash is what the zone keeps of it.
package account
