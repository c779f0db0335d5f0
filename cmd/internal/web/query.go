package web

// queriesAtOnce is how many typed queries are at work at once: each is a process of its own.
const queriesAtOnce = 2
