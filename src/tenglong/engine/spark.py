"""The same expression on Spark (extra `[spark]`, Java 17): a local cluster, or the session that is running."""

from __future__ import annotations

import functools
import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from tenglong.engine import keys
from tenglong.engine.compiler import compile_expression
from tenglong.engine.plan import EngineError, LastYear

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

_VIEW: Final = "rows_in"
#: rules that write an expression out again wherever a later stage reads it: with thirty stages the plan would not end
_FUSING: Final = ("CollapseProject", "PushDownPredicates", "PushPredicateThroughNonJoin", "InferFiltersFromConstraints")
#: a few thousand rows: compiling Java and looking for skew take longer than the work
_SMALL: Final = {
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
}
_LARGE: Final = {
    "spark.sql.codegen.factoryMode": "FALLBACK",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.shuffle.partitions": "8",
}


def why_not() -> str:
    """Why Spark cannot be used on this machine; empty when it can."""
    if importlib.util.find_spec("pyspark") is None:
        return "没有安装 pyspark（可选依赖 [spark]）"
    return "" if shutil.which("java") else "没有 Java 17（openjdk-17-jre-headless）"


def spark_session(threads: int = 2, memory: str = "2g") -> Any:
    """A local session of `threads` workers; later calls give the same one. ANSI mode is on, so that overflow and division by
    zero are errors instead of nulls. Raises EngineError when Spark or Java is missing."""
    if reason := why_not():
        raise EngineError(f"不能使用分布式引擎：{reason}")
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
        **_LARGE,
        "spark.sql.autoBroadcastJoinThreshold": str(64 * 2**20),
        # fused into one another, the stages of a scheme grow beyond what Java can compile
        "spark.sql.optimizer.excludedRules": ",".join(f"org.apache.spark.sql.catalyst.optimizer.{rule}" for rule in _FUSING),
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.debug.maxToStringFields": "20",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master(f"local[{threads}]").appName("tenglong")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


@functools.lru_cache(maxsize=1)
def _connected(session: Any) -> Any:
    return ibis.pyspark.connect(session)


def evaluate_rows(compiled: Compiled, rows: pa.Table, last_year: LastYear | None, trace: bool) -> pa.Table:
    """Results sorted by key; rows go in and results come out as Parquet, as on a cluster."""
    with tempfile.TemporaryDirectory(prefix="tenglong-spark-") as folder:
        source, target = Path(folder) / "rows.parquet", Path(folder) / "results"
        pq.write_table(rows, source)
        for name, value in _SMALL.items():
            spark_session().conf.set(name, value)
        try:
            evaluate_files(compiled, source, target, 2, "2g", last_year, trace)
        finally:
            for name, value in _LARGE.items():
                spark_session().conf.set(name, value)
        return pq.read_table(target).sort_by("key")


def evaluate_files(
    compiled: Compiled, source: Path, target: Path, threads: int, memory: str, last_year: LastYear | None, trace: bool
) -> int:
    """Parquet → a folder of Parquet files; rows. `memory` counts only for the first session of the process."""
    session = spark_session(threads, memory.lower().replace("gb", "g").replace("mb", "m"))
    connection = _connected(session)
    rows = session.read.parquet(str(source))
    if "key" not in rows.columns:
        raise EngineError("数据缺少 key 一列")
    rows.createOrReplaceTempView(_VIEW)
    keys.check_spark(session, _VIEW)
    expression = compile_expression(compiled, connection.table(_VIEW), last_year=last_year, trace=trace)
    session.sql(str(connection.compile(expression))).write.mode("overwrite").parquet(str(target))
    return int(session.read.parquet(str(target)).count())
