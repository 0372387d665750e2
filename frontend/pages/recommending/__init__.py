"""Pages of recommendations that are followed up, and of assemblies, briefings and letters."""
