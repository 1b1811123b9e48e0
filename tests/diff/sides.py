"""Two configurations from a few lines each, and what is said of the way from one to the other."""

from __future__ import annotations

from collections.abc import Mapping

from postfix_profiles.checks.host import Host
from postfix_profiles.diff.change import Difference
from postfix_profiles.diff.comparing import Side, compare
from postfix_profiles.diff.report import as_text
from postfix_profiles.platforms import platform
from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.config import Config
from postfix_profiles.render import SUMS, checksums

MAIN = "myhostname = mail.example.com\nmydestination = example.com\ninet_interfaces = all\n"
MASTER = "25 inet n y n - - smtpd\n587 inet n y n - - smtpd\nsmtp unix n y n - - smtp\n"

HEAD = ["--- live", "+++ git"]


def side(
    name: str = "git",
    main: str = "",
    master: str = MASTER,
    files: Mapping[str, str] | None = None,
    *,
    on: str = "debian-12",
    base: str = MAIN,
) -> Side:
    """A host whose main.cf has MAIN and these lines, and whose SHA256SUMS lists these files."""
    named = platform(on)
    texts = {"main.cf": f"{base}{main}", "master.cf": master, **(files or {})}
    config = Config(
        main_cf.parse(texts["main.cf"]),
        master_cf.parse(master),
        catalogue(named.postfix, named.added),
        named.defaults,
    )
    return Side(name, Host(config, named, files or {}), {**texts, SUMS: checksums(texts)})


def difference(before: Side, after: Side) -> Difference:
    """What deploying one over the other would change."""
    return compare("mail.example.com", before, after)


def of_main(before: str, after: str, master: str = MASTER) -> list[str]:
    """The lines of the report for two texts that follow MAIN, without the names of the sides."""
    return said(side("live", before, master), side("git", after, master))


def of_master(before: str, after: str, main: str = "") -> list[str]:
    """The lines of the report for two texts of master.cf."""
    return said(side("live", main, before), side("git", main, after))


def said(before: Side, after: Side) -> list[str]:
    """The lines of the report, without the names of the sides and what opens or closes."""
    lines = as_text(difference(before, after)).splitlines()
    return [line for line in lines if line and line not in HEAD]
