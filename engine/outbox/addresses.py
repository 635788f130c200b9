"""Where an outgoing call may go: to public addresses alone, asked of the name service once and then held to (R52)."""

import ipaddress
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from engine import settings
from engine.errors import EngineError

#: Seconds the name service has to answer.
TIMEOUT = 5.0
LONGEST_URL = 500
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_PORTS = {"https": 443, "http": 80}


class AddressRefused(EngineError, ValueError):
    """An address that the engine will not call. The message says why, in Vietnamese."""

    code = "address_refused"


class NameUnknown(EngineError, OSError):
    """The name service did not answer, or knows no such name: perhaps later."""

    code = "name_unknown"


@dataclass(frozen=True)
class Target:
    """An address taken apart. ``path`` holds the query too; ``host`` is in lower case and ASCII."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def receiver(self) -> str:
        """Host and port: what a breaker stands for."""
        return f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """Host and, where it is not the usual one, port: as in the ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Take a webhook's address apart. ``AddressRefused`` for what is none, and for a host the settings do not list.

    Only ``https``; ``http`` to this machine where a test allows it. A host written as a number must be public.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(
            f"Địa chỉ dài quá {LONGEST_URL} ký tự, hoặc có ký tự lạ. Viết như https://he-thong.example.vn/nhan-tin."
        )
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise AddressRefused("Địa chỉ chưa đúng. Viết như https://he-thong.example.vn/nhan-tin.") from None
    allows_loopback = settings.load().is_loopback_allowed
    if parts.scheme != "https" and not (parts.scheme == "http" and allows_loopback):
        raise AddressRefused("Địa chỉ phải bắt đầu bằng https:// để nội dung được mã hóa trên đường truyền.")
    if not host or "@" in parts.netloc or port == 0:
        raise AddressRefused("Địa chỉ phải có tên máy và không chứa tài khoản. Viết như https://he-thong.example.vn/nhan-tin.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port or _PORTS[parts.scheme], path)
    listed = settings.load().webhook_hosts
    if listed and host not in listed:
        raise AddressRefused(f"Máy {host} không có trong QUYTRINH_WEBHOOK_HOSTS. Nhờ người quản trị máy chủ thêm vào.")
    number = _number(host)
    if number is not None:
        _require_public(number, host)
    return target


def resolve(target: Target) -> str:
    """The one address (as a number) to call. Refuses (``AddressRefused``) a name with any address that is not public.

    Asks the name service once; the caller connects to the answer itself, so that a second answer cannot lead elsewhere.
    ``NameUnknown`` where it does not answer within ``TIMEOUT`` seconds or knows no such name.
    """
    found: list[str] = []
    asking = threading.Thread(target=_ask, args=(target, found), daemon=True)
    asking.start()
    asking.join(TIMEOUT)
    answer = list(found)
    if not answer:
        raise NameUnknown(f"Không tìm được địa chỉ mạng của máy {target.host}.")
    for number in answer:
        _require_public(ipaddress.ip_address(number), target.host)
    return answer[0]


def is_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether this is the public network; an address hidden in an IPv6 one (mapped, 6to4, Teredo, NAT64) is judged itself."""
    if isinstance(number, ipaddress.IPv6Address):
        teredo = number.teredo
        inside = [number.ipv4_mapped, number.sixtofour, teredo[1] if teredo else None]
        if number in _NAT64:
            inside.append(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF))
        hidden = [inner for inner in inside if inner is not None]
        if hidden:
            return all(is_public(inner) for inner in hidden)
        if number.is_site_local:
            return False
    return number.is_global and not (number.is_multicast or number.is_reserved or number.is_unspecified)


def _require_public(number: ipaddress.IPv4Address | ipaddress.IPv6Address, host: str) -> None:
    if number.is_loopback and settings.load().is_loopback_allowed:
        return
    if not is_public(number):
        raise AddressRefused(f"Máy {host} nằm trong mạng nội bộ ({number}): chỉ gửi ra địa chỉ công khai.")


def _number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _ask(target: Target, found: list[str]) -> None:
    try:
        answers = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    found.extend(str(address[0]).partition("%")[0] for *_, address in answers)
