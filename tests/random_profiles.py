"""Random profiles, each by its number: every key there or not, with values that make sense.

Number 7 is the same profile everywhere and for good. What is refused because its keys do not fit
each other is a profile too; most fit. The host stands in the same two networks each time, and names
no more than tests/e2e/random_host.py puts around it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.random_settings import MAIN, MX_OPTIONS, SERVICES, SUBMISSION_OPTIONS
from tests.random_values import (
    ALIASES,
    CERTIFICATES,
    DELIVERIES,
    LIMITS,
    MX,
    OUTBOUND,
    OUTSIDER,
    SMARTHOST6,
    SMARTHOSTS,
    TLS,
)

WAN, WAN6, LAN, LAN6 = "203.0.113.25", "2001:db8::25", "192.168.1.25", "fd00:1::25"
LOGINS = ("admin", "alice", "bob@example.com")
PEOPLE = ("alice", "bob", "info")


def text(number: int, platform: str) -> str:
    """The profile of that number on a platform, as JSON, which is YAML."""
    return json.dumps({**profile(number), "platform": platform}, indent=1)


def profile(number: int) -> dict[str, Any]:
    """The profile of that number, without its platform."""
    return _Draw(Random(number)).profile()  # noqa: S311  it is to be foreseen


@dataclass(slots=True)
class _Draw:
    """Draws one profile. `names` are the domains that it has, once they are drawn."""

    random: Random
    hostname: str = ""
    has_ipv6: bool = False
    names: list[str] = field(default_factory=list)

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, items: Sequence[Any], least: int = 1, most: int = 3) -> list[Any]:
        """A few of the items, in any order."""
        return self.random.sample(items, min(len(items), self.random.randint(least, most)))

    def given(self, share: float, **values: Sequence[Any]) -> dict[str, Any]:
        """Each key with one of its values, or left out; `share` is of those that are there."""
        drawn = {key: self.random.choice(values[key]) for key in values}
        return {key: value for key, value in drawn.items() if self.often(share)}

    def profile(self) -> dict[str, Any]:
        role = self.random.choice(["mx", "mx", "mx submission", "mx submission", "submission", ""])
        self.hostname = self.random.choice(["mail.example.com", "mx.example.net", "example.com"])
        made: dict[str, Any] = {
            "hostname": self.hostname,
            **self.given(0.15, domain=["example.com", "example.net", "corp.example.com"]),
            **self.networks(),
        }
        if role or self.often(0.3):
            made["tls"] = self.tls()
        if "mx" in role:
            made["mx"] = self.mx()
        if "submission" in role:
            made["submission"] = self.submission()
        made |= self.given(
            0.25,
            log=["syslog", "stdout", {"file": "/var/log/postfix.log"}],
            main=MAIN,
            services=SERVICES,
        )
        for key, share, make in (
            ("outbound", 0.5, self.outbound),
            ("milters", 0.25, self.milters),
            ("limits", 0.35, lambda: self.given(0.5, **LIMITS)),
            ("aliases", 0.35, lambda: self.given(0.5, **ALIASES) or {"root": "alice"}),
            ("waive", 0.1, self.waivers),
        ):
            if self.often(share):
                made[key] = make()
        return made

    def networks(self) -> dict[str, Any]:
        wan = [WAN, f"{WAN}/24", [f"{WAN}/24"], [f"{WAN}/24", f"{WAN6}/64"]]
        lan = [f"{LAN}/24", f"{LAN}/24", [f"{LAN}/24", f"{LAN6}/64"]]
        own = ["127.0.0.0/8", "::1"]
        made = {
            "interfaces": {"wan": self.random.choice(wan), "lan": self.random.choice(lan)},
            **self.given(
                0.25,
                ipv6=[True, False],
                proxy_interfaces=[["198.51.100.7"], ["198.51.100.7", "2001:db8:7::7"]],
                trusted_networks=[own, ["127.0.0.1"], [*own, "10.1.0.0/24", "fd00:2::/64"]]
                + [[*own, "192.168.1.0/24"]],
            ),
        }
        self.has_ipv6 = made["interfaces"]["wan"] == wan[-1] and made.get("ipv6", True)
        return made

    def tls(self) -> dict[str, Any]:
        return {**self.random.choice(CERTIFICATES), **self.given(0.25, **TLS)}

    def listen(self) -> Any:
        return self.random.choice(["wan", "lan", "any", ["wan", "lan"], "loopback", "wan"])

    def mx(self) -> dict[str, Any]:
        made: dict[str, Any] = {"listen": self.listen()}
        made |= self.domains()
        made |= self.given(0.2, **MX, options=MX_OPTIONS)
        if self.often(0.25):
            zones: list[Any] = ["dnsbl.example.org", "list.example.org=127.0.0.[2..4]"]
            weighted = {"zone": "dnsbl.example.org", "weight": 2}, {"zone": "allow.example.org"}
            made["dnsbl"] = self.random.choice([zones, zones[:1], [*weighted], [weighted[1]]])
        if self.often(0.3):
            made["aliases"] = self.mx_aliases()
        return made

    def domains(self) -> dict[str, Any]:
        """Domains, where their mail goes, and who exists in them: one answer for each delivery."""
        made = self.given(0.55, delivery=DELIVERIES)
        candidates = ["example.com", "example.net", "box.example.com", self.hostname]
        self.names = list(dict.fromkeys(self.some(candidates)))
        if self.often(0.25):
            self.names = []
            return made | ({"recipients": self.table()} if self.often(0.3) else {})
        entries: list[Any] = []
        listed = {json.dumps(each): self.often(0.5) for each in DELIVERIES}
        default = made.get("delivery", "local")
        shared: list[str] = []
        for name in self.names:
            own = self.random.choice(DELIVERIES) if self.often(0.35) else default
            people = [f"{each}@{name}" for each in self.some(PEOPLE)]
            entry: dict[str, Any] = {"domain": name} | ({"delivery": own} if own != default else {})
            if listed[json.dumps(own)]:
                if own != default or self.often(0.3):
                    entry["recipients"] = people
                else:
                    shared += people
            entries.append(name if len(entry) == 1 and self.often(0.8) else entry)
        return {"domains": entries, **made, **({"recipients": shared} if shared else {})}

    def table(self) -> str:
        return self.random.choice(["texthash", "texthash", "hash"]) + ":/etc/postfix/recipients"

    def mx_aliases(self) -> dict[str, Any]:
        name = self.random.choice(self.names or ["example.com"])
        targets = [OUTSIDER, [OUTSIDER, "dave@example.org"], "alice"]
        made = {f"sales@{name}": self.random.choice(targets)}
        if self.often(0.3):
            made[f"@{name}"] = OUTSIDER
        if self.often(0.3):
            made[f"{self.random.choice(['postmaster', 'Alice', 'abuse'])}@{name}"] = OUTSIDER
        return made

    def submission(self) -> dict[str, Any]:
        logins = self.some(LOGINS)
        senders = (["@example.com"], "alice@example.com", ["info@example.net", "@mail.example.com"])
        made = {
            "listen": self.listen(),
            "clients": self.random.choice(["any", ["192.168.1.0/24", "fd00:1::/64"], [WAN]]),
            **self.given(
                0.4,
                ports=[[587], [465], [587, 465], [2587], [465, 587, 2587]],
                tls=["encrypt", "may"],
                auth=["dovecot", "cyrus", {"type": "cyrus", "path": "smtpd"}]
                + [{"type": "dovecot", "path": "inet:127.0.0.1:12345"}],
                users=[logins],
                senders=[{login: self.random.choice(senders) for login in logins}],
                hide_client=[True, False],
                options=SUBMISSION_OPTIONS,
            ),
        }
        if made["listen"] == "loopback" or (made["listen"] == "lan" and self.often(0.5)):
            del made["clients"]
        return made

    def outbound(self) -> dict[str, Any]:
        smarthosts = [*SMARTHOSTS, f"[{SMARTHOST6}]:25"] if self.has_ipv6 else SMARTHOSTS
        made = self.given(0.4, relayhost=smarthosts, **OUTBOUND)
        if "relayhost" in made and self.often(0.5):
            made["credentials"] = "texthash:/etc/postfix/sasl_passwd"
        return made

    def milters(self) -> list[dict[str, str]]:
        sockets = [
            "inet:127.0.0.1:11332",
            "unix:private/filter",
            "inet:[127.0.0.1]:8891",
            "inet:localhost:8892",
        ]
        failures = ["tempfail", "accept", "reject", "quarantine"]
        return [
            {"socket": each, **self.given(0.5, on_failure=failures)}
            for each in self.some(sockets, most=2)
        ]

    def waivers(self) -> list[dict[str, str]]:
        because = "it is tried here"
        checks = ["sub-sender-any", "map-type", "public-mx-encrypt", "size-limits", "cipher-weak"]
        return [{"check": each, "because": because} for each in self.some(checks, most=2)]
