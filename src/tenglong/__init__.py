"""腾笼 Tenglong: renewing industrial land."""

from tenglong import policies
from tenglong.domain import presets

presets.install(policies.read_text, policies.names)
