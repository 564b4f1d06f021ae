"""What all tests of domain/ need: nothing of them stays in the working directory."""

import tempfile

import hypothesis.configuration

hypothesis.configuration.set_hypothesis_home_dir(tempfile.gettempdir() + "/hypothesis")
