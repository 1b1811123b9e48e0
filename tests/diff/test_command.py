"""What is compared: the folder of a host, another one, and the profile."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from postfix_profiles import rendered
from postfix_profiles.command_line import UsageError
from postfix_profiles.diff.command import difference
from postfix_profiles.diff.report import as_text
from postfix_profiles.platforms import platform
from postfix_profiles.render import SUMS, checksums
from tests.building import write_files
from tests.rendered import HOST, TEMPLATES

STAMP = "# main.cf of mail.example.com, for Postfix"
MASTER = "25 inet n y n - - smtpd\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def folders(ours: str, theirs: str) -> None:
    """A host of generated/, and a folder etc, with these main.cf."""
    write_files(
        {
            "generated/mail.example.com/main.cf": ours,
            "generated/mail.example.com/master.cf": MASTER,
            "etc/main.cf": theirs,
            "etc/master.cf": MASTER,
        }
    )


def said(host: str = "mail.example.com") -> list[str]:
    return as_text(difference(host, Path("etc"), Path("generated"))).splitlines()


@pytest.mark.parametrize(
    ("stamp", "meant"),
    [
        ("3.7.11 (debian-12)", "Postfix 3.7.11 (debian-12)"),
        ("3.7.9 (debian-12)", "Postfix 3.7.9 (debian-12)"),
        ("3.8.6 (alpine packaging)", "Postfix 3.8.6 (alpine packaging)"),
    ],
)
def test_the_platform_is_the_one_that_main_cf_was_rendered_for(stamp: str, meant: str) -> None:
    folders(f"{STAMP} {stamp}\n#\n", f"{STAMP} 3.5.25 (rhel-9)")
    assert f"note: etc is for Postfix 3.5.25 (rhel-9), generated/mail.example.com for {meant}" in (
        said()
    )


def test_a_folder_that_nobody_rendered_runs_on_the_same_platform() -> None:
    folders(f"{STAMP} 3.5.25 (rhel-9)\n", "")
    assert said() == ["etc means the same as generated/mail.example.com"]


def test_a_platform_can_be_named_for_what_does_not_say_its_own() -> None:
    folders(f"{STAMP} 3.7.11 (debian-12)\n", "")
    found = difference("mail.example.com", Path("etc"), Path("generated"), platform("debian-11"))
    assert found.remarks == (
        (
            "etc is for Postfix 3.5.25 (debian-11), "
            "generated/mail.example.com for Postfix 3.7.11 (debian-12)"
        ),
    )


@pytest.mark.parametrize("ours", ["", f"{STAMP} 3.7.11 (beos-5)\n"])
def test_without_any_platform_nothing_can_be_compared(ours: str) -> None:
    folders(ours, "")
    with pytest.raises(UsageError) as caught:
        said()
    assert str(caught.value) == (
        "generated/mail.example.com does not say which Postfix it is for; name its --platform"
    )


@pytest.mark.parametrize(
    ("host", "message"),
    [
        ("mail.example.con", "did you mean mail.example.com?"),
        ("xyzzy", "there are mail.example.com"),
        ("", "there are mail.example.com"),
        ("..", "there are mail.example.com"),
        ("../etc", "there are mail.example.com"),
    ],
)
def test_of_an_unknown_host_the_nearest_name_is_said(host: str, message: str) -> None:
    folders("", "")
    with pytest.raises(UsageError) as caught:
        said(host)
    assert str(caught.value) == f"there is no host {host} in generated; {message}"


def test_in_an_empty_folder_there_is_no_host_at_all() -> None:
    with pytest.raises(UsageError) as caught:
        said()
    assert str(caught.value) == "there is no host mail.example.com in generated; it has none"


def test_a_folder_without_a_configuration_cannot_be_read() -> None:
    folders(f"{STAMP} 3.7.11 (debian-12)\n", "")
    Path("etc/master.cf").unlink()
    with pytest.raises(FileNotFoundError):
        said()


def test_a_table_of_its_own_is_read_whatever_its_size() -> None:
    folders(f"{STAMP} 3.7.11 (debian-12)\n", f"{STAMP} 3.7.11 (debian-12)\n")
    for folder, last in (("etc", "z OK"), ("generated/mail.example.com", "z REJECT")):
        text = f"{'a' * 1_000_000} OK\n{last}\n"
        write_files({f"{folder}/clients": text, f"{folder}/{SUMS}": checksums({"clients": text})})
    assert said()[2:] == ["", "clients", "- z OK", "+ z REJECT", "", "would change: 1 file"]


def test_a_table_that_is_listed_and_gone_is_put_back() -> None:
    folders(f"{STAMP} 3.7.11 (debian-12)\n", f"{STAMP} 3.7.11 (debian-12)\n")
    sums = checksums({"clients": "a OK\n"})
    write_files({"generated/mail.example.com/clients": "a OK\n", "etc/SHA256SUMS": sums})
    write_files({f"generated/mail.example.com/{SUMS}": sums})
    assert said()[2:] == ["", "clients", "+ 1 line", "", "would change: 1 file"]


def test_the_profile_is_a_third_side() -> None:
    write_files({"mail.yaml": f"{HOST}limits: {{message_size: 20000000}}\n"})
    asked = rendered.load(Path("mail.yaml"), TEMPLATES)
    folder = Path("generated/mail.example.com")
    write_files({str(folder / name): text for name, text in asked.files.contents.items()})
    shutil.copytree(folder, "etc")
    write_files({"mail.yaml": f"{HOST}limits: {{message_size: 10000000}}\n"})
    found = difference(
        "mail.example.com",
        Path("etc"),
        Path("generated"),
        asked=lambda: rendered.load(Path("mail.yaml"), TEMPLATES),
    )
    assert as_text(found) == (
        "profile    mail.yaml\n"
        "committed  generated/mail.example.com\n"
        "live       etc\n"
        "\n"
        "main.cf: message_size_limit\n"
        "  profile: 10000000\n"
        "  committed and live: 20000000\n"
        "\n"
        "1 thing is not the same everywhere\n"
    )


def test_a_profile_in_error_cannot_be_compared() -> None:
    folders(f"{STAMP} 3.7.11 (debian-12)\n", "")
    write_files({"mail.yaml": f"{HOST}ipv6: 6\n"})
    with pytest.raises(UsageError) as caught:
        difference(
            "mail.example.com",
            Path("etc"),
            Path("generated"),
            asked=lambda: rendered.load(Path("mail.yaml"), TEMPLATES),
        )
    assert str(caught.value) == (
        "the profile is in error\n"
        "mail.yaml:3:7: error[wrong-type]: ipv6 is 6; it must be true or false\n"
        "   3 | ipv6: 6\n"
        "     |       ^\n"
        "   help: write true or false"
    )
