"""A web server on loopback that behaves as a test tells it to, well or badly, and remembers what it was asked."""

from __future__ import annotations

import ssl
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

Reply = Callable[[BaseHTTPRequestHandler], None]
PAGE = """<html lang="en"><head><title>{title}</title>
<meta property="article:published_time" content="{day}T08:00:00Z"></head>
<body><nav>Home | World | Sport</nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"""


def page(title: str, day: str = "2020-06-16", text: str = "") -> bytes:
    """Return a plain news page."""
    sentence = f"North Korea blew up South Korea's liaison office near the border, officials said of {title}."
    paragraphs = "".join(f"<p>{text or sentence} Paragraph {n} tells more about {title}.</p>" for n in range(4))
    return PAGE.format(title=title, day=day, paragraphs=paragraphs).encode()


def feed(*links: str, day: str = "Tue, 16 Jun 2020 08:00:00 GMT") -> bytes:
    """Return an RSS feed of links."""
    items = "".join(
        f"<item><title>Item {n}</title><link>{link}</link><pubDate>{day}</pubDate></item>"
        for n, link in enumerate(links)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Test Post</title>{items}</channel></rss>'.encode()


def reply(body: bytes = b"", status: int = 200, kind: str = "text/html; charset=utf-8", **headers: str) -> Reply:
    """Return a plain answer; underscores in header names stand for hyphens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        named = {"Content-Type": kind, "Content-Length": str(len(body))}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in named.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def in_turn(*replies: Reply) -> Reply:
    """Answer with one reply after the other, the last for ever."""
    left = list(replies)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(handler)

    return answer


class Site:
    """A server on a free port of a loopback address; `routes` maps paths to bytes or replies."""

    def __init__(self, address: str = "127.0.0.1", **routes: bytes | Reply) -> None:
        self.routes: dict[str, bytes | Reply] = {}
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, list[dict[str, str]]] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_: object) -> None:
                pass  # a client that hangs up is what some tests are about

        self._server = Server((address, 0), Handler)
        self.url = f"http://{address}:{self._server.server_port}"
        for name, content in routes.items():
            self.routes[f"/{name}"] = content

    def wrap(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked[handler.path] += 1
        self.headers.setdefault(handler.path, []).append({k.lower(): v for k, v in handler.headers.items()})
        content = self.routes.get(handler.path)
        if content is None:
            content = reply(b"nothing here", 404)
        (reply(content) if isinstance(content, bytes) else content)(handler)

    def __enter__(self) -> Site:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
