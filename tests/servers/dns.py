"""A name server on loopback, UDP and TCP, that answers from a table and fails where it is told.

Answers are read from text as in a zone file. A failure is scripted for a name: "servfail",
"refused", "drop" (no answer at all), "truncate" (over UDP half an answer; TCP has all of it).
"""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT

_IN = dns.rdataclass.IN
_RCODES = {"servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED}


def name_of(text: str) -> dns.name.Name:
    """Labels as they are, whatever they hold."""
    labels = [label.encode("latin-1") for label in text.rstrip(".").split(".") if label]
    return dns.name.Name([*labels, b""])


@dataclass
class DnsServer:
    """What it knows, what it shall fail at, and what it was asked: names in lower case."""

    port: int = 0
    ttl: int = 60
    records: dict[str, list[tuple[str, dns.rdata.Rdata]]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def spelled(self) -> str:
        """As the config takes it."""
        return f"127.0.0.1:{self.port}"

    def add(self, name: str, kind: str, value: str | bytes | tuple[bytes, ...]) -> None:
        self.records.setdefault(name.lower().rstrip("."), []).append((kind, _rdata(kind, value)))

    def remove(self, name: str) -> None:
        self.records.pop(name.lower(), None)

    def count(self, name: str, kind: str = "") -> int:
        """How often it was asked."""
        return sum(n == name.lower() and kind in ("", k) for n, k in self.asked)

    def answer(self, wire: bytes, *, datagram: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = ".".join(part.decode("latin-1") for part in question.name.labels).rstrip(".").lower()
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype)))
        failure = self.failures.get(name)
        response = dns.message.make_response(query, recursion_available=True)
        if failure == "drop":
            return None
        if failure in _RCODES:
            response.set_rcode(_RCODES[failure])
        elif failure == "truncate" and datagram:
            response.flags |= dns.flags.TC
        else:
            self._fill(response, name, question.rdtype)
        limit = 65_535 if not datagram else max(512, query.payload)
        try:
            return response.to_wire(max_size=limit)
        except dns.exception.TooBig:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            return short.to_wire()

    def _fill(self, response: dns.message.Message, name: str, kind: int) -> None:
        for _ in range(20):
            found = self.records.get(name, [])
            alias = next((r for k, r in found if k == "CNAME"), None)
            if alias is None or kind == dns.rdatatype.CNAME:
                break
            self._put(response, name, [alias])
            name = alias.to_text().rstrip(".").lower()
        wanted = dns.rdatatype.to_text(dns.rdatatype.RdataType.make(kind))
        if chosen := [r for k, r in self.records.get(name, []) if k == wanted]:
            self._put(response, name, chosen)
            return
        if name not in self.records and not any(n.endswith(f".{name}") for n in self.records):
            response.set_rcode(dns.rcode.NXDOMAIN)
        zone = name.partition(".")[2] or name
        soa = f"ns.{zone or 'example'}. host.example. 1 60 60 60 {self.ttl}"
        response.authority.append(dns.rrset.from_rdata(name_of(zone), self.ttl, _rdata("SOA", soa)))

    def _put(self, response: dns.message.Message, name: str, found: list[dns.rdata.Rdata]) -> None:
        response.answer.append(dns.rrset.from_rdata_list(name_of(name), self.ttl, found))


def _rdata(kind: str, value: str | bytes | tuple[bytes, ...]) -> dns.rdata.Rdata:
    rdtype = dns.rdatatype.from_text(kind)
    if kind == "TXT":
        octets = value.encode() if isinstance(value, str) else value
        if isinstance(octets, bytes):
            octets = tuple(octets[n : n + 255] for n in range(0, len(octets), 255)) or (b"",)
        return TXT(_IN, rdtype, octets)
    assert isinstance(value, str)
    if kind in ("CNAME", "PTR", "MX"):
        preference, _, target = value.rpartition(" ")
        text = f"{preference} {name_of(target).to_text()}".strip()
        return dns.rdata.from_text(_IN, rdtype, text)
    return dns.rdata.from_text(_IN, rdtype, value)


@contextlib.contextmanager
def dns_server() -> Iterator[DnsServer]:
    """A server with an empty table, on one port for both protocols."""
    server = DnsServer()

    class Datagram(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, sock = self.request
            if (answer := server.answer(wire, datagram=True)) is not None:
                sock.sendto(answer, self.client_address)

    class Stream(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError, struct.error):
                (length,) = struct.unpack("!H", self.rfile.read(2))
                answer = server.answer(self.rfile.read(length), datagram=False)
                if answer is not None:
                    self.wfile.write(struct.pack("!H", len(answer)) + answer)

    udp, tcp = _bound(Datagram, Stream)
    server.port = udp.server_address[1]
    threads = [threading.Thread(target=one.serve_forever, args=(0.05,)) for one in (udp, tcp)]
    for thread in threads:
        thread.start()
    try:
        yield server
    finally:
        for one in (udp, tcp):
            one.shutdown()
            one.server_close()
        for thread in threads:
            thread.join()


class _Udp(socketserver.UDPServer):
    max_packet_size = 65_535


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True


def _bound(
    datagram: type[socketserver.BaseRequestHandler], stream: type[socketserver.BaseRequestHandler]
) -> tuple[_Udp, _Tcp]:
    for _ in range(20):
        udp = _Udp(("127.0.0.1", 0), datagram)
        try:
            return udp, _Tcp(("127.0.0.1", udp.server_address[1]), stream)
        except OSError:  # the number is taken for TCP
            udp.server_close()
    raise OSError("no port is free for both UDP and TCP")
