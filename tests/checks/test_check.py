"""A check as it is registered: its id, severity, family and manual; two of one id are a mistake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from postfix_profiles.checks import check as registry
from postfix_profiles.checks.check import Check, Fault, check, error, info, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.finding import Severity


def too_new(host: Host) -> Iterator[Fault]:
    """The host is too new.

    Why: because
    it is.

    Fires: on new hosts.

    Does not fire: on Fires: or old ones.

    Fix: wait.

    Source: none.
    """
    yield Fault("m", "h", host.value("mail_version"))


@pytest.fixture(autouse=True)
def _empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "CHECKS", {})


def test_a_function_is_registered_under_its_id_and_stays_what_it_is() -> None:
    assert error("too-new", needs="profile")(too_new) is too_new
    assert {"too-new": Check("too-new", Severity.ERROR, too_new, "profile")} == registry.CHECKS


def test_the_severity_is_in_the_name_of_the_decorator() -> None:
    for decorate, severity in (
        (error, Severity.ERROR),
        (warning, Severity.WARNING),
        (info, Severity.INFO),
    ):
        decorate(str(severity))(too_new)
        assert registry.CHECKS[str(severity)].severity is severity


def test_an_id_is_taken_once() -> None:
    check("too-new", Severity.INFO)(too_new)
    with pytest.raises(ValueError, match=r"^there are two checks too-new$"):
        error("too-new")(too_new)


def test_the_docstring_is_the_title_and_the_manual() -> None:
    made = Check("too-new", Severity.ERROR, too_new)
    assert (made.title, made.family) == ("The host is too new.", "test_check")
    assert made.manual == (
        ("Why", "because it is."),
        ("Fires", "on new hosts."),
        ("Does not fire", "on Fires: or old ones."),
        ("Fix", "wait."),
        ("Source", "none."),
    )


def test_a_function_without_a_docstring_has_no_manual() -> None:
    def silent(_: Host) -> Iterator[Fault]:
        return iter(())

    made = Check("silent", Severity.INFO, silent)
    assert (made.title, made.manual) == ("", ())
