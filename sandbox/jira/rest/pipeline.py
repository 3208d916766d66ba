"""The way of a REST request: fault, token, scope, limit, operation, record."""

import json
import socket
import time
from collections.abc import Callable

from flask import Flask, Request, Response, request

from sandbox.jira import tokens
from sandbox.jira.faults import Fault
from sandbox.jira.limits import Refusal
from sandbox.jira.model import Installation
from sandbox.jira.recorder import LONGEST_BODY, Recorded
from sandbox.jira.rest.protocol import NOBODY, OPERATIONS, Call, JiraError, Operation, Reply, Scope
from sandbox.jira.site import Site

_IMPLIED: dict[str, set[Scope]] = {
    "READ": {"READ"},
    "WRITE": {"READ", "WRITE"},
    "DELETE": {"READ", "WRITE", "DELETE"},
    "PROJECT_ADMIN": {"READ", "WRITE", "DELETE", "PROJECT_ADMIN"},
    "ADMIN": {"READ", "WRITE", "DELETE", "PROJECT_ADMIN", "ADMIN"},
}
_WRITES_ON_ISSUES = ("POST", "PUT", "DELETE")


def register(app: Flask, site: Site) -> None:
    """Adds every operation to the app of a site."""
    for operation in OPERATIONS:
        app.add_url_rule(
            operation.rule,
            endpoint=f"rest.{operation.id}.{operation.method}.{operation.rule}",
            view_func=_view(site, operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )


def _view(site: Site, operation: Operation) -> Callable[..., Response]:
    def view(**parts: str) -> Response:
        return _Answering(site, operation, request, parts).run()

    return view


class _Answering:
    def __init__(self, site: Site, operation: Operation, incoming: Request, parts: dict[str, str]) -> None:
        self._site = site
        self._operation = operation
        self._request = incoming
        self._parts = parts
        self._note = ""
        self._started = time.monotonic()

    def run(self) -> Response:
        fault = self._site.faults.take(self._operation.id, path=self._request.path)
        broken = self._before(fault)
        response = broken or self._carried_out()
        for witness in self._site.witnesses:
            witness(self._request, None if broken else response)
        if fault is not None:
            response = self._after(fault, response)
        response.headers.update(self._site.limits.headers())
        self._record(response)
        return response

    def _before(self, fault: Fault | None) -> Response | None:
        """Faults that strike before anything happens."""
        if fault is None:
            return None
        if fault.kind == "latency":
            self._site.stopping.wait(fault.seconds)
        if fault.kind == "drop":
            return self._hang_up()
        if fault.kind == "html":
            return Response(
                "<!doctype html><title>Maintenance</title><p>Jira is being looked after.", mimetype="text/html"
            )
        if fault.kind in ("status", "redirect"):
            kind = "application/json" if fault.body.startswith(("{", "[")) else "text/plain"
            return Response(fault.body, status=fault.code, headers=dict(fault.headers), mimetype=kind)
        return None

    def _after(self, fault: Fault, response: Response) -> Response:
        """Faults that strike when the effect is already there."""
        if fault.kind == "drop_after_effect":
            return self._hang_up()
        if fault.kind == "hang_after_effect":
            self._site.stopping.wait(fault.seconds)
            return self._hang_up()
        if fault.kind == "truncated":
            whole = response.get_data()
            response.set_data(whole[: len(whole) // 2])
        if fault.kind == "huge":
            response.set_data(b" " * fault.size + response.get_data())
        return response

    def _hang_up(self) -> Response:
        connection = self._request.environ.get("werkzeug.socket")
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)
        self._note = "connection dropped"
        return Response(status=500)

    def _carried_out(self) -> Response:
        try:
            self._refuse_wrong_host()
            installation = self._caller()
            self._refuse_wrong_scope(installation)
            self._refuse_body_with_get()
            refusal = self._limited()
            if refusal is not None:
                return _too_many(refusal)
            url = f"{self._site.base_url}{self._raw_path()}"
            call = Call(self._site, installation, self._request.args, self._json(), url)
            with self._site.world.lock:
                reply: Reply = self._operation.handler(call, **self._parts)
        except JiraError as error:
            self._note = self._note or "; ".join([*error.messages, *error.errors.values()])
            return _json_response(error.body(), error.status)
        is_write = self._request.method in ("PUT", "DELETE") or self._operation.id == "addComment"
        self._site.limits.charge(1 if is_write else 1 + reply.objects + 2 * reply.identities)
        return _json_response(reply.body, reply.status)

    def _raw_path(self) -> str:
        return str(self._request.environ.get("REQUEST_URI") or self._request.full_path.rstrip("?"))

    def _refuse_wrong_host(self) -> None:
        expected = self._site.base_url.split("://", 1)[1].split("/", 1)[0]
        if self._request.host != expected:
            self._note = f"called as {self._request.host}"
            raise JiraError(404, "Site temporarily unavailable.")

    def _caller(self) -> Installation:
        if self._operation.scope == "ANYONE":
            return NOBODY
        kind, _, token = self._request.headers.get("Authorization", "").partition(" ")
        installation = self._site.installation
        try:
            if installation is None or not installation.enabled:
                raise tokens.BadToken("no app is installed and enabled")
            if kind != "JWT":
                raise tokens.BadToken("no header Authorization: JWT")
            tokens.check_call(
                token,
                secret=installation.secret,
                app_key=installation.app_key,
                method=self._request.method,
                url=f"{self._site.base_url}{self._raw_path()}",
                base_url=self._site.base_url,
                now=self._site.token_clock.now(),
            )
        except tokens.BadToken as refused:
            self._note = str(refused)
            raise JiraError(401, "Client must be authenticated to access this resource.") from refused
        return installation

    def _refuse_wrong_scope(self, installation: Installation) -> None:
        declared = installation.descriptor.get("scopes")
        names = [str(each) for each in declared] if isinstance(declared, list) else []
        granted = {scope for name in names for scope in _IMPLIED.get(name, set())}
        if self._operation.scope not in ("NONE", "ANYONE") and self._operation.scope not in granted:
            raise JiraError(403, f"The app does not have the scope {self._operation.scope} that this resource needs.")

    def _refuse_body_with_get(self) -> None:
        if self._request.method == "GET" and self._request.get_data():
            raise JiraError(403, "A GET request must not have a body.")

    def _limited(self) -> Refusal | None:
        issue = self._parts.get("issue") if self._request.method in _WRITES_ON_ISSUES else None
        return self._site.limits.check(method=self._request.method, operation=self._operation.id, issue=issue)

    def _json(self) -> object:
        raw = self._request.get_data()
        if not raw:
            return None
        if self._request.mimetype != "application/json":
            raise JiraError(415, "Unsupported Media Type")
        try:
            return json.loads(raw)
        except ValueError as error:
            raise JiraError(400, "There was an error parsing JSON. Check that your request body is valid.") from error

    def _record(self, response: Response) -> None:
        self._site.recorder.add(
            Recorded(
                operation=self._operation.id,
                method=self._request.method,
                path=self._request.path,
                query=self._request.query_string.decode("latin-1"),
                headers=dict(self._request.headers),
                body=self._request.get_data()[:LONGEST_BODY].decode("utf-8", "replace"),
                status=response.status_code,
                at=self._site.clock.now(),
                seconds=time.monotonic() - self._started,
                note=self._note,
            )
        )


def _too_many(refusal: Refusal) -> Response:
    response = _json_response({"errorMessages": ["Rate limit exceeded."], "errors": {}}, 429)
    response.headers["RateLimit-Reason"] = refusal.reason
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(round(refusal.retry_after))
    return response


def _json_response(body: object, status: int) -> Response:
    if status == 204:
        return Response(status=204)
    return Response(json.dumps(body), status=status, mimetype="application/json")
