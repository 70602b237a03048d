"""wangge: the record system of grid-based environmental supervision. ``app.create_app`` makes the web application."""
