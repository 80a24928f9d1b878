"""Standard land: indicators agreed by industry, control indicators of a site, and the formulas both rest on."""
