"""Compiled loops over Arrow buffers. numba lives here alone, and is imported where a kernel is used."""
