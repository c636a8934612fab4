"""Fetching against a real server on loopback, well-behaved and hostile."""

import asyncio
import gzip
import socket
import ssl
import time
import zlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError
from site_on_loopback import Site, in_turn, reply

from pipeline.errors import SettingsError
from pipeline.fetch.addresses import is_public
from pipeline.fetch.bodies import unpacked
from pipeline.fetch.client import Answer, Client
from pipeline.fetch.failures import Failed, Refused
from pipeline.settings import FetchSettings, load_settings

LOOPBACK = ("127.0.0.0/8",)


def get(url: str, known: dict[str, str] | None = None, **settings) -> Answer:
    async def once() -> Answer:
        chosen = {"allow": LOOPBACK, "delay_seconds": 0, "timeout_seconds": 5, "attempts": 1, **settings}
        async with Client(FetchSettings.model_validate(chosen)) as client:
            return await client.get(url, known)

    return asyncio.run(once())


def refusal(url: str, **settings) -> str:
    with pytest.raises(Refused) as refused:
        get(url, **settings)
    return refused.value.reason


def failure(url: str, **settings) -> str:
    with pytest.raises(Failed) as failed:
        get(url, **settings)
    return failed.value.reason


def redirect(to: str, status: int = 302):
    return reply(b"", status, Location=to)


def test_a_page_comes_with_its_bytes_and_headers():
    with Site(a=b"<p>Hello</p>") as site:
        answer = get(f"{site.url}/a#part")
    assert (answer.status, answer.body, answer.url) == (200, b"<p>Hello</p>", f"{site.url}/a")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_the_user_agent_says_who_asks_and_how_to_reach_them():
    with Site(a=b"x") as site:
        get(f"{site.url}/a", contact="mailto:desk@example.org")
        agent = site.headers["/a"][0]["user-agent"]
    assert agent.startswith("escalation-index/")
    assert "(+mailto:desk@example.org)" in agent


def test_what_has_not_changed_is_not_sent_again():
    def conditional(handler) -> None:
        seen = handler.headers.get("If-None-Match") == '"v1"'
        (reply(b"", 304) if seen else reply(b"new", ETag='"v1"'))(handler)

    with Site(a=conditional) as site:
        assert get(f"{site.url}/a").status == 200
        assert get(f"{site.url}/a", {"If-None-Match": '"v1"'}).status == 304


def test_redirects_are_followed_and_bounded():
    with Site(a=redirect("/b"), b=redirect("c", 308), c=b"there", loop=redirect("/loop")) as site:
        answer = get(f"{site.url}/a")
        assert (answer.url, answer.body) == (f"{site.url}/c", b"there")
        assert refusal(f"{site.url}/loop", max_redirects=3) == "too many redirects"
        assert site.asked["/loop"] == 4


def test_a_robots_file_that_forbids_is_obeyed_also_behind_a_redirect():
    rules = b"User-agent: escalation-index\nDisallow: /closed\n\nUser-agent: *\nDisallow: /\n"
    with Site(**{"robots.txt": rules, "closed/a": b"x", "open": b"y", "sly": redirect("/closed/a")}) as site:
        assert refusal(f"{site.url}/closed/a") == "forbidden by robots.txt"
        assert refusal(f"{site.url}/sly") == "forbidden by robots.txt"
        assert get(f"{site.url}/open").body == b"y"
        assert site.asked["/closed/a"] == 0
        assert get(f"{site.url}/closed/a", robots=False).body == b"x"


def test_a_robots_file_that_cannot_be_had_for_now_forbids_for_now():
    with Site(a=b"x", **{"robots.txt": reply(b"", 503)}) as site:
        assert failure(f"{site.url}/a") == "http 503"
        assert site.asked["/a"] == 0


def test_a_robots_file_slows_us_down():
    async def twice(url: str) -> float:
        async with Client(FetchSettings.model_validate({"allow": LOOPBACK, "delay_seconds": 0})) as client:
            await client.get(url)
            start = time.monotonic()
            await client.get(url)
            await client.get(url)
            return time.monotonic() - start

    with Site(a=b"x", **{"robots.txt": b"User-agent: *\nCrawl-delay: 0.4\n"}) as site:
        assert asyncio.run(twice(f"{site.url}/a")) > 0.7


@pytest.mark.parametrize("named", ["seconds", "date"])
def test_a_429_is_retried_when_it_says(named: str):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    busy = reply(b"", 429, Retry_After="1" if named == "seconds" else later)
    with Site(a=in_turn(busy, reply(b"at last"))) as site:
        start = time.monotonic()
        assert get(f"{site.url}/a", attempts=2).body == b"at last"
        assert time.monotonic() - start > 0.8
        assert site.asked["/a"] == 2


