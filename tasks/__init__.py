"""The stages as Prefect tasks, and the rooms that only they may enter: rows, keys, environment, artifacts."""
