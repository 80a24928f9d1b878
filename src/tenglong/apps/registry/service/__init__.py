"""The one door for writing the register: each call checks verb and scope, is one transaction, and leaves an audit entry."""

from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.service.documents import add_document, document_path
from tenglong.apps.registry.service.events import undo_event
from tenglong.apps.registry.service.links import confirm_link
from tenglong.apps.registry.service.merge import merge_plots
from tenglong.apps.registry.service.occupancies import correct_occupancy, create_occupancy, end_occupancy
from tenglong.apps.registry.service.premises import (
    change_park,
    change_unit,
    correct_park,
    correct_unit,
    create_park,
    create_unit,
    step_unit,
)
from tenglong.apps.registry.service.records import (
    change_building,
    change_enterprise,
    change_parcel,
    change_plot,
    correct_building,
    correct_enterprise,
    correct_parcel,
    correct_plot,
    create_building,
    create_enterprise,
    create_parcel,
    create_plot,
)
from tenglong.apps.registry.service.shapes import UNCHANGED
from tenglong.apps.registry.service.split import Piece, preview_split, split_plot
from tenglong.apps.registry.service.undoing import LastEvent, last_event

__all__ = [
    "Conflict", "LastEvent", "Piece", "RegistryError", "UNCHANGED", "add_document", "change_building", "change_enterprise",
    "change_parcel", "change_park", "change_plot", "change_unit", "confirm_link", "correct_building", "correct_enterprise",
    "correct_occupancy", "correct_parcel", "correct_park", "correct_plot", "correct_unit", "create_building",
    "create_enterprise", "create_occupancy", "create_parcel", "create_park", "create_plot", "create_unit", "document_path",
    "end_occupancy", "last_event", "merge_plots", "preview_split", "split_plot", "step_unit", "undo_event",
]
