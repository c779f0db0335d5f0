// Package trino builds, tests and reads a zone's models on its Trino, and says which of its own texts Trino would read
// otherwise.
//
// Words: a build is a run of all models over the lake that is attached there, published when its checks pass.
//
// How texts run on Trino stands in internal/engine; here is what they are in a zone.
package trino
