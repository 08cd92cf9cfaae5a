import pytest

from gateway.channels.email.authenticating.names import DnsFailedError, Kind, Names
from tests.servers.dns import DnsServer


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_an_answer_is_kept_as_long_as_it_is_good(dns_zone: DnsServer):
    clock = Clock()
    names = Names([dns_zone.address], clock)
    dns_zone.add("a.example", "A", "192.0.2.1")
    for _ in range(3):
        assert await names.find("A.example.", Kind.A, clock.now + 5) == (b"192.0.2.1",)
    assert dns_zone.count("a.example") == 1
    clock.now += dns_zone.ttl + 1
    assert await names.find("a.example", Kind.A, clock.now + 5) == (b"192.0.2.1",)
    assert dns_zone.count("a.example") == 2


async def test_that_there_is_nothing_is_kept_too(dns_zone: DnsServer):
    clock = Clock()
    names = Names([dns_zone.address], clock)
    dns_zone.add("a.example", "A", "192.0.2.1")
    for name in ("a.example", "b.example"):
        for _ in range(2):
            assert await names.texts(name, clock.now + 5) == ()
        assert dns_zone.count(name) == 1


async def test_a_failure_is_asked_again_after_a_while(dns_zone: DnsServer):
    clock = Clock()
    names = Names([dns_zone.address], clock)
    dns_zone.failures["a.example"] = "servfail"
    for _ in range(2):
        with pytest.raises(DnsFailedError):
            await names.texts("a.example", clock.now + 5)
    asked = dns_zone.count("a.example")
    dns_zone.failures.clear()
    dns_zone.add("a.example", "TXT", "here")
    clock.now += 11
    assert await names.texts("a.example", clock.now + 5) == (b"here",)
    assert dns_zone.count("a.example") == asked + 1


async def test_no_more_answers_are_kept_than_there_is_room_for(dns_zone: DnsServer):
    names = Names([dns_zone.address])
    for number in range(2_100):
        names_deadline = names.in_seconds(10)
        assert await names.texts("." * 2 + f"x{number}", names_deadline) == ()
    assert len(names._kept) == 2_000


@pytest.mark.parametrize(
    "name", ["a..b", "x" * 64 + ".example", "é.example", "", ".".join("ab" * 90)]
)
async def test_what_no_name_can_be_has_no_records(dns_zone: DnsServer, name: str):
    names = Names([dns_zone.address])
    assert await names.texts(name, names.in_seconds(5)) == ()


async def test_without_a_name_server_nothing_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path):
    import dns.resolver

    def nothing(*_args: object, **_options: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.BaseResolver, "read_resolv_conf", nothing)
    names = Names()
    with pytest.raises(DnsFailedError):
        await names.texts("a.example", names.in_seconds(5))


async def test_the_second_server_answers_for_a_dead_one(dns_zone: DnsServer):
    dns_zone.add("a.example", "TXT", "here")
    names = Names([("127.0.0.1", 9), dns_zone.address])
    assert await names.texts("a.example", names.in_seconds(5)) == (b"here",)


async def test_who_does_not_answer_is_not_waited_for_beyond_the_time(dns_zone: DnsServer):
    dns_zone.failures["a.example"] = "drop"
    names = Names([dns_zone.address])
    begun = names.in_seconds(0)
    with pytest.raises(DnsFailedError):
        await names.texts("a.example", begun + 0.3)
    assert names.in_seconds(0) - begun < 1.0
