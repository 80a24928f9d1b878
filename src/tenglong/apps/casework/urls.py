"""Addresses of casework; the verbs stand in `registration.py`."""

from __future__ import annotations

from django.urls import path

from tenglong.apps.casework.views import board, bulletins, case, desk, inbox, migrating, moves, supervision, tasks
from tenglong.apps.casework.views.listing import CaseList
from tenglong.apps.casework.views.supervision import SupervisionList
from tenglong.web.listing import list_paths

app_name = "casework"
urlpatterns = [
    path("tasks/", inbox.show, name="inbox"),
    path("tasks.json", inbox.twin, name="inbox-json"),
    path("tasks/<str:ulid>/take/", tasks.take, name="take"),
    path("tasks/<str:ulid>/assign/", tasks.assign, name="assign"),
    path("tasks/<str:ulid>/complete/", tasks.complete, name="complete"),
    path("tasks/<str:ulid>/escalate/", desk.escalate, name="escalate"),
    *list_paths("cases/", CaseList, "cases"),
    path("cases/board/", board.show, name="board"),
    path("cases/board.json", board.twin, name="board-json"),
    path("cases/escalations/", desk.escalations, name="escalations"),
    path("cases/escalations.json", desk.escalations_twin, name="escalations-json"),
    path("cases/escalations/note/", desk.note_overdue, name="escalations-note"),
    path("cases/hand-over/", desk.hand_over, name="hand-over"),
    path("cases/migrate/", migrating.show, name="migrate"),
    path("cases/migrate/apply/", migrating.apply, name="migrate-apply"),
    path("cases/bulletins/", bulletins.index, name="bulletins"),
    path("cases/bulletins/<str:ulid>/", bulletins.show, name="bulletin"),
    path("cases/bulletins/<str:ulid>.json", bulletins.twin, name="bulletin-json"),
    path("cases/bulletins/<str:ulid>/file/", bulletins.give_out, name="bulletin-file"),
    *list_paths("supervisions/", SupervisionList, "supervisions"),
    path("supervisions/<str:ulid>.json", supervision.twin, name="supervision-json"),
    path("supervisions/<str:ulid>/", supervision.show, name="supervision"),
    path("supervisions/<str:ulid>/reply/", supervision.reply, name="supervision-reply"),
    path("supervisions/<str:ulid>/strike-off/", supervision.strike_off, name="supervision-close"),
    path("supervisions/<str:ulid>/send-back/", supervision.send_back, name="supervision-return"),
    path("supervisions/<str:ulid>/letter/", supervision.letter, name="supervision-letter"),
    path("cases/<str:ulid>.json", case.twin, name="case-json"),
    path("cases/<str:ulid>/", case.show, name="case"),
    path("cases/<str:ulid>/pause/", desk.pause, name="pause"),
    path("cases/<str:ulid>/resume/", desk.resume, name="resume"),
    path("cases/<str:ulid>/comment/", desk.comment, name="comment"),
    path("cases/<str:ulid>/supervise/", supervision.new, name="supervise"),
    path("cases/<str:ulid>/evidence/", tasks.evidence, name="evidence"),
    path("cases/<str:ulid>/move/<slug:transition>/", moves.move, name="move"),
]
