"""The map: borders, coverage by village, open reports by place, and the card of a grid; beside it always a table."""
