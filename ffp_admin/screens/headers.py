"""Headers of every answer: nothing inline, nothing from elsewhere, nothing kept on a shared computer."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'self'"


def secure_headers(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    https = app.config["PREFERRED_URL_SCHEME"] == "https"

    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = POLICY
        headers["X-Frame-Options"] = "SAMEORIGIN"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if request.endpoint != STATIC:
            headers["Cache-Control"] = "no-store"
        if https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    app.after_request(add)


STATIC = "screens.static"
