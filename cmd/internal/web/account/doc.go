// Package account is who may use the page, and what shows that it is them: users
// with their roles and passwords, sessions and tokens, reverse proxies that name
// whoever they let in, and the certificate by which the page itself is known.
//
// Words: a role is what a user may do; a secret is what a browser or a program
// holds, and its hash is what the zone keeps of it.
package account
