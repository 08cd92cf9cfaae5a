import pytest

from gateway.channels.email.sending.addresses import mailbox
from gateway.core.ports import PermanentError


@pytest.mark.parametrize(
    ("address", "spec"),
    [
        ("ada@example.org", "ada@example.org"),
        ("  ada@example.org ", "ada@example.org"),
        ("ada@Example.ORG.", "ada@example.org"),
        ("support+7.abc@acme.example", "support+7.abc@acme.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@हिन्दी.example", "ada@xn--j2bd4cyah0f.example"),
        ("añá@example.org", "añá@example.org"),
        ('"a b"@example.org', '"a b"@example.org'),
        ('"a@b"@example.org', '"a@b"@example.org'),
        ('"plain"@example.org', "plain@example.org"),
        ("a..b@example.org", '"a..b"@example.org'),
        ("ada@[192.0.2.1]", "ada@[192.0.2.1]"),
        ("ada@[IPv6:2001:db8::1]", "ada@[IPv6:2001:db8::1]"),
    ],
)
def test_an_address_is_written_in_ascii_as_far_as_it_can_be(address, spec):
    assert mailbox(address).spec == spec


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.org",
        "ada@",
        "ada@example..org",
        "ada@-example.org",
        "a b@example.org",
        "ada@exa mple.org",
        "<ada@example.org>",
        "ada@example.org> SIZE=1",
        "ada,bea@example.org",
        "ada@example.org,bea@example.org",
        "ada@ex\uff20mple.org",
        "ada@a\u2100b.example",
        "a" * 65 + "@example.org",
        "ada@" + "a" * 64 + ".org",
        "ada@" + "a.b" * 100 + ".org",
        "ada@example.org\r\nRCPT TO:<eve@example.org>",
        "ada\n@example.org",
        "ada@example.org\x00",
        "ada@example.org\u2028",
        '"ada\r\n"@example.org',
    ],
)
def test_what_no_server_could_take_is_refused(address):
    with pytest.raises(PermanentError):
        mailbox(address)
