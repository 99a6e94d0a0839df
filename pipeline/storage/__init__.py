"""The only place with paths: reading input files, the state of a store, the published tables."""
