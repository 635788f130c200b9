"""Where an outgoing call may go."""

import ipaddress
import socket
from typing import Any

import pytest

from engine.outbox import addresses
from engine.outbox.addresses import AddressRefused, NameUnknown, Target


@pytest.mark.parametrize(
    ("number", "is_public"),
    [
        pytest.param("93.184.216.34", True, id="public"),
        pytest.param("2606:2800:220:1:248:1893:25c8:1946", True, id="public IPv6"),
        pytest.param("127.0.0.1", False, id="loopback"),
        pytest.param("127.8.8.8", False, id="loopback, another"),
        pytest.param("::1", False, id="loopback IPv6"),
        pytest.param("10.1.2.3", False, id="private 10"),
        pytest.param("172.16.0.1", False, id="private 172.16"),
        pytest.param("172.32.0.1", True, id="just past private 172.16"),
        pytest.param("192.168.1.1", False, id="private 192.168"),
        pytest.param("169.254.169.254", False, id="link-local: cloud metadata"),
        pytest.param("fe80::1", False, id="link-local IPv6"),
        pytest.param("fec0::1", False, id="site-local IPv6"),
        pytest.param("fd00::1", False, id="unique local IPv6"),
        pytest.param("100.64.0.1", False, id="carrier-grade NAT"),
        pytest.param("100.128.0.1", True, id="just past carrier-grade NAT"),
        pytest.param("0.0.0.0", False, id="unspecified"),
        pytest.param("::", False, id="unspecified IPv6"),
        pytest.param("224.0.0.1", False, id="multicast"),
        pytest.param("ff02::1", False, id="multicast IPv6"),
        pytest.param("255.255.255.255", False, id="broadcast"),
        pytest.param("240.0.0.1", False, id="reserved"),
        pytest.param("192.0.2.1", False, id="documentation"),
        pytest.param("198.18.0.1", False, id="benchmarking"),
        pytest.param("::ffff:10.0.0.1", False, id="private, mapped"),
        pytest.param("::ffff:93.184.216.34", True, id="public, mapped"),
        pytest.param("2002:a00:1::", False, id="private, 6to4"),
        pytest.param("64:ff9b::7f00:1", False, id="loopback, NAT64"),
        pytest.param("64:ff9b::5db8:d822", True, id="public, NAT64"),
        pytest.param("2001:0:5ef5:79fd:0:0:f5ff:fffe", False, id="private, Teredo"),
    ],
)
def test_only_the_public_network_is_public(number: str, is_public: bool) -> None:
    assert addresses.is_public(ipaddress.ip_address(number)) is is_public


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://Nhan.Example.VN", Target("https", "nhan.example.vn", 443, "/")),
        ("https://nhan.example.vn./tin?a=1#b", Target("https", "nhan.example.vn", 443, "/tin?a=1")),
        ("https://nhan.example.vn:8443/tin", Target("https", "nhan.example.vn", 8443, "/tin")),
        ("https://93.184.216.34/tin", Target("https", "93.184.216.34", 443, "/tin")),
        ("https://[2606:2800:220:1::1]/", Target("https", "2606:2800:220:1::1", 443, "/")),
    ],
)
def test_an_address_is_taken_apart(url: str, target: Target) -> None:
    assert addresses.parse(url) == target


@pytest.mark.parametrize(
    ("target", "authority"),
    [
        (Target("https", "a.example", 443, "/"), "a.example"),
        (Target("https", "a.example", 80, "/"), "a.example:80"),
        (Target("https", "2606::1", 8443, "/"), "[2606::1]:8443"),
    ],
)
def test_host_header_names_an_unusual_port(target: Target, authority: str) -> None:
    assert target.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://nhan.example.vn/", id="unencrypted"),
        pytest.param("ftp://nhan.example.vn/", id="another protocol"),
        pytest.param("nhan.example.vn", id="no protocol"),
        pytest.param("https://", id="no host"),
        pytest.param("https://an:mk@nhan.example.vn/", id="with an account"),
        pytest.param("https://nhan.example.vn:99999/", id="impossible port"),
        pytest.param("https://nhan.example.vn:0/", id="port nought"),
        pytest.param("https://127.0.0.1/", id="loopback"),
        pytest.param("https://[::ffff:10.0.0.1]/", id="private, mapped"),
        pytest.param("https://169.254.169.254/latest/meta-data", id="metadata"),
        pytest.param("https://nhận.example.vn/", id="letters beyond ASCII"),
        pytest.param("https://nhan.example.vn/a b", id="blank"),
        pytest.param("https://nhan.example.vn/\r\nX: 1", id="line break"),
        pytest.param("https://nhan.example.vn/" + "a" * 500, id="too long"),
    ],
)
def test_what_must_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        addresses.parse(url)


def test_hosts_may_be_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUYTRINH_WEBHOOK_HOSTS", "nhan.example.vn, khac.example.vn")
    assert addresses.parse("https://nhan.example.vn/").host == "nhan.example.vn"
    with pytest.raises(AddressRefused, match=r"la\.example\.vn không có trong QUYTRINH_WEBHOOK_HOSTS"):
        addresses.parse("https://la.example.vn/")


@pytest.mark.parametrize("switch", ["QUYTRINH_TESTING", "QUYTRINH_TEST_WEBHOOK_LOOPBACK"])
def test_loopback_needs_both_switches(monkeypatch: pytest.MonkeyPatch, loopback: None, switch: str) -> None:
    assert addresses.parse("http://127.0.0.1:81/").receiver == "127.0.0.1:81"
    monkeypatch.delenv(switch)
    with pytest.raises(AddressRefused):
        addresses.parse("http://127.0.0.1:81/")


def test_a_test_opens_this_machine_and_no_other(loopback: None) -> None:
    with pytest.raises(AddressRefused, match=r"nội bộ \(10\.0\.0\.1\)"):
        addresses.parse("http://10.0.0.1/")


def test_a_name_that_leads_inside_is_refused() -> None:
    with pytest.raises(AddressRefused, match="mạng nội bộ"):
        addresses.resolve(Target("https", "localhost", 443, "/"))


def test_one_private_answer_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name service is the one thing here that a test cannot have for real."""

    def answer(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", (number, 443)) for number in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        addresses.resolve(Target("https", "hai-mat.example", 443, "/"))


def test_a_name_nobody_knows_is_told_from_a_refused_one() -> None:
    with pytest.raises(NameUnknown, match=r"khong-co\.invalid"):
        addresses.resolve(Target("https", "khong-co.invalid", 443, "/"))
