"""Headers of every answer: nothing inline, nothing from elsewhere, nothing kept on a shared computer."""

from __future__ import annotations

from flask import Flask, Response, request

#: 'self' and nothing else, for each kind by its name; object-src lets old browsers show a PDF in a frame
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
#: what no page of ours asks the machine for
PERMISSIONS = ", ".join(
    f"{name}=()" for name in ("camera", "microphone", "geolocation", "payment", "usb", "midi")
)
PLAIN = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
STATIC = "screens.static"


def secure_headers(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    https = app.config["PREFERRED_URL_SCHEME"] == "https"

    def add(response: Response) -> Response:
        response.headers.update(PLAIN)
        if request.endpoint != STATIC:
            response.headers["Cache-Control"] = "no-store"
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response

    app.after_request(add)
