"""The steps of `benchmarks/validation.py`, one thing a module."""
