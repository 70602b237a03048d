"""Shared parts of the web face: the gate before every view, forms, pages, static files, languages."""
