"""How much work is cut into chunks: what belongs together stays together."""


def bind(keys):
    """Ids that share a key, directly or over others, as units.

    :param dict keys: id → the keys that bind it to others, none for most
    :return: list of lists of ids, units and ids in the order given

    >>> bind({1: ["pallet"], 2: [], 3: ["pallet", "pair"], 4: ["pair"], 5: []})
    [[1, 3, 4], [2], [5]]
    """
    parent = {i: i for i in keys}

    def root(i):
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i

    first = {}
    for i, bound in keys.items():
        for key in bound:
            parent[root(i)] = root(first.setdefault(key, i))
    units = {}
    for i in keys:
        units.setdefault(root(i), []).append(i)
    return list(units.values())


def pack(units, weights, limit):
    """Units in their order, in chunks that weigh at most the limit.

    A unit that is heavier than the limit is a chunk of its own, never cut.

    :param list units: lists of ids
    :param dict weights: id → weight, 1 where missing
    :return: list of lists of ids

    >>> pack([[1, 2], [3], [4, 5, 6], [7]], {}, 3)
    [[1, 2, 3], [4, 5, 6], [7]]
    >>> pack([[1], [2], [3]], {1: 0.1, 2: 0.1}, 1.2)
    [[1, 2, 3]]
    >>> pack([], {}, 3)
    []
    """
    chunks, weight = [], 0
    for unit in units:
        own = sum(weights.get(i, 1) for i in unit)
        if not chunks or weight + own > limit:
            chunks.append([])
            weight = 0
        chunks[-1].extend(unit)
        weight += own
    return chunks
