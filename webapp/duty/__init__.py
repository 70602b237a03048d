"""Duty lists of the five documents: who must do what, with document and line."""
