"""The parts of `sequence` and `relational`: rows in families, learnt and drawn one after another from what came before."""
