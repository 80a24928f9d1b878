"""What the walk through an evaluation year finds prepared; run in a process of its own, beside the program.

python prepare_county.py load PLOTS · deliver CYCLE DEPARTMENT-TO-LEAVE · desk USERNAME CYCLE GRADE
"""

from __future__ import annotations

import json
import sys
from datetime import date


def load(plots: str) -> str:
    """A small demo county without evaluations; username → password."""
    from django.core.management import call_command

    from tenglong.demo.load import load as write

    call_command("migrate", verbosity=0)
    done = write(1, int(plots), evaluation=False)
    return json.dumps({person.username: person.password for person in done.people})


def deliver(cycle: str, left_out: str) -> str:
    """Every department of the scheme but one is asked, has sent its imported table, and it was accepted."""
    from tenglong.apps.accounts.service import user_named
    from tenglong.apps.evaluation import queries, service
    from tenglong.apps.survey import queries as survey
    from tenglong.demo.deliver import file_name
    from tenglong.demo.story import ASKED

    officer = user_named("mujunban")
    found = queries.cycle(officer, cycle)
    asks = [service.Ask(name, measures, date(2099, 1, 1)) for name, measures in ASKED.items() if name != left_out]
    batches = {batch.file_name: batch for batch in survey.batches(officer)}
    for row in service.ask_departments(officer, found, asks):
        service.receive_delivery(officer, row, batches[file_name(row.department, found.year)])
        service.accept_delivery(officer, row)
    return str(len(asks))


def desk(username: str, cycle: str, grade: str) -> str:
    """A user of a ranked firm that was given this grade by the formal run."""
    from tenglong.apps.accounts import service as accounts
    from tenglong.apps.evaluation import queries

    officer = accounts.user_named("mujunban")
    run = queries.runs(officer, queries.cycle(officer, cycle)).get(kind="formal")
    found = queries.results(officer, run).filter(grade=grade, standing="graded", group="above").order_by("rank").last()
    if found is None:
        raise SystemExit(f"no ranked firm has {grade}")
    user, password = accounts.create_user(
        accounts.SYSTEM, username=username, name="企业经办", is_demo=True, must_change=False
    )
    accounts.grant_role(accounts.SYSTEM, user, "enterprise", enterprise_id=found.enterprise_id)
    return json.dumps({"password": password, "uscc": found.uscc, "name": found.name})


def main() -> None:
    import django

    django.setup()
    what, *given = sys.argv[1:]
    sys.stdout.write({"load": load, "deliver": deliver, "desk": desk}[what](*given))


if __name__ == "__main__":
    main()
