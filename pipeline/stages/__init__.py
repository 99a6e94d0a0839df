"""The stages: pure functions on Arrow tables. None knows another, a path, the clock or the engine."""
