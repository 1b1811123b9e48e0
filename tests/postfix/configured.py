"""A configuration from the text of its two files."""

from __future__ import annotations

from collections.abc import Mapping

from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.catalogue.timeline import release
from postfix_profiles.postfix.config import Config
from postfix_profiles.postfix.service import Service


def configured(
    main: str = "",
    master: str = "",
    postfix: str = "3.7.11",
    defaults: Mapping[str, str] | None = None,
) -> Config:
    """Return what a release makes of a main.cf and a master.cf, both without a fault."""
    files = main_cf.parse(main), master_cf.parse(master)
    assert [problem for file in files for problem in file.errors] == []
    return Config(*files, catalogue(release(postfix)), defaults or {})


def smtpd(*options: str, name: str = "25", command: str = "smtpd") -> str:
    """Return an inet service of master.cf with these ``-o``."""
    return f"{name} inet n - n - - {command}" + "".join(
        f"\n  -o {{ {option} }}" for option in options
    )


def only_service(config: Config) -> Service:
    """Return the service of a master.cf that has one."""
    (service,) = config.master.services
    return service
