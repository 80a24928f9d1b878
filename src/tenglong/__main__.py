"""`python -m tenglong`."""

from tenglong.cli import main

main(prog_name="tenglong")
