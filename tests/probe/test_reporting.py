from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from postfix_profiles.checks.check import Fault
from postfix_profiles.checks.places import ProfilePlaces
from postfix_profiles.finding import Finding, Place, Severity
from postfix_profiles.judging import rendered_host
from postfix_profiles.probe.contract import Contract
from postfix_profiles.probe.deriving import contract
from postfix_profiles.probe.probing import Verdict
from postfix_profiles.probe.reporting import outcome
from postfix_profiles.profile import Profile
from postfix_profiles.render import render
from postfix_profiles.report import Held
from tests.probe.held import MX, PROFILE, SUBMISSION
from tests.rendered import TEMPLATES, profile


def known(folder: Path, text: str = PROFILE) -> tuple[Contract, ProfilePlaces, Profile]:
    made = profile(folder, text)
    files = render(made, TEMPLATES)
    host = rendered_host(made, files)
    return contract(host, made), ProfilePlaces(made, files.origin, host.config), made


def verdict(made: Contract, which: int, id_: str, message: str = "", untried: str = "") -> Verdict:
    port = made.ports[which]
    promise = next(one for one in (port.reachable, *port.promises) if one.id == id_)
    fault = Fault(message, "mend it", promise.at, port.listener)
    return Verdict(port.label, promise, (fault,) if message else (), untried)


def test_finding_has_the_line_that_promised_it(tmp_path: Path) -> None:
    made, places, _ = known(tmp_path)
    found = outcome([verdict(made, SUBMISSION, "probe-login", "bob may send")], places)
    assert found.findings == (
        Finding(
            "probe-login",
            Severity.ERROR,
            "192.168.1.25:587: bob may send",
            Place(str(tmp_path / "mail.yaml"), 11, 10, 7, "  users: [admin]"),
            help="mend it",
            parameter="smtpd_relay_restrictions",
            listener="192.168.1.25:587",
        ),
    )
    assert found.titles == {
        "probe-login": "Who may send mail, and who may not, is not as the profile says."
    }
    assert found.summary() == "1 host: 1 error; 0 of 1 promises kept, 1 broken"
    assert found.failed(strict=False)


def test_words_of_postfix_are_the_line_where_the_profile_has_them(tmp_path: Path) -> None:
    text = f"{PROFILE}main:\n  smtpd_relay_restrictions: [permit]\n"
    made, places, _ = known(tmp_path, text)
    (found,) = outcome([verdict(made, MX, "probe-relay", "open")], places).findings
    assert found.place is not None
    assert found.place.excerpt == "  smtpd_relay_restrictions: [permit]"


def test_same_fault_of_several_listeners_is_one_finding(tmp_path: Path) -> None:
    made, places, _ = known(tmp_path)
    several = [
        replace(verdict(made, MX, "probe-vrfy", "it tells"), label=label)
        for label in ("a", "b", "a")
    ]
    (found,) = outcome(several, places).findings
    assert (found.message, found.listener) == ("a, b: it tells", "a, b")


def test_service_has_no_parameter(tmp_path: Path) -> None:
    made, places, _ = known(tmp_path)
    (found,) = outcome([verdict(made, MX, "probe-reachable", "dead")], places).findings
    assert found.parameter is None
    assert found.place is not None
    assert found.place.excerpt == "  listen: wan"


def test_what_was_not_tried_comes_last_and_does_not_fail(tmp_path: Path) -> None:
    made, places, _ = known(tmp_path)
    verdicts = [
        verdict(made, SUBMISSION, "probe-login", untried="no login"),
        verdict(made, MX, "probe-tls-lowest", "it is off"),
        verdict(made, MX, "probe-size"),
        verdict(made, MX, "probe-size", "another", untried="MAIL is refused"),
    ]
    found = outcome(verdicts, places)
    assert [(one.severity, one.message) for one in found.findings] == [
        (Severity.WARNING, "203.0.113.25:25: it is off"),
        (Severity.ERROR, "203.0.113.25:25: another"),
        (Severity.INFO, "192.168.1.25:587: not tried: no login"),
        (Severity.INFO, "203.0.113.25:25: not tried: MAIL is refused"),
    ]
    assert found.findings[2].where == str(tmp_path / "mail.yaml")
    assert found.summary() == (
        "1 host: 1 error, 1 warning; 1 of 4 promises kept, 2 broken, 1 not tried"
    )


def test_all_kept(tmp_path: Path) -> None:
    made, places, _ = known(tmp_path)
    found = outcome([verdict(made, MX, "probe-size")], places)
    assert (found.findings, found.summary()) == ((), "1 host: 1 of 1 promises kept")
    assert not found.failed(strict=True)


def test_every_promise_is_told_with_what_became_of_it(tmp_path: Path) -> None:
    made, places, _ = known(tmp_path)
    two = verdict(made, MX, "probe-size", "one", untried="MAIL is refused")
    verdicts = [
        verdict(made, MX, "probe-tls-lowest"),
        replace(two, faults=(*two.faults, replace(two.faults[0], message="another"))),
        verdict(made, SUBMISSION, "probe-login", untried="no login"),
    ]
    assert outcome(verdicts, places).promises == (
        Held("probe-tls-lowest", "203.0.113.25:25", "TLSv1.2", "kept"),
        Held("probe-size", "203.0.113.25:25", "", "broken", "one; another"),
        Held("probe-login", "192.168.1.25:587", "", "not tried", "no login"),
    )
