"""What attachments announce: nothing. What is kept of them stands with their owners."""

from ..core.announce import About

STANDS_ON = ("register",)
ABOUT = About()
