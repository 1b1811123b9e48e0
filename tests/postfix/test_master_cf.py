"""master.cf: what Postfix reads in it, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postfix_profiles.postfix.logical_lines import SyntaxProblem
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.master_cf import options_view, parse, table_view
from postfix_profiles.postfix.service import Service

SMTP = "smtp inet n - y - - smtpd"
PIPE = "other unix - n n - 10 pipe"
NOTHING = "the program sees no name=value"
DIFFERS = "postconf reads it otherwise"

pieces = [f"\n{SMTP}", f"\n{PIPE}", *" \n#{}=\0", "\n ", " -o ", " -v", "a=b", "-oa="]
files = st.lists(st.sampled_from(pieces)).map("".join)


def service(arguments: str, entry: str = SMTP) -> Service:
    """The one service of a file; its arguments may stand on several lines."""
    (found,) = parse(f"{entry} {arguments}\n").services
    return found


def options(arguments: str) -> list[tuple[str, str]]:
    return [(option.name, option.value) for option in service(arguments).options]


def errors(arguments: str, entry: str = SMTP) -> list[tuple[str, int, bool]]:
    """What is wrong: the message, the offset in the arguments, whether fatal."""
    found = parse(f"{entry} {arguments}\n").errors
    return [(error.message, error.column - len(entry) - 2, error.fatal) for error in found]


def test_the_columns_are_kept_as_they_are_written() -> None:
    found = parse("# a\n\nsmtp\tinet  n - y 60? 1\n\n#b\n  smtpd\n")
    assert found.services == (
        Service("smtp", "inet", "n", "-", "y", "60?", "1", "smtpd", line=3, column=1),
    )
    assert found.errors == ()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("-o a=b", [("a", "b")]),
        ("-o a=b -o c=d", [("a", "b"), ("c", "d")]),
        ("-o a=b -o a=c", [("a", "b"), ("a", "c")]),
        ("-o a=", [("a", "")]),
        ("-o a=b,c", [("a", "b,c")]),
        ("-o a==b", [("a", "=b")]),
        ("-o\n   a=b\n# c\n\n\t-o c=d", [("a", "b"), ("c", "d")]),
        ("-o { a = b, c }", [("a", "b, c")]),
        ("-o {a=b c}", [("a", "b c")]),
        ("-o { a = }", [("a", "")]),
        ("-o { a = b,\n\n  c }", [("a", "b,  c")]),
        ("-o { a = ${b?{c d}:{e}} }", [("a", "${b?{c d}:{e}}")]),
        ("-o a={b c}{d}e", [("a", "{b c}{d}e")]),
        ("-o a=b}", [("a", "b}")]),
        ("-oa=b", [("a", "b")]),
        ("-va -vo a=b -voa=c", [("a", "b"), ("a", "c")]),
        ("-o { {a = b}}", [("{a", "b}")]),
        ('-o a="b', [("a", '"b')]),
        ("-o a=b\r\n -o c=d\r", [("a", "b"), ("c", "d")]),
        ("x -o a=b", []),
        ("-- -o a=b", []),
    ],
)
def test_options(arguments: str, expected: list[tuple[str, str]]) -> None:
    assert options(arguments) == expected


def test_an_option_without_braces_takes_one_word() -> None:
    """And the program takes the next for an argument, behind which it looks for no option."""
    found = service("-o a=b c -o d=e")
    assert found.options == (Setting("a", "b", 1, 30, 1, 32),)
    assert found.arguments == ("c", "-o", "d=e")
    assert errors("-o a=b c -o d=e") == []


def test_quotes_hold_nothing_together() -> None:
    found = service("-o 'a=b c'")
    assert [(option.name, option.value) for option in found.options] == [("'a", "b")]
    assert found.arguments == ("c'",)


def test_flags_stand_before_the_arguments() -> None:
    found = service("-v -o a=b -D -vv flags=DRhu -v", PIPE)
    assert found.flags == ("-v", "-D", "-vv")
    assert found.arguments == ("flags=DRhu", "-v")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("flags=DRhu user=a argv=/b c", ("flags=DRhu", "user=a", "argv=/b", "c")),
        ("argv=/b { c  d } {{e}} {} f{g h}", ("argv=/b", "c  d", "{e}", "", "f{g h}")),
        ("argv=/b #c", ("argv=/b", "#c")),
        ("argv=/b\n#c\n\n  d", ("argv=/b", "d")),
        ("- -v", ("-", "-v")),
        ("-- -v", ("--", "-v")),
    ],
)
def test_arguments(arguments: str, expected: tuple[str, ...]) -> None:
    assert service(arguments, PIPE).arguments == expected


def test_places_of_options() -> None:
    found = service("-v\n  -o a=b\n  -o { c = d,\n\te }")
    assert found.options == (
        Setting("a", "b", 2, 6, 2, 8),
        Setting("c", "d,\te", 3, 8, 3, 12, ((2, 4),)),
    )
    assert found.options[1].place(3) == (4, 2)


def test_services_of_one_key_are_all_kept_and_the_last_counts() -> None:
    found = parse(f"{SMTP} -v\n{PIPE}\n{SMTP} -D\n")
    assert [one.flags for one in found.services] == [("-v",), (), ("-D",)]
    assert {key: one.flags for key, one in found.by_key.items()} == {
        "smtp/inet": ("-D",),
        "other/unix": (),
    }


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("-o", [("there is no name=value behind this -o", 0, True)]),
        ("-v -o a", [('"=" is missing after "a"', 6, True)]),
        ("-o a = b", [('"=" is missing after "a"', 3, True)]),
        ("-o =b", [('the name before "=" is missing', 3, True)]),
        ("-o {}", [('the name before "=" is missing', 4, True)]),
        ("-o {a b}", [('"=" is missing after "a"', 4, True)]),
        ("-o {a=b", [('the "}" for this "{" is missing', 3, True)]),
        ("-o {a=b}c", [('a blank is missing before "c"', 8, True)]),
        ("{a", [('the "}" for this "{" is missing', 0, True)]),
        ("{a}{b}", [('a blank is missing before "{b}"', 3, True)]),
        ("-o a={b -v", [('a "}" is missing: this word takes all that follows', 3, False)]),
        ("-o{ a = b }", [(f'a blank is missing before the "{{": {NOTHING}', 2, True)]),
        ("-ono=a", [(f'a blank is missing before "no=a": {DIFFERS}', 2, False)]),
        ("-vx -v", [('no program of Postfix has an option "-x"', 2, True)]),
        ("-i 5", [('the option "-i" is for master(8) to give, not for master.cf', 1, False)]),
        ("- a", [(f'the program ends its options at this "-"; {DIFFERS}', 0, False)]),
        ("{ -v }", [(f"the program sees an option in these braces; {DIFFERS}", 0, False)]),
    ],
)
def test_errors_in_the_arguments(arguments: str, expected: list[tuple[str, int, bool]]) -> None:
    assert errors(arguments) == expected


def test_every_error_is_reported_and_the_rest_is_read() -> None:
    found = parse(
        f" a\nsmtp inet n\n{SMTP} -o a -o b=c\n[::1 inet y - - ? - smtpd -o d=e\n"
        "a{b c} unix - - - - - d\n"
    )
    assert [one.key for one in found.services] == ["smtp/inet", "[::1/inet", "a{b c}/unix"]
    assert [one.values for one in found.services] == [{"b": "c"}, {"d": "e"}, {}]
    columns = "service type private unpriv chroot wakeup maxproc command"
    assert found.errors == (
        SyntaxProblem(
            "Postfix drops this: it begins with a blank, and there is no entry before it",
            1,
            2,
            fatal=False,
        ),
        SyntaxProblem(f"3 of 8 columns: {columns}", 2, 1),
        SyntaxProblem('"=" is missing after "a"', 3, 30),
        SyntaxProblem('service "[::1" is no address and port: the "]" is missing', 4, 1),
        SyntaxProblem('private is "y", and must be n for an inet service', 4, 11),
        SyntaxProblem(
            'wakeup is "?", and must be a number of seconds, perhaps with a ?, or -', 4, 17
        ),
        SyntaxProblem("braces hold words together only behind the command", 5, 1),
    )


def test_the_view_of_postconf_M() -> None:  # noqa: N802  the option is called so
    found = parse(f"{SMTP} -o {{ a = b c }} -v d\n{PIPE}\n")
    assert table_view(found) == (
        (*SMTP.split(), "-v", "-o", "a=b c", "d"),
        tuple(PIPE.split()),
    )


def test_the_view_of_postconf_P() -> None:  # noqa: N802  the option is called so
    """Services of one key share their options there, from the first on that has some."""
    found = parse(f"{SMTP}\n{SMTP} -o c=1 -o a=2\n{PIPE} -o d=3\n{SMTP} -o a=4\n")
    shared = (("smtp/inet", "a", "4"), ("smtp/inet", "c", "1"))
    assert options_view(found) == (*shared, ("other/unix", "d", "3"), *shared)


@given(files)
def test_any_text_is_read_and_each_option_stands_where_its_place_says(text: str) -> None:
    lines = text.split("\n")
    found = parse(text)
    for error in found.errors:
        assert lines[error.line - 1]
    for one in found.services:
        assert lines[one.line - 1].startswith(one.name)
        for option in one.options:
            assert lines[option.line - 1][option.column - 1 :].startswith(option.name[0])
            for offset, character in enumerate(option.value):
                line, column = option.place(offset)
                assert lines[line - 1][column - 1] == character
