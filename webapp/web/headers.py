"""Security headers on every answer: nothing from elsewhere, nothing inline, nothing framed,
nothing cached by others."""

from flask import Flask, Response, request

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
FIXED = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def policy(images: str) -> str:
    """The same policy for a page that shows pictures from one more source, e.g. ``https://tiles.example``.

    ``images`` must be a checked source expression: what stands in it is written into the header as it is.
    """
    return CSP.replace("img-src 'self'", f"img-src 'self' {images}")


def init(app: Flask) -> None:
    """Add them after every request."""
    https = app.config["WANGGE"].https

    @app.after_request
    def add(response: Response) -> Response:
        for name, value in FIXED.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        if request.method == "GET":
            response.headers.setdefault("Vary", "Cookie, Accept-Language")
        return response
