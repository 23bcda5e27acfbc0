"""Ciphers: derived keys, sealed cells, and permutations that keep a value's form."""
