"""Which land to renew: neighbours, clusters, economics, the plan and the site. Pure: no database, no files."""
