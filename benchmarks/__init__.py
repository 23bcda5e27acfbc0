"""Speed and memory of every stage on real files, and beside them the peers, measured in the same run.

`python -m benchmarks` measures all; every measurement is a fresh process, so that its peak memory is its own.
"""
