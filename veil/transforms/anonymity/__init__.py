"""Generalization hierarchies, and tables made k-anonymous, l-diverse and t-close: what `hierarchy` and `k_anonymize` share."""
