"""Evidence: what was sent with whatever it belongs to, and who may see it."""
