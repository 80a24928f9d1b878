"""Keys of a file: every row has one, and no two rows the same. Told by 64-bit hashes, exactly where two of them meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tenglong.engine.plan import EngineError

if TYPE_CHECKING:
    import duckdb

#: repeated keys that are named
_NAMED: Final = 3


def check(connection: duckdb.DuckDBPyConnection, rows: str) -> None:
    """Of the view `rows`. Eight bytes a row are held for a moment; sorting them costs less than a table of what was seen.

    Raises EngineError for a key that is missing or repeated.
    """
    hashes = connection.execute(f"SELECT hash(key) AS h FROM {rows} WHERE key IS NOT NULL").fetchnumpy()["h"]  # noqa: S608
    all_rows = connection.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0]  # noqa: S608 - our own view
    if len(hashes) < all_rows:
        refuse(all_rows - len(hashes), [])
    if _meet(hashes):
        text = f"SELECT key FROM {rows} GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT {_NAMED + 1}"  # noqa: S608
        refuse(0, [row[0] for row in connection.execute(text).fetchall()])


def check_spark(session: Any, rows: str) -> None:
    """The same on Spark. Raises EngineError."""
    found = session.sql(f"SELECT count(*) a, count(key) k, count(DISTINCT xxhash64(key)) d FROM {rows}").collect()[0]  # noqa: S608
    if found.k < found.a:
        refuse(found.a - found.k, [])
    if found.d < found.k:
        text = f"SELECT key FROM {rows} GROUP BY key HAVING count(*) > 1 ORDER BY key LIMIT {_NAMED + 1}"  # noqa: S608
        refuse(0, [row.key for row in session.sql(text).collect()])


def refuse(missing: int, repeated: list[str]) -> None:
    """Raises EngineError where there is anything to say; two hashes may meet though their keys differ."""
    if missing:
        raise EngineError(f"key 一列有空值（{missing} 行），不能逐户给出结果")
    if repeated:
        told = "、".join(repeated[:_NAMED]) + (" 等" if len(repeated) > _NAMED else "")
        raise EngineError(f"key 一列有重复（{told}），不能逐户给出结果；请先合并或删去重复的行")


def _meet(hashes: np.ndarray) -> bool:
    hashes.sort()
    return bool((hashes[1:] == hashes[:-1]).any())
