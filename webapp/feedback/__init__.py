"""The box on every page: what people say about this system, read and answered by the county office."""
