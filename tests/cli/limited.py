"""A configuration with limits of every kind."""

CONFIG = """\
default_task = "chat"

[providers.hosted]
kind = "sim"
slots = 4
rates = [{ requests = 60, algorithm = "fixed" }]
budgets = [{ usd = 5 }]

[models]
fast = { provider = "hosted", name = "fast", price = { input = 0.15, output = 0.6 } }

[tasks]
chat = { models = ["fast"], slots = 3 }

[callers.etl]
budgets = [{ tokens = 1000, per = "month", timezone = "Europe/Berlin", guaranteed = true }]
"""
