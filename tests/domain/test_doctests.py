"""The examples in the docstrings of domain/ are true, and each module has one."""

import doctest
import importlib
import pkgutil

import pytest

import domain

MODULES = [
    module.name
    for module in pkgutil.walk_packages(domain.__path__, domain.__name__ + ".")
    # Words only, without a rule.
    if not module.ispkg and not module.name.endswith(".headings")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_rules_are_true(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0
    assert result.attempted > 0
