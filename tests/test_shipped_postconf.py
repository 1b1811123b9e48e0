"""What the real postconf reads in rendered files: the same as our parsers, without a complaint."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.platforms import names, platform
from postfix_profiles.postfix.master_cf import options_view, table_view
from postfix_profiles.render import Files, render
from tests.postfix import comparison
from tests.postfix.comparison import Answer, one_blank, table_line
from tests.real_postfix import RealPostfix, installed, why_none
from tests.rendered import GOLDEN, PROFILES, TEMPLATES, main_of, master_of, read

CASES = [
    pytest.param(path, postfix, id=f"{name}-{postfix.release}{'-root' if postfix.root else ''}")
    for path in (*PROFILES, *GOLDEN)
    for name in [path.stem if path in PROFILES else path.parent.name]
    for postfix in installed()
    if postfix.version == read(path).platform.postfix[:2]
]


def test_every_release_that_a_platform_runs_has_a_profile() -> None:
    """So that a machine with any of them has something to compare."""
    profiles = {read(path).platform.postfix[:2] for path in (*PROFILES, *GOLDEN)}
    assert {platform(name).postfix[:2] for name in names()} <= profiles


def answer(postfix: RealPostfix, made: Files, option: str) -> Answer:
    """What postconf prints of a host's files; it has nothing to complain of."""
    pair = made.contents["main.cf"], made.contents["master.cf"]
    (found,) = comparison.ask(postfix, [pair], option)
    assert (found.status, found.complaints) == (0, "")
    return found


@pytest.mark.postfix
@pytest.mark.skipif(not installed(), reason=why_none())
@pytest.mark.parametrize(("path", "postfix"), CASES)
def test_postconf_reads_what_we_do(path: Path, postfix: RealPostfix) -> None:
    made = render(read(path), TEMPLATES)
    main, master = main_of(made), master_of(made)
    assert comparison.settings(answer(postfix, made, "-n")) == {
        name: one_blank(value) for name, value in main.values.items()
    }
    assert comparison.table(answer(postfix, made, "-M")) == tuple(
        table_line(words) for words in table_view(master)
    )
    assert comparison.options(answer(postfix, made, "-P")) == tuple(
        (key, name, one_blank(value)) for key, name, value in options_view(master)
    )
