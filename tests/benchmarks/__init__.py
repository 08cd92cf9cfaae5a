"""The benchmarks: `python -m tests.benchmarks [NAME…]`. Ratios in one run, never a failed time.

Each module named in `__main__` has a ``run(options)`` that measures and says what it found.
docs/benchmarks.md tells what the figures mean.
"""
