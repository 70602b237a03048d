"""Logging in: passwords and one-time codes, sessions on the server, one's own account."""
