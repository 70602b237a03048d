"""The card of a grid: its five fixed things, the office above's person for it, and who runs the platform."""
