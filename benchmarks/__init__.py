"""Benchmarks: invented news at any size, and the dedup core side by side with other tools on it."""
