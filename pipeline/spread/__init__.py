"""The flow, spread over a cluster: what `intake`, `redo`, `meet`, `derive` and `splice` do on one machine.

    with Spread(cluster) as hands:                       # what `flow.run` takes instead of its own
        files --cleaned--> scratch --identify (driver: hashes)--> --traced--> parts of the state        (spread.taking)
        lines of each publisher --learn--> furniture --> texts without it, part by part                 (spread.learning)
        values of bands and samples --pair--> candidates --texts sent to them--> matches                (spread.meeting)
        components of matches --cut--> bins --form--> clusters with ids --tell--> rows                  (spread.clusters)
        rows --by file--> tables                                                                        (spread.spilled)

The stages are those of `stages`, the tables are written to the same parts by the same code: a state that one engine wrote the
other reads. A run adds several parts, one for each task that read files. On the driver are hashes, ids, times and the numbers
of texts; between tasks `engine.cargo` travels. The store lies where every machine sees it.
"""

from pipeline.spread.hands import Spread

__all__ = ["Spread"]
