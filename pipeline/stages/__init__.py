"""The stages: pure functions on Arrow tables. None knows another, a path, the clock or the engine."""

#: Versions of what the code does, raised with a release under which the same record is read otherwise (clean, trace), or the
#: same articles are compared otherwise (learn to elect). A store then does it again; data files speak for themselves.
RULES = {"reading": 2, "comparing": 2}
