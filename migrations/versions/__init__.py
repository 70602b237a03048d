"""Numbered revisions. (setuptools leaves the folder out of the wheel without this file; Alembic ignores it.)"""