def test_a_wait_beyond_reason_leaves_the_host_for_another_night():
    with Site(a=reply(b"", 429, Retry_After="86400")) as site:
        assert failure(f"{site.url}/a", attempts=3) == "http 429"
        assert site.asked["/a"] == 1


def test_500s_that_recover_are_survived():
    with Site(a=in_turn(reply(b"", 500), reply(b"", 502), reply(b"well again"))) as site:
        assert get(f"{site.url}/a", attempts=3).body == b"well again"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
def test_what_is_not_there_for_us_is_not_asked_for_again(status: int):
    with Site(a=reply(b"", status)) as site:
        assert refusal(f"{site.url}/a", attempts=3) == f"http {status}"
        assert site.asked["/a"] == 1


def test_a_slow_drip_ends_at_the_time_limit():
    def drip(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    with Site(a=drip) as site:
        start = time.monotonic()
        assert failure(f"{site.url}/a", timeout_seconds=0.5, robots=False) == "timed out"
        assert time.monotonic() - start < 3


def test_headers_that_never_end_end_at_a_limit():
    def endless(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for n in range(100_000):
            handler.wfile.write(b"X-%d: y\r\n" % n)

    with Site(a=endless) as site:
        assert failure(f"{site.url}/a", robots=False) in ("broken answer", "host down")


def test_an_endless_body_ends_at_the_size_limit():
    def endless(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    with Site(a=endless) as site:
        assert refusal(f"{site.url}/a", max_bytes=1_000_000) == "body too long"


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_unpacked_no_further_than_the_limit(encoding: str):
    pack = gzip.compress if encoding == "gzip" else zlib.compress
    bomb = pack(bytes(200_000_000))
    with Site(a=reply(bomb, Content_Encoding=encoding), b=reply(pack(b"small"), Content_Encoding=encoding)) as site:
        assert refusal(f"{site.url}/a", max_bytes=1_000_000) == "body too long"
        assert get(f"{site.url}/b").body == b"small"


def test_packing_that_was_not_asked_for_or_is_cut_short():
    cut = gzip.compress(b"a long enough text" * 100)[:40]
    with Site(a=reply(b"x", Content_Encoding="br"), b=reply(cut, Content_Encoding="gzip")) as site:
        assert refusal(f"{site.url}/a") == "unknown encoding"
        assert failure(f"{site.url}/b") == "broken encoding"


def test_members_after_the_first_count_too():
    assert unpacked(gzip.compress(b"one ") + gzip.compress(b"two"), 100) == b"one two"
    raw = zlib.compressobj(wbits=-15)
    assert unpacked(raw.compress(b"raw deflate") + raw.flush(), 100) == b"raw deflate"


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255
    ::1 :: fe80::1 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
    2002:7f00:1:: 2001:0:1::1 ::7f00:1""".split(),
)
def test_private_addresses_in_all_their_forms(address: str):
    assert not is_public(ip_address(address))


def test_public_addresses_and_allowed_networks():
    assert is_public(ip_address("93.184.216.34"))
    assert is_public(ip_address("2606:2800:220:1::1"))
    assert is_public(ip_address("10.1.2.3"), FetchSettings.model_validate({"allow": ["10.0.0.0/8"]}).allow)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_no_name_or_spelling_of_loopback_is_asked(host: str):
    with Site(a=b"secret") as site:
        port = site.url.rpartition(":")[2]
        assert refusal(f"http://{host}:{port}/a", allow=()) in ("private address", "bad url")
        assert not site.asked


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:9/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[fe80::1]/",
    ],
)
def test_a_redirect_into_the_house_is_refused(target: str):
    with Site(a=redirect(target)) as site:
        assert refusal(f"{site.url}/a", allow=("127.0.0.1/32",), robots=False) == "private address"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "javascript:alert(1)"])
def test_a_redirect_to_another_scheme_is_refused(target: str):
    with Site(a=redirect(target)) as site:
        assert refusal(f"{site.url}/a", robots=False) == "bad url"


def test_a_name_that_means_a_private_address_is_refused(monkeypatch):
    def resolved(*_, **__):
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 80)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert refusal("http://rebound.example/a", robots=False, allow=()) == "private address"


def test_the_address_that_was_checked_is_the_one_that_is_asked(monkeypatch):
    answers = iter(["127.0.0.1", "10.0.0.7"])
    real = socket.getaddrinfo

    def rebinding(host, port, *rest, **named):
        if host in ("news.example", b"news.example"):
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]
        return real(host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with Site(a=b"once") as site:
        port = site.url.rpartition(":")[2]
        assert get(f"http://news.example:{port}/a", robots=False).body == b"once"
        assert site.headers["/a"][0]["host"] == f"news.example:{port}"
    assert next(answers) == "10.0.0.7", "the name was asked for once"


def test_a_host_that_is_down_is_told_apart():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/a", robots=False) == "host down"


@contextmanager
def tls_site(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False).sign(
        key, hashes.SHA256()
    )
    form = serialization.Encoding.PEM
    secret = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "site.pem").write_bytes(secret + signed.public_bytes(form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "site.pem")
    site = Site(a=b"secret")
    site.wrap(context)
    with site:
        yield site


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path):
    with tls_site(tmp_path) as site:
        assert (
            failure(f"https://localhost:{site.url.rpartition(':')[2]}/a", allow=("127.0.0.0/8", "::1/128"))
            == "bad certificate"
        )
        assert not site.asked


def test_a_body_of_many_members_costs_no_more_than_its_bytes():
    many = gzip.compress(b"") * 60_000
    start = time.monotonic()
    with pytest.raises(Refused, match="members"):
        unpacked(many, 20_000_000)
    assert unpacked(gzip.compress(b"ab") * 900 + bytes(10), 20_000) == b"ab" * 900
    assert time.monotonic() - start < 2


def test_a_redirect_in_another_script_is_followed():
    def korean(handler) -> None:
        handler.wfile.write("HTTP/1.1 302 Found\r\nLocation: /기사\r\nContent-Length: 0\r\n\r\n".encode())

    with Site(a=korean, **{"%EA%B8%B0%EC%82%AC": b"there"}) as site:
        assert get(f"{site.url}/a", robots=False).body == b"there"


@pytest.mark.parametrize("packed", [False, True])
def test_a_robots_file_that_is_too_long_or_unreadable_does_not_allow_everything(packed: bool):
    rules = b"User-agent: *\nDisallow: /\n"
    answer = reply(rules, Content_Encoding="br") if packed else rules + b"# padding\n" * 60_000
    with Site(a=b"x", **{"robots.txt": answer}) as site:
        with pytest.raises((Refused, Failed)):
            get(f"{site.url}/a")
        assert site.asked["/a"] == 0


def test_a_secret_goes_to_its_origin_alone(monkeypatch):
    monkeypatch.setenv("WIRE_TOKEN", "Bearer abc")
    with Site(b=b"<p>b</p>") as other, Site(a=redirect(f"{other.url}/b"), c=b"<p>c</p>") as site:
        credentials = ({"origin": site.url.upper().replace("HTTP", "http"), "variable": "WIRE_TOKEN"},)
        assert get(f"{site.url}/c", credentials=credentials).body == b"<p>c</p>"
        assert get(f"{site.url}/a", credentials=credentials).body == b"<p>b</p>"
    assert [asked["authorization"] for path in ("/a", "/c") for asked in site.headers[path]] == ["Bearer abc"] * 2
    assert "authorization" not in other.headers["/b"][0]


@pytest.mark.parametrize("value", ["", " ", "abc\r\nHost: x", "töken"])
def test_a_secret_that_is_missing_or_broken_is_named_and_not_told(monkeypatch, value: str):
    monkeypatch.setenv("WIRE_TOKEN", value)
    with pytest.raises(SettingsError, match="WIRE_TOKEN") as error:
        get("https://example.org/", credentials=({"origin": "https://example.org", "variable": "WIRE_TOKEN"},))
    assert value.strip() == "" or value not in str(error.value)


@pytest.mark.parametrize(
    "origin", ["example.org", "https://example.org/feed", "https://me:word@example.org", "ftp://a"]
)
def test_an_origin_is_a_scheme_and_a_host(origin: str):
    with pytest.raises(ValidationError, match="origin"):
        FetchSettings.model_validate({"credentials": [{"origin": origin, "variable": "X"}]})


def test_an_unknown_key_beside_a_secret_names_the_known_ones(tmp_path):
    (tmp_path / "s.toml").write_text('[[fetch.credentials]]\norigin = "https://a.example"\ntoken = "abc"\n')
    with pytest.raises(SettingsError, match=r"fetch.credentials.0.token.*origin, header, variable"):
        load_settings(tmp_path / "s.toml")
