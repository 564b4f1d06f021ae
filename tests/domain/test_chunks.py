"""How work is cut into chunks: what belongs together stays together (P14)."""

from hypothesis import given
from hypothesis import strategies as st

from domain.chunks import bind, pack

KEYS = st.dictionaries(
    st.integers(0, 12), st.lists(st.sampled_from("abcde"), max_size=3), max_size=12
)


def test_what_shares_a_key_is_one_unit_also_over_others():
    assert bind({1: ["a"], 2: [], 3: ["a", "b"], 4: ["b"], 5: []}) == [
        [1, 3, 4],
        [2],
        [5],
    ]


def test_units_that_are_joined_late_are_one():
    assert bind({1: ["a"], 2: ["b"], 3: ["c"], 4: ["a", "b", "c"]}) == [[1, 2, 3, 4]]


def test_nothing_makes_no_units():
    assert bind({}) == []


@given(KEYS)
def test_each_id_is_in_one_unit_and_keys_are_in_no_two(keys):
    units = bind(keys)
    assert sorted(i for unit in units for i in unit) == sorted(keys)
    for key in "abcde":
        assert sum(any(key in keys[i] for i in unit) for unit in units) <= 1


@given(KEYS)
def test_units_and_ids_keep_the_order_given(keys):
    order = {i: place for place, i in enumerate(keys)}
    units = [[order[i] for i in unit] for unit in bind(keys)]
    assert units == sorted(units)
    assert all(unit == sorted(unit) for unit in units)


def test_a_chunk_weighs_at_most_the_limit():
    assert pack([[1, 2], [3], [4, 5, 6], [7]], {}, 3) == [[1, 2, 3], [4, 5, 6], [7]]
    assert pack([[1], [2], [3]], {2: 2}, 3) == [[1, 2], [3]]


def test_a_unit_that_is_too_heavy_is_a_chunk_of_its_own():
    assert pack([[1], [2, 3, 4], [5]], {}, 2) == [[1], [2, 3, 4], [5]]
    assert pack([[1, 2, 3], [4]], {}, 2) == [[1, 2, 3], [4]]


def test_weightless_units_fit_into_any_chunk():
    assert pack([[1, 2], [3], [4]], {3: 0, 4: 0}, 2) == [[1, 2, 3, 4]]


def test_ids_of_a_unit_weigh_together():
    assert pack([[1, 2], [3, 4]], {1: 0.5, 2: 0.5, 3: 0.5, 4: 0.5}, 2) == [[1, 2, 3, 4]]
    assert pack([[1, 2], [3, 4]], {1: 0.5, 2: 0.6, 3: 0.5, 4: 0.5}, 2) == [
        [1, 2],
        [3, 4],
    ]


@given(
    st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), max_size=8),
    st.integers(1, 6),
)
def test_no_unit_is_cut_or_lost(units, limit):
    chunks = pack(units, {}, limit)
    assert [i for chunk in chunks for i in chunk] == [i for unit in units for i in unit]
    longest = max(map(len, units), default=0)
    assert all(0 < len(chunk) <= max(limit, longest) for chunk in chunks)
