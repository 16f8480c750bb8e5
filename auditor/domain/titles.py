"""Names of regulations (制度名称) in title marks (书名号)."""

from itertools import accumulate

_DEPTH = {"《": 1, "》": -1}
_INNER = str.maketrans("《》", "〈〉")


def book_title(name: str) -> str:
    """The name in title marks, a title within it in single ones: 《〈甲的意见〉实施细则》. Blank for a blank name.

    A name that stands in its own marks already comes back as it is.
    """
    bare = name.strip()
    depths = list(accumulate(_DEPTH.get(char, 0) for char in bare))
    if bare.startswith("《") and bare.endswith("》") and min(depths[:-1]) > 0:
        bare = bare[1:-1].strip()
    return f"《{bare.translate(_INNER)}》" if bare else ""
