"""The one error that reading a seed raises."""


class SeedError(ValueError):
    """A seed file is damaged, edited without its manifest, or says something impossible; names file and row."""
