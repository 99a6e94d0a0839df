"""How work is spread over machines, never what it does: `spark` is the adapter, `java` finds it a Java, `cargo` travels.

The local engine needs none: it is the flow itself, with the processes of `crew`.
"""
