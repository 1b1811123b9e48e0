"""The files of a host: which there are, and that nothing but the profile is in them."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import jinja2
import pytest

from postfix_profiles import render as rendering
from postfix_profiles.finding import Finding, Place, RejectedError, Severity
from postfix_profiles.render import HOOK, _bytecode_cache, checksums, digest, render
from postfix_profiles.tables import Table
from tests.rendered import (
    HOST,
    MX,
    SUBMISSION,
    TEMPLATES,
    entries,
    files,
    main_of,
    master_of,
    profile,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (HOST, ["main.cf", "master.cf"]),
        (MX, ["certbot-deploy-hook", "main.cf", "master.cf", "virtual_aliases"]),
        (
            SUBMISSION,
            [
                "certbot-deploy-hook",
                "main.cf",
                "master.cf",
                "submission_clients",
                "virtual_aliases",
            ],
        ),
    ],
    ids=["null client", "mx", "submission"],
)
def test_which_files_there_are(text: str, names: list[str], tmp_path: Path) -> None:
    made = files(tmp_path, text)
    assert made.hostname == "mail.example.com"
    assert sorted(made.contents) == ["SHA256SUMS", *names]


def test_the_tables_that_main_and_master_name_are_there_and_no_others(tmp_path: Path) -> None:
    text = SUBMISSION.replace("listen: lan", "listen: lan, users: [admin]")
    made = files(tmp_path, f"{text}mx: {{listen: lan}}\n")
    said = made.contents["main.cf"] + made.contents["master.cf"]
    tables = made.contents.keys() - {"main.cf", "master.cf", HOOK, "SHA256SUMS"}
    assert tables == {"virtual_aliases", "submission_clients", "submission_users"}
    assert all(said.count(f"$config_directory/{name}") == 1 for name in tables)
    assert said.count("$config_directory/") == len(tables)


def test_checksums_are_those_of_sha256sum(tmp_path: Path) -> None:
    contents = {"main.cf": "a = é\n", "access": ""}
    for name, text in contents.items():
        (tmp_path / name).write_bytes(text.encode())
    done = subprocess.run(
        ["sha256sum", "access", "main.cf"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert checksums(contents) == done.stdout


def test_the_checksums_of_a_host_are_of_all_its_other_files(tmp_path: Path) -> None:
    contents = dict(files(tmp_path, MX).contents)
    assert contents.pop("SHA256SUMS") == checksums(contents)


def test_a_digest_is_of_the_bytes_of_utf_8() -> None:
    assert digest("é") == hashlib.sha256(b"\xc3\xa9").hexdigest()


def test_the_same_profile_gives_the_same_bytes_wherever_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, other = files(tmp_path / "a", SUBMISSION), files(tmp_path / "b", SUBMISSION)
    assert one == other
    assert list(one.contents) == list(other.contents)
    assert str(tmp_path) not in "".join(one.contents.values())


def test_the_origin_has_every_setting_and_every_option(tmp_path: Path) -> None:
    made = files(tmp_path, f"{SUBMISSION}main: {{default_process_limit: 50}}\n")
    settings = {("", one.name) for one in main_of(made).settings}
    options = {
        (service.key, one.name) for service in master_of(made).services for one in service.options
    }
    assert made.origin.keys() == settings | options
    assert made.origin["", "default_process_limit"] == (("main", "default_process_limit"),)
    assert made.origin["", "myhostname"] == (("hostname",),)
    assert made.origin["192.168.1.25:587/inet", "smtpd_tls_security_level"] == (
        ("submission", "tls"),
    )
    assert made.origin["relay/unix", "syslog_name"] == ()


def test_a_host_of_many_domains_has_lines_that_can_be_read(tmp_path: Path) -> None:
    domains = ", ".join(f"a-long-name-{number}.example.com" for number in range(9))
    made = files(tmp_path, MX.replace("any", f"any, domains: [{domains}]"))
    for name in ("main.cf", "master.cf"):
        assert max(map(len, made.contents[name].splitlines())) <= 120


RELAYED = """
hostname: example.com
platform: debian-12
tls: {letsencrypt: example.com}
mx:
  listen: any
  delivery: {relay: "[10.0.0.5]:25"}
  recipients: [alice@example.com]
