"""override: what an editor orders comes before what the figures say, and every row that it touches says so.

The orders are rows of a CSV (`order,left_id,right_id,note`):

- `must_link`: two articles, and with them their clusters, are prints of one story;
- `cannot_link`: two articles are never in one cluster;
- `pin`: left_id leads its cluster;
- `publisher`: what is called left_id (a name or a host) is the publisher right_id.

A cannot_link wins over a must_link. Orders that name articles which are not in the store wait for them.

How links are held (`enforce`):

1. must_links bind articles together, the earlier first; one that would bind two who cannot be linked is void (`bonds`). Who may
   not be with an article may not be with those it is bound to.
2. An article that a cannot_link names is nobody's twin, and is compared with all that its twins match (`twins`).
3. Articles are grouped so that no anchor takes two who are apart: the later one is left to the anchors after it.
4. Clusters with articles that are bound become one, led by the anchor of the earlier. If that would bring two together who are
   apart, the later of them is kept apart from those who are bound, too, and all are grouped anew.

So a cannot_link holds, however many prints there are, and no match is refused but that of the two it names: what others have in
common with them is told as it is. It ends, for each time that 4 leads back there are more who are apart, and pairs are finite.
Each component of matches and must_links comes out by itself, whatever is grouped beside it.
"""

from pipeline.stages.override.enforced import enforce, parting
from pipeline.stages.override.orders import NOTHING, Orders, parse

__all__ = ["NOTHING", "Orders", "enforce", "parse", "parting"]
