"""Passwords that stand where they can be read."""

from __future__ import annotations

from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host

_TABLES = {"smtp_sasl_password_maps", "lmtp_sasl_password_maps"}
_OF_TABLES = ("_password", "_bind_pw")
"""How the names of old end that tell a table of ldap, mysql or pgsql how to log in."""


@error("secret-inline")
def secret_inline(host: Host) -> Iterator[Fault]:
    """A password stands in main.cf or master.cf.

    Why: everyone on the host can read main.cf and master.cf, and postconf shows them; with the
    configuration in git the password is also in every clone and stays in its history. No client can
    see it: who reads the files is not connected to the host.

    Fires: on smtp_sasl_password_maps or lmtp_sasl_password_maps with a static: or inline: table
    that holds a password, and on a parameter for a table of ldap, mysql or pgsql that ends in
    _password or _bind_pw.

    Does not fire: on the name of a table that is a file, and where the password is an empty $name,
    as in a template.

    Fix: put it into a file that only root can read, name that file (outbound.credentials of a
    profile), keep it out of git, and change the password.

    Source: SASL_README, configuring SASL authentication in the SMTP client; mysql_table(5).
    """
    for service, setting in host.config.written():
        is_list = setting.name in _TABLES
        if not is_list and not _is_of_table(host, setting.name):
            continue
        value = host.config.of_setting(setting, service)
        if any(map(_holds_password, value.items)) if is_list else value.text:
            yield Fault(
                f"a password stands in {setting.name}, where everyone on the host and everyone "
                f"with the repository can read it",
                f"put it into a file that only root can read, {_elsewhere(setting.name)}, and "
                f"change the password",
                value,
            )


def _elsewhere(parameter: str) -> str:
    if parameter in _TABLES:
        return f"as in {parameter} = texthash:/etc/postfix/sasl_passwd"
    return "and name that file as the table, as in mysql:/etc/postfix/accounts.cf"


def _is_of_table(host: Host, name: str) -> bool:
    """Say whether a name tells a table how to log in; no parameter of Postfix does."""
    return name.endswith(_OF_TABLES) and host.config.catalogue.parameter(name) is None


def _holds_password(table: str) -> bool:
    """Say whether a table holds ``name:password`` itself."""
    kind, _, text = table.removeprefix("proxy:").partition(":")
    if kind == "inline":
        text = text.partition("=")[2]
    elif kind != "static":
        return False
    return bool(text.strip("{} ").partition(":")[2])
