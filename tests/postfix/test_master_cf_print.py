"""How a service is printed, and that it is read back as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.master_cf import parse
from postfix_profiles.postfix.master_cf_print import (
    WIDTHS,
    column_widths,
    format_header,
    format_option,
    format_service,
)
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.words import is_balanced

SUBMISSION = Service("192.168.1.25:587", "inet", "n", "-", "y", "-", "-", "smtpd")
PIPE = Service("other", "unix", "-", "n", "n", "-", "10", "pipe")

words = st.one_of(
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="{}"), max_size=5),
    st.text(st.sampled_from("ab  #-=,$"), max_size=5),
)
# With braces that are in order.
texts = st.recursive(
    words,
    lambda inner: st.tuples(words, inner, words).map(lambda t: f"{t[0]}{{{t[1]}}}{t[2]}"),
    max_leaves=3,
).map(lambda text: text.strip(" "))
names = st.sampled_from(["smtpd_client_restrictions", "2bounce_notice_recipient", "a.b-c"])
services = st.builds(
    Service,
    name=st.sampled_from(["smtp", "[2001:db8::25]:587", "192.0.2.1:25", "private/a-b", "-"]),
    type=st.sampled_from(["unix", "unix-dgram", "fifo", "pass"]),
    private=st.sampled_from("yn-"),
    unprivileged=st.sampled_from("yn-"),
    chroot=st.sampled_from("yn-"),
    wakeup=st.sampled_from(["-", "0", "300?"]),
    process_limit=st.sampled_from(["-", "0", "100"]),
    command=st.sampled_from(["smtpd", "pipe", "/bin/a=#"]),
    options=st.lists(st.builds(Setting, names, texts), max_size=3).map(tuple),
    flags=st.lists(st.sampled_from(["-v", "-vv", "-D"]), max_size=2).map(tuple),
    arguments=st.lists(texts, max_size=3)
    .filter(lambda arguments: not arguments or arguments[0][:1] != "-")
    .map(tuple),
)


def without_places(service: Service) -> Service:
    options = tuple(Setting(option.name, option.value) for option in service.options)
    return replace(service, options=options, line=0, column=0)


@given(st.lists(services, max_size=2))
def test_what_is_printed_is_read_back(given_services: list[Service]) -> None:
    widths = column_widths(given_services)
    lines = [format_header(widths), *(format_service(s, widths) for s in given_services)]
    found = parse("\n".join(lines))
    assert [without_places(service) for service in found.services] == given_services
    assert found.errors == ()


@given(st.text(st.sampled_from("ab {}#=")).map(lambda text: text.strip(" ")))
def test_an_option_is_read_back_or_refused(value: str) -> None:
    """A lone brace is refused where it would hold words together, or let them fall apart."""
    try:
        line = format_option("name", value)
    except ValueError as error:
        line = str(error)
    if not is_balanced(value) and ("{" in value or " " in value):
        assert line == f"name: {value!r} has a brace without its partner"
        return
    (found,) = parse(f"smtp inet n - y - - smtpd\n{line}\n    -v\n").services
    assert (found.values, found.flags, found.arguments) == ({"name": value}, ("-v",), ())


def test_a_table() -> None:
    options = (
        Setting("syslog_name", "postfix/submission"),
        Setting("smtpd_client_restrictions", "permit_mynetworks, reject"),
        Setting("smtpd_sasl_path", ""),
        Setting("smtpd_banner", "${a?{b}:{c}}"),
    )
    submission = replace(SUBMISSION, options=options, flags=("-v",))
    pipe = replace(PIPE, arguments=("flags=DRhu", "argv=/bin/a", "b c", "", "#d", "{e}"))
    widths = column_widths([submission, pipe])
    printed = [format_header(widths), *(format_service(s, widths) for s in (submission, pipe))]
    assert "\n".join(printed).split("\n") == [
        "# service        type  private unpriv  chroot  wakeup  maxproc command",
        "192.168.1.25:587 inet  n       -       y       -       -       smtpd -v",
        "    -o syslog_name=postfix/submission",
        "    -o { smtpd_client_restrictions = permit_mynetworks, reject }",
        "    -o smtpd_sasl_path=",
        "    -o { smtpd_banner = ${a?{b}:{c}} }",
        "other            unix  -       n       n       -       10      pipe",
        "    flags=DRhu argv=/bin/a {b c} {} {#d} {{e}}",
    ]


def test_a_column_that_is_too_wide_keeps_its_distance() -> None:
    assert format_service(replace(PIPE, type="unix-dgram"), WIDTHS) == (
        "other     unix-dgram -       n       n       -       10      pipe"
    )


@pytest.mark.parametrize(
    ("service", "message"),
    [
        (replace(PIPE, name="a b"), "a b/unix: 'a b' cannot stand in a column"),
        (replace(PIPE, name="#a"), "#a/unix: '#a' cannot stand in a column"),
        (replace(PIPE, name="a\nb"), "a\nb/unix: 'a\\nb' cannot stand in a column"),
        (replace(PIPE, command=""), "other/unix: '' cannot stand in a column"),
        (replace(PIPE, command="{a"), "other/unix: '{a' cannot stand in a column"),
        (replace(PIPE, chroot="yes"), 'other/unix: chroot is "yes", and must be y, n or -'),
        (
            replace(SUBMISSION, name="[::1"),
            '[::1/inet: service "[::1" is no address and port: the "]" is missing',
        ),
        (replace(PIPE, flags=("-o",)), "other/unix: '-o' is no option"),
        (replace(PIPE, flags=("a",)), "other/unix: 'a' is no option"),
        (replace(PIPE, arguments=("-v",)), "other/unix: '-v' would be read as an option"),
        (
            replace(PIPE, arguments=("a\nb",)),
            "other/unix: the value holds the control character '\\n'",
        ),
        (
            replace(PIPE, arguments=("a} b",)),
            "other/unix: 'a} b' has a brace without its partner",
        ),
        (replace(PIPE, options=(Setting("a b", "c"),)), "'a b' is no parameter name"),
        (
            replace(PIPE, options=(Setting("a", "b\0"),)),
            "a: the value holds the control character '\\x00'",
        ),
        (replace(PIPE, options=(Setting("a", "{b"),)), "a: '{b' has a brace without its partner"),
        (
            replace(PIPE, options=(Setting("a", "b} c"),)),
            "a: 'b} c' has a brace without its partner",
        ),
    ],
)
def test_what_cannot_be_printed_is_refused(service: Service, message: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  the message is compared whole
        format_service(service)
    assert str(refused.value) == message
