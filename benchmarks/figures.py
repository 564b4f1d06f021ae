"""What is claimed: a figure compares the results of two pieces with a target."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """``ours`` and ``compared`` name pieces; ``key`` says which of their results.

    One of the targets is given: ours is at most so many times the compared one, at
    least so many times as fast, or at most a number. None: reported, not judged.
    """

    name: str
    ours: str
    compared: str | None = None
    key: str = "seconds"
    at_most_times: float | None = None
    times_as_fast: float | None = None
    at_most: float | None = None

    def judge(self, results):
        """The figure as a row of the report.

        :param dict results: of the pieces, by name
        """
        ours = results[self.ours][self.key]
        compared = self.compared and results[self.compared][self.key]
        ratio = self._ratio(ours, compared)
        return {
            "figure": self.name,
            "ours": ours,
            "compared": compared,
            "ratio": ratio,
            "target": self._target(),
            "ok": self._is_met(ours, ratio),
        }

    def _ratio(self, ours, compared):
        if compared is None:
            return None
        upper, lower = (compared, ours) if self.times_as_fast else (ours, compared)
        return upper / lower if lower else None

    def _target(self):
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        if self.at_most_times is not None:
            return f"≤ {self.at_most_times:g} times"
        return f"≥ {self.times_as_fast:g} times as fast" if self.times_as_fast else ""

    def _is_met(self, ours, ratio):
        if self.at_most is not None:
            return ours <= self.at_most
        if self.at_most_times is not None:
            return ratio <= self.at_most_times
        return ratio >= self.times_as_fast if self.times_as_fast else None


def memory(*pieces):
    """Each piece in a process of its own stays below the memory of a small server."""
    return [
        Figure(f"peak memory of {name}, MB", name, key="memory", at_most=512)
        for name in pieces
    ]
