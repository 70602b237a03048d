"""Patrols: what is due, the round, and one visit per object of it."""
