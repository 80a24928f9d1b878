"""重大项目: stages, milestone pairs, what is expected of a project and how far the band reaches, blockers and their levels."""
