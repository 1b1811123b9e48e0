"""The least that a script would do, to compare the tool with: load, validate, render, write.

No positions, no merging, no checks of its own, no comparison with the disk. It renders the tool's
templates with the simplest functions that they can do with.

    python -m tests.bench_minimal PROFILES TEMPLATES OUTPUT
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jsonschema import Draft202012Validator

SCHEMA = Path(__file__).parents[1] / "src" / "postfix_profiles" / "schema.json"


def main() -> None:
    """Render every profile of a folder that needs no merging: two networks, MX and submission."""
    profiles, templates, output = (Path(argument) for argument in sys.argv[1:])
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  configuration files are not HTML
    )
    pages = [environment.get_template(name) for name in ("main.cf.j2", "master.cf.j2")]
    for path in sorted(profiles.glob("*.yaml")):
        profile = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        validator.validate(profile)
        variables = {**FUNCTIONS, **context(profile)}
        folder = output / profile["hostname"]
        folder.mkdir(parents=True)
        for page in pages:
            (folder / str(page.name).removesuffix(".j2")).write_text(page.render(variables))


NOTHING = dict.fromkeys(
    ("recipient_delimiter", "dnsbl", "postscreen", "policy_services", "senders", "hide_client")
)


def context(profile: dict[str, Any]) -> dict[str, Any]:
    """What the templates ask for, for the one kind of profile that the benchmark has."""
    wan, lan = profile["interfaces"]["wan"], profile["interfaces"]["lan"]
    mx = [f"{one.split('/')[0]}:25" for one in wan]
    submission = f"{lan.split('/')[0]}:587"
    return {
        **profile,
        **CONSTANT,
        "profile": {
            "domains": [{"name": name} for name in profile["mx"]["domains"]],
            "is_named_locally": True,
            "wrapped_relayhost": False,
        },
        "mx": {**NOTHING, "tls": "may", "auth": False, "mailbox": "mbox", **profile["mx"]},
        "submission": {**NOTHING, "tls": "encrypt", **profile["submission"]},
        "mx_listeners": [{"service": one, "endpoint": one} for one in mx],
        "mx_sessions": [(one, "inet") for one in mx],
        "submission_listeners": [
            {"service": submission, "endpoint": submission, "implicit_tls": False}
        ],
        "destinations": ["$myhostname", "localhost", *profile["mx"]["domains"]],
        "tls_files": {
            "chain": None,
            "cert": profile["tls"]["certificate"],
            "key": profile["tls"]["key"],
        },
    }


class Platform:
    """A platform that has everything."""

    compatibility_level = "3.6"
    chroot = True
    ca_file = "/etc/ssl/certs/ca-certificates.crt"
    maps = ("hash",)

    @staticmethod
    def has(_: str) -> bool:
        """Say yes."""
        return True


CONSTANT: dict[str, Any] = {
    "outbound": {"tls": "may", "relayhost": None, "credentials": None, "mta_sts": None},
    "limits": dict.fromkeys(
        ("message_size", "queue_lifetime", "bounce_lifetime", "recipients", "connections")
        + ("messages", "auth_attempts"),
    )
    | {"mailbox_size": 0},
    "domain": "example.com",
    "platform": Platform,
    "null_client": False,
    "ipv6": True,
    "log_file": "",
    "submission_clients": ["192.168.1.0/24"],
    "virtual_mailbox_domains": [],
    "relay_domains": [],
    "recipient_maps": {"local": []},
    "recipient_rules": [],
    "verify_recipients": False,
    "mx_is_trusted": ["permit_mynetworks"],
    "postscreen": None,
    "milters": [],
    "hide_client": False,
    "bind": {},
    "dnssec": False,
    "tls_policy_maps": [],
    "tables": {
        name: f"texthash:$config_directory/{name}"
        for name in ("virtual_aliases", "submission_clients", "submission_users")
    },
    "mynetworks": ["127.0.0.0/8"],
    "forbid_bare_newline": "normalize",
    "tls_protocols": ">=TLSv1.2",
    "tls_server": True,
    "sasl": {"type": "dovecot", "path": "private/auth"},
    "sasl_server": True,
    "proxy_interfaces": None,
}


def setting(caller: Callable[[], str], **settings: Any) -> str:
    """Print the reason as it stands in the template, and the settings."""
    lines = [f"{name} = {_text(value)}" for name, value in settings.items()]
    return f"# {caller().strip()}\n" + "\n".join(lines) + "\n"


def option(caller: Callable[[], str], **options: Any) -> str:
    """Print options as master.cf has them."""
    lines = [f"    -o {{ {name} = {_text(value)} }}" for name, value in options.items()]
    return f"    # {caller().strip()}\n" + "\n".join(lines) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(item for item in value if item)
    return {True: "yes", False: "no"}.get(value, str(value)) if value in (True, False) else value


def service(*columns: str, caller: Callable[[], str] | None = None) -> str:
    """Print an entry of master.cf."""
    return " ".join(columns) + "\n" + (caller() if caller else "")


FUNCTIONS: dict[str, Any] = {
    "section": lambda title: f"# --- {title}",
    "setting": setting,
    "option": option,
    "remaining": list,
    "columns": lambda: "# service type private unpriv chroot wakeup maxproc command",
    "service": service,
    "remaining_services": list,
    "note": lambda text: f"# {text}",
}


if __name__ == "__main__":
    main()
