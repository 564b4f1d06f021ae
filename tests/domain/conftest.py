"""What all tests of domain/ share: how hypothesis runs."""

import tempfile

import hypothesis.configuration
from hypothesis import Phase, settings

# Hypothesis would keep a folder in the working directory otherwise.
hypothesis.configuration.set_hypothesis_home_dir(tempfile.gettempdir() + "/hypothesis")
# For dev/mutate: the same examples each time, and the first failure is enough.
settings.register_profile(
    "mutants",
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
