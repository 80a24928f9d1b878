"""`tenglong VERB`: one file per verb; Django is imported only by verbs that need the record."""

from __future__ import annotations

import importlib
import pkgutil

import click


class Verbs(click.Group):
    """Finds verbs by file name, and imports only the one asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        names = (module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))
        return sorted(name.rstrip("_").replace("_", "-") for name in names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        plain = cmd_name.replace("-", "_")
        modules = {module.name for module in pkgutil.iter_modules(__path__)}
        module = importlib.import_module(f"{__name__}.{plain if plain in modules else plain + '_'}")
        command: click.Command = module.command
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tenglong")
def main() -> None:
    """腾笼 Tenglong: from a messy survey to a truthful base of land and enterprises."""
