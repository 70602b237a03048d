"""Backups of a filled county, one for each revision that has landed: what a new revision is tried on."""