"""


def test_the_postmaster_of_a_host_whose_own_name_is_relayed_is_somebody(tmp_path: Path) -> None:
    """Mail for postmaster must not be taken, and then bounced by the inner host as for root."""
    made = files(tmp_path, RELAYED)
    assert "$myhostname" not in main_of(made).values["mydestination"].split(", ")
    assert entries(made.contents["virtual_aliases"]) == [
        ("root", "root@localhost"),
        ("postmaster", "root@localhost"),
        ("abuse", "root@localhost"),
        ("postmaster@example.com", "root@localhost"),
        ("abuse@example.com", "root@localhost"),
    ]


def test_the_way_to_an_inner_host_has_the_protocols_of_the_profile(tmp_path: Path) -> None:
    made = files(tmp_path, f"{RELAYED}outbound: {{tls: none}}\n")
    relay = master_of(made).by_key["relay/unix"]
    assert relay.values["smtp_tls_security_level"] == "may"
    assert "smtp_tls_protocols" in {**main_of(made).values, **relay.values}


# --- templates that do not fit ---


def refused(folder: Path, main: str | None, master: str = "") -> tuple[Finding, ...]:
    """What is found with templates of these texts, in ``folder``."""
    if main is not None:
        (folder / "main.cf.j2").write_text(main)
    (folder / "master.cf.j2").write_text(master)
    with pytest.raises(RejectedError) as caught:
        render(profile(folder, HOST), folder)
    return caught.value.findings


def error(path: Path, message: str) -> Finding:
    return Finding("template", Severity.ERROR, message, path=str(path))


def test_a_template_of_ones_own_is_used(tmp_path: Path) -> None:
    (tmp_path / "main.cf.j2").write_text("{{ section('Mine') }}\n{{ hostname }}\n")
    (tmp_path / "master.cf.j2").write_text("{{ columns() }}\n")
    made = render(profile(tmp_path, HOST), tmp_path)
    assert made.contents["main.cf"] == f"# --- Mine {87 * '-'}\nmail.example.com\n"
    assert made.origin == {}


def test_a_template_that_is_missing(tmp_path: Path) -> None:
    found = refused(tmp_path, None)
    assert found == (error(tmp_path / "main.cf.j2", "there is no such template"),)


def test_a_template_with_a_syntax_error_is_said_with_its_line(tmp_path: Path) -> None:
    found = refused(tmp_path, "a\nb\n{% if %}\n")
    message = "line 3: Expected an expression, got 'end of statement block'"
    assert found == (error(tmp_path / "main.cf.j2", message),)


def test_a_template_may_not_use_what_is_not_there(tmp_path: Path) -> None:
    found = refused(tmp_path, "", "{{ host_name }}\n")
    assert found == (error(tmp_path / "master.cf.j2", "'host_name' is undefined"),)


def test_a_template_may_not_print_a_control_character(tmp_path: Path) -> None:
    found = refused(tmp_path, "{{ 'a\\nb' }}\n")
    assert found == (error(tmp_path / "main.cf.j2", r"newline in 'a\nb'"),)


def test_a_template_may_not_print_a_service_that_postfix_refuses(tmp_path: Path) -> None:
    entry = "{{ service('25', 'inet', 'y', 'y', 'n', '-', '-', 'smtpd') }}\n"
    message = '25/inet: private is "y", and must be n for an inet service'
    assert refused(tmp_path, "", entry) == (Finding("bad-value", Severity.ERROR, message),)


def test_a_value_that_postfix_would_read_differently_is_refused(tmp_path: Path) -> None:
    found = refused(tmp_path, "{% call setting(biff='a\\nb') %}{% endcall %}\n")
    message = r"biff: the value holds the control character '\n'"
    assert found == (Finding("bad-value", Severity.ERROR, message, parameter="biff"),)


def test_a_table_that_postfix_would_read_differently_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Table("texthash", "transport", "Ways.", (("a", "b\nc"),))
    monkeypatch.setattr(rendering, "tables", lambda _: {"transport": broken})
    with pytest.raises(RejectedError) as caught:
        files(tmp_path, HOST)
    message = r"transport: 'b\nc' cannot stand in a table"
    place = Place(str(tmp_path / "mail.yaml"), 1, 1, 1, "hostname: mail.example.com")
    assert caught.value.findings == (Finding("bad-value", Severity.ERROR, message, place),)


def test_the_templates_of_the_repository_do_not_depend_on_where_they_are(tmp_path: Path) -> None:
    for template in TEMPLATES.iterdir():
        (tmp_path / template.name).write_bytes(template.read_bytes())
    found = profile(tmp_path, MX)
    assert render(found, tmp_path) == render(found, TEMPLATES)


# --- compiled templates ---------------------------------------------------------------------------


def test_compiled_templates_are_kept_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    cache = _bytecode_cache()
    assert isinstance(cache, jinja2.FileSystemBytecodeCache)
    assert cache.directory == str(tmp_path / "caches/postfix-profiles")
    assert Path(cache.directory).stat().st_mode & 0o777 == 0o700


def test_without_a_place_of_its_own_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of somebody else's could hold somebody else's code."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: tmp_path.stat().st_uid + 1)
    assert _bytecode_cache() is None


def test_without_a_home_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert _bytecode_cache() is None
