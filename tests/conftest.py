"""Settings of the whole suite."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples in every run: a law that fails, fails for everybody. `VEIL_RANDOM_TESTS=1` looks for new ones.
settings.register_profile(
    "veil",
    derandomize=not os.environ.get("VEIL_RANDOM_TESTS"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    print_blob=True,
)
settings.load_profile("veil")

# Threads that fight over two cores make everything slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
