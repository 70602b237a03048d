"""The application: its rooms, the gate before every view, and the rule that no view is without an access rule."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from . import domains
from .config import FEW_PROXIES, Config, command
from .core import ids
from .core.db import Store
from .desk import frame
from .listeners import open_store
from .login import queries as login_queries
from .login import service as login_service
from .login import views as login_views
from .ops import identity, migrate, witness
from .web import (
    askers,
    bounds,
    compress,
    entries,
    errors,
    gate,
    headers,
    health,
    hosts,
    installable,
    language,
    marked,
    static_files,
)
from .web import request as web_request
from .web.cookies import Cookies

TYPED_MB = 2  # what is typed is never larger; only forms with files may be
UPLOAD_MB = 96  # three photos of the largest size, and room to say by name which of larger ones is too large


class Key(IntegerConverter):
    """A number in an address; one that no key can have is not found."""

    def __init__(self, map_: Map):
        super().__init__(map_, max=ids.LARGEST)


class App(Flask):
    """Flask with one gate: a view runs when its access rule lets the asker through, and not otherwise."""

    def dispatch_request(self) -> Any:
        """Ask the gate, then the view. OPTIONS is answered with the address's methods, as Flask does: no view runs."""
        stranger = hosts.refusal()
        if stranger is not None:
            return stranger
        self._refuse_broken_address()
        if request.mimetype != "multipart/form-data":
            request.max_content_length = TYPED_MB * 2**20
        rule = request.url_rule
        assert rule is not None
        if request.method == "OPTIONS":
            return self.make_default_options_response()
        view = self.view_functions[rule.endpoint]
        refusal = self.extensions["gate"].pass_through(access_rule(view))
        return refusal or self.ensure_sync(view)(**(request.view_args or {}))

    def _refuse_broken_address(self) -> None:
        if request.routing_exception is not None:
            g.actor = None
            self.raise_routing_exception(request)

    def check_access_rules(self) -> None:
        """Refuse to start while a view says nothing about who may see it."""
        bare = sorted(name for name, view in self.view_functions.items() if not access_rule(view))
        if bare:
            raise RuntimeError(f"views without an access rule: {', '.join(bare)}")


def access_rule(view: Callable[..., Any]) -> str:
    """The rule a decorator of ``web.request`` put on the view; empty when none did."""
    return getattr(view, "rule", "")


def create_app(config: Config, store: Store | None = None) -> App:
    """The web application on a migrated database."""
    app = App("webapp", static_folder=None, template_folder="web/templates")
    app.config.update(
        WANGGE=config,
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_key_fallbacks),
        MAX_CONTENT_LENGTH=UPLOAD_MB * 2**20,
        MAX_FORM_MEMORY_SIZE=2 * 2**20,
        SESSION_COOKIE_NAME="__Host-wangge" if config.https else "wangge",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=400),
        SESSION_REFRESH_EACH_REQUEST=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.session_interface = Cookies()
    app.url_map.converters["int"] = Key
    app.extensions["store"] = store or open_store(config.database_url)
    app.extensions["store"].serve()
    app.extensions["gate"] = gate.Gate([askers.ByCookie(login_queries.by_token, login_service.seen), askers.Nobody()])
    app.extensions["newest_revision"] = migrate.newest
    app.extensions["strange_folder"] = identity.mismatch
    app.extensions["witness_late"] = partial(witness.is_late, config=config)
    app.extensions["log_in_page"] = login_views.log_in_page
    app.extensions["kept_page"] = login_views.kept_page
    app.extensions["whose_log_in"] = login_queries.whose
    for name in (
        "request",
        "session",
        "g",
    ):  # macros take what they need; a page that is drawn for everybody has none of these
        app.jinja_env.globals.pop(name)
    app.jinja_env.globals["command"] = command
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.teardown_request(web_request.close_reads)
    for part in (compress, bounds, static_files, marked, language, errors, headers, gate, health, entries, installable):
        part.init(app)
    register(app)
    frame.init(app)
    app.check_access_rules()
    if not config.proxies_are_few():
        raise ValueError(FEW_PROXIES)
    if config.proxies:  # else whoever asks could name himself any address, and go on guessing passwords
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    return app


def register(app: App) -> None:
    """Every domain's pages."""
    for views in domains.modules("views"):
        app.register_blueprint(views.bp)
