"""An authorization server (RFC 6749, 7636, 8628) that takes nothing which is not right."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
Answer = tuple[int, dict[str, Any]]


@dataclass
class TokenServer:
    """``rotates``: each refresh token is good once. ``pending``: polls before the person agrees.

    ``broken``: so many requests are answered with 503; ``refuses``: no refresh token is good.
    """

    client_id: str = "the-desk"
    client_secret: str = "client-secret-of-the-tests"
    scope: str = "https://mail.example/imap"
    rotates: bool = True
    life: int = 3600
    refresh_life: int | None = None
    pending: int = 2
    denied: bool = False
    broken: int = 0
    refuses: bool = False
    port: int = 0
    issued: list[str] = field(default_factory=list)  # access tokens
    refresh: set[str] = field(default_factory=set)
    used: list[str] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    _devices: dict[str, int] = field(default_factory=dict)
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def new_refresh_token(self) -> str:
        token = f"refresh-{secrets.token_hex(8)}"
        self.refresh.add(token)
        return token

    # The person's browser.

    def agree(self, url: str) -> str:
        """What a browser comes to after its person agreed at this address."""
        query = {k: v[0] for k, v in parse_qs(urlsplit(url).query, strict_parsing=True).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == self.client_id
        assert query["scope"] == self.scope
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_hex(8)
        self._codes[code] = (query["code_challenge"], query["redirect_uri"])
        return f"{query['redirect_uri']}?state={query['state']}&code={code}&scope=x"

    # The endpoints.

    def answer(self, path: str, form: dict[str, str]) -> Answer:
        self.requests.append(form)
        if self.broken:
            self.broken -= 1
            return 503, {}
        if path == "/device":
            return self._device(form)
        if path != "/token":
            return 404, {}
        if form.get("client_id") != self.client_id:
            return 401, {"error": "invalid_client"}
        if form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client", "error_description": "wrong client_secret"}
        grants = {
            "refresh_token": self._refresh,
            _DEVICE: self._poll,
            "authorization_code": self._code,
        }
        grant = grants.get(form.get("grant_type", ""))
        return grant(form) if grant else (400, {"error": "unsupported_grant_type"})

    def _device(self, form: dict[str, str]) -> Answer:
        if form != {"client_id": self.client_id, "scope": self.scope}:
            return 400, {"error": "invalid_request"}
        secret = secrets.token_hex(8)
        self._devices[secret] = self.pending
        said = {"device_code": secret, "user_code": "WXYZ-1234", "expires_in": 900}
        return 200, said | {"verification_uri": self.url("enter"), "interval": 1}

    def _poll(self, form: dict[str, str]) -> Answer:
        left = self._devices.get(form.get("device_code", ""))
        if left is None:
            return 400, {"error": "invalid_grant"}
        if self.denied:
            return 400, {"error": "access_denied", "error_description": "They said no.\nreally"}
        if left:
            self._devices[form["device_code"]] = left - 1
            return 400, {"error": "slow_down" if left == 2 else "authorization_pending"}
        del self._devices[form["device_code"]]
        return self._tokens()

    def _code(self, form: dict[str, str]) -> Answer:
        challenge, redirect = self._codes.pop(form.get("code", ""), ("", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        right = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
        if not right or form.get("redirect_uri") != redirect:
            return 400, {"error": "invalid_grant"}
        return self._tokens()

    def _refresh(self, form: dict[str, str]) -> Answer:
        token = form.get("refresh_token", "")
        if self.refuses or token not in self.refresh:
            return 400, {"error": "invalid_grant", "error_description": "AADSTS700082: expired"}
        if self.rotates:
            self.refresh.discard(token)
            self.used.append(token)
            return self._tokens()
        return 200, self._access()

    def _tokens(self) -> Answer:
        more: dict[str, Any] = {"refresh_token": self.new_refresh_token()}
        if self.refresh_life is not None:
            more["refresh_token_expires_in"] = self.refresh_life
        return 200, self._access() | more

    def _access(self) -> dict[str, Any]:
        token = f"access-{secrets.token_hex(8)}"
        self.issued.append(token)
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.life}


@contextmanager
def token_server(server: TokenServer) -> Iterator[TokenServer]:
    """The server on a free port, in a thread."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["Content-Length"]))
            right = self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            parsed = parse_qs(octets.decode(), strict_parsing=True, max_num_fields=20)
            twice = any(len(values) > 1 for values in parsed.values())
            form = {name: values[0] for name, values in parsed.items()}
            wrong = twice or not right
            status, said = (400, {}) if wrong else server.answer(self.path, form)
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = httpd.server_port
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        thread.join()
        httpd.server_close()
