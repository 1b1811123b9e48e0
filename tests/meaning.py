"""What a profile of tests/strategies.py is to mean to Postfix, worked out anew, and no more."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from ipaddress import ip_interface, ip_network
from pathlib import Path
from typing import Any

from postfix_profiles.formats import LIFETIME, seconds
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.service import Service
from postfix_profiles.render import Files, render
from tests.rendered import TEMPLATES, entries, main_of, master_of, read
from tests.strategies import BASE, SCREEN


def quoted(value: Any) -> str:
    """The value as YAML, each text in double quotes, with escapes for all that is not plain."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)}: {quoted(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(quoted, value)) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    plain = (c if " " <= c <= "~" and c not in '"\\' else f"\\U{ord(c):08x}" for c in value)
    return '"' + "".join(plain) + '"'


def rendered(profile: Mapping[str, Any]) -> Files:
    """What the profile renders to, by way of a file; raises RejectedError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "mail.yaml")
        path.write_text(quoted(profile))
        return render(read(path), TEMPLATES)


@cache
def base(*, screened: bool = False) -> Files:
    """What the base renders to, without postscreen or with it."""
    postscreen = SCREEN if screened else False
    return rendered({**BASE, "mx": {**BASE["mx"], "postscreen": postscreen}})


def means_what_it_says(profile: Mapping[str, Any], made: Files) -> None:
    """The files have what this profile means, all of it, and nothing else."""
    actual = {name: one_line(value) for name, value in main_of(made).values.items()}
    assert actual == {name: one_line(value) for name, value in main_values(profile).items()}
    assert [bare(one) for one in master_of(made).services] == [
        bare(one) for one in services(profile)
    ]
    expected = tables(profile)
    assert made.contents.keys() == {"main.cf", "master.cf", "SHA256SUMS", *expected}
    for name, wanted in expected.items():
        assert entries(made.contents[name]) == wanted
        assert made.contents[name].count("\n") == len(wanted) + 1
    assert made.contents["SHA256SUMS"].count("\n") == len(expected) + 2


# --- main.cf ---


def one_line(value: str) -> str:
    """A list on lines of its own, as it would be on one."""
    return re.sub(r", {2,}", ", ", value)


def text_of(value: Any) -> str:
    """A value that the profile gives of itself, as Postfix is to have it."""
    if isinstance(value, list):
        return ", ".join(map(text_of, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).strip(" ")


def networks(values: Sequence[str]) -> str:
    return ", ".join(re.sub(r"^([^/]*:[^/]*)", r"[\1]", value) for value in values)


def destinations(profile: Mapping[str, Any]) -> str:
    domains = [profile["mx"]["domains"][0], profile["mx"]["domains"][1]["domain"], "example.org"]
    own = [] if profile["hostname"] in domains else ["$myhostname"]
    return ", ".join([*own, "localhost.$mydomain", "localhost"])


def recipient_rules(profile: Mapping[str, Any]) -> str:
    mx, users = profile["mx"], "texthash:$config_directory/submission_users"
    zones = [] if mx["postscreen"] else [mx["dnsbl"][0], mx["dnsbl"][1]["zone"]]
    return ", ".join(
        ["permit_mynetworks", f"check_sasl_access {users}", "reject_unauth_destination"]
        + [f"reject_rbl_client {zone}" for zone in zones]
        + [f"check_policy_service {socket}" for socket in mx["policy_services"]]
    )


def main_values(profile: Mapping[str, Any]) -> dict[str, str]:
    """Every parameter of main.cf: as in the base, or as this profile has it."""
    tls, mx, submission = profile["tls"], profile["mx"], profile["submission"]
    outbound, screened = profile["outbound"], bool(mx["postscreen"])
    zones = f"{mx['dnsbl'][0]}, {mx['dnsbl'][1]['zone']}"
    values = {
        **main_of(base(screened=screened)).values,
        "maillog_file": profile["log"]["file"],
        "myhostname": profile["hostname"],
        "mydomain": profile["domain"],
        "proxy_interfaces": ", ".join(profile["proxy_interfaces"]),
        "mynetworks": networks(profile["trusted_networks"]),
        "mydestination": destinations(profile),
        "smtpd_recipient_restrictions": recipient_rules(profile),
        **({"postscreen_dnsbl_sites": zones} if screened else {}),
        "recipient_delimiter": mx["recipient_delimiter"],
        "smtpd_tls_cert_file": tls["certificate"],
        "smtpd_tls_key_file": tls["key"],
        "smtpd_tls_exclude_ciphers": tls["exclude_ciphers"][0],
        "smtp_tls_exclude_ciphers": tls["exclude_ciphers"][0],
        "virtual_mailbox_domains": f"{mx['domains'][0]}, example.org",
        "virtual_mailbox_maps": (
            f"texthash:$config_directory/virtual_mailboxes, {mx['recipients']}"
        ),
        "virtual_transport": f"lmtp:{mx['delivery']['lmtp']}",
        "relay_domains": mx["domains"][1]["domain"],
        "relay_recipient_maps": mx["recipients"],
        "relay_transport": f"relay:{mx['domains'][1]['delivery']['relay']}",
        "smtpd_sasl_path": submission["auth"]["path"],
        "smtpd_milters": f"{{ {profile['milters'][0]['socket']}, default_action=tempfail }}",
        "smtp_sasl_password_maps": outbound["credentials"],
        "smtp_tls_policy_maps": f"texthash:$config_directory/tls_policy, {outbound['mta_sts']}",
        "relayhost": outbound["relayhost"],
        "maximal_queue_lifetime": profile["limits"]["queue_lifetime"],
    }
    if mx["delivery"]["lmtp"].startswith("inet:"):
        protocols = values["smtp_tls_protocols"]
        values |= dict.fromkeys(["lmtp_tls_protocols", "lmtp_tls_mandatory_protocols"], protocols)
        values["lmtp_tls_policy_maps"] = "texthash:$config_directory/lmtp_tls_policy"
    if seconds(profile["limits"]["queue_lifetime"]) >= seconds(LIFETIME):
        del values["bounce_queue_lifetime"]
    return values | {name: text_of(value) for name, value in profile["main"].items()}


# --- master.cf ---


def listeners(profile: Mapping[str, Any]) -> Iterator[str]:
    interfaces = profile["interfaces"]
    for text, port in ((interfaces["wan"], 25), *((lan, 587) for lan in interfaces["lan"])):
        address = ip_interface(text).ip
        yield f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"


def services(profile: Mapping[str, Any]) -> Iterator[Service]:
    """Every service: those of the base, as this profile has them, and then its own."""
    names, changes = listeners(profile), dict(profile["services"])
    for one in master_of(base(screened=bool(profile["mx"]["postscreen"]))).services:
        role = "submission" if one.name.endswith(":587") else "mx"
        service = replace(one, name=next(names)) if one.type == "inet" else one
        if one.type == "inet" or one.key == "smtpd/pass":
            service = with_options(service, profile[role]["options"])
        change = changes.pop(service.key, {})
        if change is not None:
            yield changed(service, change)
    for key, change in changes.items():
        if change is not None:
            name, _, kind = key.rpartition("/")
            private = "n" if kind == "inet" else "y"
            yield changed(Service(name, kind, private, "y", "n", "-", "-", ""), change)


def with_options(service: Service, options: Mapping[str, Any]) -> Service:
    values = service.values | {name: text_of(value) for name, value in options.items()}
    settings = tuple(Setting(name, value) for name, value in values.items())
    return replace(service, options=settings)


def changed(service: Service, change: Mapping[str, Any]) -> Service:
    columns: dict[str, Any] = {}
    for key in ("private", "unprivileged", "chroot", "wakeup", "process_limit"):
        if key in change:
            value = change[key]
            columns[key] = {True: "y", False: "n"}[value] if isinstance(value, bool) else str(value)
    service = with_options(replace(service, **columns), change.get("options", {}))
    if "command" not in change:
        return service
    program, *words = re.findall(r"[^ ]+", change["command"])
    flags = 0
    while flags < len(words) and re.fullmatch(r"-[A-Za-np-z]+", words[flags]):
        flags += 1
    arguments = tuple(words[flags:])
    return replace(service, command=program, flags=tuple(words[:flags]), arguments=arguments)


def bare(service: Service) -> tuple[tuple[str, ...], dict[str, str], object]:
    """What a service is, apart from its place in the file."""
    return service.columns, service.values, (service.flags, service.arguments)


# --- the tables ---


def joined(value: str | list[str]) -> str:
    return ", ".join(value) if isinstance(value, list) else value


def tables(profile: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    mx, submission, outbound = profile["mx"], profile["submission"], profile["outbound"]
    (recipient,) = mx["domains"][2]["recipients"]
    policies = dict(outbound["policies"])
    same = [key for key in policies if key.lower() == outbound["relayhost"].lower()]
    if not same:
        policies[outbound["relayhost"]] = "encrypt"
    owner = submission["users"][0]
    found = {
        "virtual_aliases": list(aliases(profile)),
        "virtual_mailboxes": [(recipient, "OK")],
        "submission_clients": [(str(ip_network(submission["clients"][0])), "OK")],
        "submission_users": [(owner, "permit_sasl_authenticated")],
        "submission_senders": [(sender, owner) for sender in submission["senders"][owner]],
        "tls_policy": list(policies.items()),
        "sni": [(name, joined(files)) for name, files in profile["tls"]["sni"].items()],
    }
    if mx["delivery"]["lmtp"].startswith("inet:"):
        found["lmtp_tls_policy"] = [(mx["delivery"]["lmtp"].removeprefix("inet:"), "may")]
    if mx["postscreen"]:
        found["postscreen_access"] = list(mx["postscreen"]["access"].items())
    return {name: [(key.lower(), value) for key, value in of] for name, of in found.items()}


def aliases(profile: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    mx, defaults = profile["mx"], {"postmaster": "root", "abuse": "root"}
    every = {name: joined(targets) for name, targets in profile["aliases"].items()}
    every |= {name: root for name, root in defaults.items() if name not in every}
    if profile["hostname"] in [mx["domains"][0], mx["domains"][1]["domain"]]:
        # What is put behind a bare name is not local then.
        root = {} if "root" in map(str.lower, every) else {"root": "root"}
        every = {
            name: ", ".join(
                one if "@" in one else f"{one}@localhost" for one in targets.split(", ")
            )
            for name, targets in {**root, **every}.items()
        }
    yield from every.items()
    taken = {one.lower() for one in [*mx["domains"][2]["recipients"], *mx["aliases"]]}
    for name in defaults:
        if f"{name}@example.org" not in taken:
            yield f"{name}@example.org", every[name]
    for address, targets in mx["aliases"].items():
        yield address, joined(targets)
