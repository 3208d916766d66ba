"""Blueprints whose every route says which token it takes; the guard refuses an endpoint that has not said so."""

from collections.abc import Callable, Sequence
from typing import ParamSpec

from flask import Blueprint, Flask
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from plugin.hosts.principal import TokenKind

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

EXTENSION = "dunlin_token_kinds"


class Routes(Blueprint):
    """A blueprint without plain ``route``: each way in is one of the kinds below, and has one method."""

    def page(self, rule: str) -> Callable[[View[P]], View[P]]:
        """A page load in the host's frame: the token is in the address and bound to it."""
        return self._declare(rule, TokenKind.PAGE, ("GET",))

    def fragment(self, rule: str) -> Callable[[View[P]], View[P]]:
        """A part of a page: the token is in the header. Reads only."""
        return self._declare(rule, TokenKind.FRAGMENT, ("GET",))

    def action(self, rule: str) -> Callable[[View[P]], View[P]]:
        """A change, sent by a form of a page; the answer is a fragment."""
        return self._declare(rule, TokenKind.FRAGMENT, ("POST",))

    def lifecycle(self, rule: str) -> Callable[[View[P]], View[P]]:
        """A message about the installation; the handler verifies it, since its token covers other things."""
        return self._declare(rule, TokenKind.LIFECYCLE, ("POST",))

    def webhook(self, rule: str) -> Callable[[View[P]], View[P]]:
        """News of a change in Jira."""
        return self._declare(rule, TokenKind.WEBHOOK, ("POST",))

    def signed(self, rule: str) -> Callable[[View[P]], View[P]]:
        """What a frame loads: its address carries our own signature, which the handler opens. Reads only."""
        return self._declare(rule, TokenKind.SIGNED, ("GET",))

    def client(self, rule: str) -> Callable[[View[P]], View[P]]:
        """A page for a client: the token of a mail's link is in the address, and the handler opens it. Reads only."""
        return self._declare(rule, TokenKind.LINK, ("GET",))

    def client_act(self, rule: str) -> Callable[[View[P]], View[P]]:
        """What a client does on such a page."""
        return self._declare(rule, TokenKind.LINK, ("POST",))

    def inbound(self, rule: str) -> Callable[[View[P]], View[P]]:
        """A mail that a provider hands over; the handler checks its signature, which is over the body."""
        return self._declare(rule, TokenKind.INBOUND, ("POST",))

    def public(self, rule: str) -> Callable[[View[P]], View[P]]:
        """For anybody: tells nothing about any tenant."""
        return self._declare(rule, TokenKind.PUBLIC, ("GET",))

    def _declare(self, rule: str, kind: TokenKind, methods: Sequence[str]) -> Callable[[View[P]], View[P]]:
        def register(view: View[P]) -> View[P]:
            endpoint = view.__name__

            def declare(state: BlueprintSetupState) -> None:
                declare_kind(state.app, f"{self.name}.{endpoint}", kind)

            self.add_url_rule(rule, endpoint, view, methods=methods, provide_automatic_options=False)
            self.record(declare)
            return view

        return register


def declare_kind(app: object, endpoint: str, kind: TokenKind) -> None:
    """Says what token an endpoint takes; for those that no blueprint of ours makes."""
    kinds_of(app)[endpoint] = kind


def kinds_of(app: object) -> dict[str, TokenKind]:
    """The declared kind of every endpoint."""
    if not isinstance(app, Flask):
        raise TypeError("not a Flask app")
    kinds: dict[str, TokenKind] = app.extensions.setdefault(EXTENSION, {})
    return kinds
