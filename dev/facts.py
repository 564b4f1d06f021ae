"""Writes what a database is made of to the file $FACTS, a sorted line for each fact, so
that two databases can be compared by ``diff``.

Read by an Odoo shell, see ``dev/upgrade`` and ``dev/uninstall``.

- The schema: tables, columns, indexes, constraints, sequences, functions, triggers.
- The names that modules gave to records (XML ids), and what modules own.
- With $RECORDS, what the records say that make up the addon, such as rules and views.
- With $WORDS, each row of any table that names the addon.
"""

import ast
import os
import re

from odoo.models import BaseModel

# A number in the name of a sequence is the id of its record, which is no fact. Nor are
# comments: Odoo writes a field's label there once.
SCHEMA = r"""
SELECT concat_ws(' ', 'relation', c.relkind, c.relname, c.reloptions)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '^ir_sequence_\d+'
 UNION ALL
SELECT concat_ws(' ', 'column', a.attrelid::regclass, a.attname,
                 format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
   AND a.attnum > 0 AND NOT a.attisdropped
 UNION ALL
SELECT 'index ' || pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace
 UNION ALL
SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname,
                 pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
 UNION ALL
SELECT concat_ws(' ', 'function', p.oid::regprocedure, md5(p.prosrc))
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
 UNION ALL
SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
 UNION ALL
SELECT 'sequence of no record ' || c.relname
  FROM pg_class c
 WHERE c.relname ~ '^ir_sequence_\d+' AND NOT EXISTS (
       SELECT FROM ir_sequence WHERE id = (regexp_match(c.relname, '\d+'))[1]::int)
"""
# Who extends a model is named as a parent of its heirs, too, but only of those that
# Odoo happens to set up again: an update sets up others than an installation.
NAMES = """
SELECT concat_ws(' ', 'name', module || '.' || name, model,
                 CASE WHEN noupdate THEN 'noupdate' END)
  FROM ir_model_data
 WHERE model <> 'ir.model.inherit' OR name LIKE '%stock\\_count%'
 UNION ALL
SELECT concat_ws(' ', 'owned', module.name, owned.name)
  FROM (SELECT module, name FROM ir_model_constraint
         UNION ALL
        SELECT module, name FROM ir_model_relation) owned
  JOIN ir_module_module module ON module.id = owned.module
"""
TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
   -- The list of what can be installed, and messages that nobody waits for any more.
   AND relname NOT IN ('ir_module_module', 'bus_bus')
"""
WORD = "stock[._]count"

# What the addon is made of; a model of its own without an XML id is meant whole.
MODELS = (
    "digest.digest",
    "ir.actions.act_url",
    "ir.actions.act_window",
    "ir.actions.client",
    "ir.actions.report",
    "ir.actions.server",
    "ir.config_parameter",
    "ir.cron",
    "ir.default",
    "ir.model",
    "ir.model.access",
    "ir.model.constraint",
    "ir.model.fields",
    "ir.model.fields.selection",
    "ir.rule",
    "ir.sequence",
    "ir.ui.menu",
    "ir.ui.view",
    "mail.activity.type",
    "report.paperformat",
    "res.company",
    "res.groups",
    "res.groups.privilege",
    "stock.count.class",
    "stock.count.exception.rule",
    "stock.count.reason",
)
# What depends on when it was written, and in which order.
NO_FACTS = {
    *("id", "create_uid", "create_date", "write_uid", "write_date"),
    *("arch_prev", "lastcall", "nextcall", "parent_path", "user_ids"),
}


def read_lines(env, query):
    env.cr.execute(query)
    return [line for (line,) in env.cr.fetchall()]


def read_words(env):
    """Yield the rows that name the addon."""
    for table in read_lines(env, TABLES):
        query = f"SELECT row::text FROM \"{table}\" row WHERE row::text ~ '{WORD}'"
        for row in read_lines(env, query):
            yield f"row of {table}: {row[:200]}"


class Records:
    """Records as text, in which others have a name instead of an id."""

    def __init__(self, env):
        self.env = env(context={"active_test": False, "lang": "en_US"})
        self.names = {
            (data.model, data.res_id): data.complete_name
            for data in self.env["ir.model.data"].search([])
        }

    def name(self, record):
        known = self.names.get((record._name, record.id))
        return known or f"{record._name}:{record.display_name}"

    def value(self, record, field):
        value = record[field.name]
        if isinstance(value, BaseModel):
            return sorted(self.name(other) for other in value)
        if isinstance(value, str):
            return self.text(field, value)
        return value

    def text(self, field, value):
        """Domains without their spaces, and buttons without their action's id."""
        if field.name == "domain_force":
            return ast.unparse(ast.parse(value.strip(), mode="eval"))
        return re.sub(r'name="\d+"', 'name="…"', value)

    def fields(self, model):
        return [
            field
            for name, field in sorted(model._fields.items())
            if field.store and field.type != "one2many" and name not in NO_FACTS
        ]

    def lines(self, model):
        records = self.env[model].search([])
        fields = self.fields(records)
        for record in records:
            name = self.name(record)
            for field in fields:
                value = self.value(record, field)
                yield f"record {name} ({model}) {field.name} = {value!r}"


def read_facts(env):
    yield from read_lines(env, SCHEMA)
    yield from read_lines(env, NAMES)
    if os.environ.get("WORDS"):
        yield from read_words(env)
    if os.environ.get("RECORDS"):
        records = Records(env)
        for model in MODELS:
            yield from records.lines(model)


with open(os.environ["FACTS"], "w", encoding="utf-8") as file:
    file.writelines(f"{line}\n" for line in sorted(read_facts(env)))  # noqa: F821
