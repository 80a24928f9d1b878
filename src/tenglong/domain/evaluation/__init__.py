"""Evaluation of enterprises: the scheme, its own expression language, units, results and their trace.

`parse.parse` reads an expression, `expression` holds its tree and texts, `value.evaluate` its exact meaning,
`kinds.check` its kinds and units.
"""
