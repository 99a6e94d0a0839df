"""How work is cut and spread, never what it does: `spark` does it on a cluster, `here` task after task on this machine.

`tasks` are the verbs that both have. `java` finds Spark a Java, `cargo` is what travels, `components` which nodes of a graph
hang together. A run that opens few articles needs none: it is the flow itself, with the processes of `crew`.
"""
