"""A trainer of conditional generative networks for tables, with gradients written out by hand; needs torch, not ctgan."""
