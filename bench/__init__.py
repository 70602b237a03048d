"""What measures speed and load, both sides of a comparison in one run. Never part of the tests, never shipped."""
