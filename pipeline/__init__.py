"""newswire-reprints: finds the reprints of one wire story under many mastheads, and says whose copy it is.

What happens to an article, stage by stage:

    files ──read──▶ records ──clean──▶ articles ──trace──▶ credits, citations
                                          │
                                          └─sketch─▶ sketches ──learn──▶ without furniture
                                                                                │
                                 matches ◀──verify── candidates ◀──pair─────────┘
                                    │
                                    └─cluster─▶ groups ──elect──▶ ──follow──▶ clusters, members

`flow` is that picture as code. `intake` is what happens to each batch, up to sketches, on all cores (`crew`); `flow.derive` the
rest, over all articles in reach. Each stage is a module of `stages`: pure functions on Arrow tables with a frozen struct of
settings (`config`), no path, no clock, no knowledge of another stage. What two stages share travels as a column, and every
table has its schema in `schema`. Paths live in `storage` alone, which also makes a run appear in one step or not at all;
`quality` checks what is about to appear.
"""
