"""The parts of `gaussian_copula`: columns on normal scales, their correlation, the patterns of nulls, and the model."""
