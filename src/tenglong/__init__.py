"""腾笼 Tenglong: renewing industrial land."""
