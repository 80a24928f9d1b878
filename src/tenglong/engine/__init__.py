"""The engine: scheme → columnar expressions → results, on DuckDB in process or on Spark. Knows the domain only."""

from tenglong.engine.compiler import compile_expression
from tenglong.engine.joint import enterprises
from tenglong.engine.kept import evaluate_again
from tenglong.engine.plan import EngineError
from tenglong.engine.run import Ran, benchmarks, evaluate, evaluate_parquet

__all__ = [
    "EngineError", "Ran", "benchmarks", "compile_expression", "enterprises", "evaluate", "evaluate_again", "evaluate_parquet",
]
