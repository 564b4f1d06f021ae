"""Runs tests of Odoo's own modules after all modules are loaded.

Odoo runs those of the kind at_install while it loads their module, before any addon
that depends on it: they would prove nothing about ours. Read by an Odoo shell, see
``dev/odoo-tests``.
"""

import os
import threading

from odoo.modules import registry as registries
from odoo.tests import HttpCase, loader
from odoo.tests.suite import OdooSuite
from odoo.tools import config

modules = os.environ["MODULES"].split()
config["test_tags"] = config["test_tags"] or ",".join(f"/{m}" for m in modules)
config["test_enable"] = True
threading.current_thread().testing = True
registry = registries.Registry(config["db_name"][0])
env.cr.rollback()  # noqa: F821
tests = [
    test
    for position in ("at_install", "post_install")
    for test in loader.make_suite(modules, position)
    # Those with a browser need a server beside them: dev/test runs ours.
    if not isinstance(test, HttpCase)
]
with registries.Registry._lock:
    result = loader.run_suite(OdooSuite(tests))
report = (
    f"{result.testsRun} run, {result.failures_count} failed,"
    f" {result.errors_count} errors"
)
print(report)
