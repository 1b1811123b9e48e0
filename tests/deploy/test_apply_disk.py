"""deploy/apply on a disk that gives out halfway: all is done, or all undone."""

from __future__ import annotations

import pytest

from tests.deploy.server import Server, contents, done

# From the moment that the journal is there, there is no room for another file or another name.
FULL = """\
full() { [ ! -e "$FAKE/etc/.postfix-profiles/journal" ] || { echo "$1: no room" >&2 && false; }; }
cp() { full cp && command cp "$@"; }
ln() { full ln && command ln "$@"; }
"""
# A file cannot be replaced, as one that is immutable.
HELD = """\
mv() {{
    for last; do :; done
    [ "$last" != "$FAKE/etc/{name}" ] || {{ echo "mv: not permitted" >&2 && return 1; }}
    command mv "$@"
}}
"""
# From the moment that main.cf is to be replaced, nothing can be.
READ_ONLY = """\
mv() {
    for last; do :; done
    [ "$last" != "$FAKE/etc/main.cf" ] || : >"$FAKE/read-only"
    [ ! -e "$FAKE/read-only" ] || { echo "mv: read-only" >&2 && return 1; }
    command mv "$@"
}
"""


@pytest.fixture(autouse=True)
def before(server: Server) -> dict[str, str]:
    """A host with one table more, and one table other, than the next folder."""
    server.apply(server.rendered(tables={"gone": "x\n", "virtual": "a@example.com a\n"}))
    server.calls()
    return server.live()


def test_files_are_put_in_place_without_room(server: Server) -> None:
    folder = server.rendered()
    assert server.apply(folder, before=FULL) == done(server)
    assert server.live() == contents(folder)


def test_files_are_put_back_without_room(server: Server, before: dict[str, str]) -> None:
    folder = server.rendered(banner="421 4.3.0 problem", tables={"added": "x\n"})
    reason = f"127.0.0.1:{server.port} greets with 421 4.3.0 problem"
    assert server.apply(folder, before=FULL) == rolled_back(reason)
    assert server.live() == before
    assert left(server) == {"apply", "lock", "original", "previous"}


@pytest.mark.parametrize("name", ["virtual", "main.cf"])
def test_file_that_cannot_be_replaced(server: Server, before: dict[str, str], name: str) -> None:
    """It is as it was, and those that were put in place before it are put back."""
    folder = server.rendered(banner="220 newer")
    assert server.apply(folder, before=HELD.format(name=name)) == rolled_back(
        f"cannot put {name} in place: mv: not permitted"
    )
    assert server.live() == before
    assert server.calls() == ["reload"]
    assert left(server) == {"apply", "lock", "original", "previous"}


def test_what_was_done_cannot_be_noted(server: Server, before: dict[str, str]) -> None:
    """The next apply would undo it, with what runs by then: it is undone now."""
    held = HELD.format(name=".postfix-profiles/committed")
    assert server.apply(server.rendered(banner="220 newer"), before=held) == rolled_back(
        f"cannot write to {server.state}: mv: not permitted"
    )
    assert server.live() == before
    assert server.calls() == ["reload", "reload"]


def test_nothing_can_be_replaced_any_more(server: Server, before: dict[str, str]) -> None:
    """It is said, and not that all is well; what is left to do is done when it can be."""
    folder = server.rendered(banner="220 newer")
    assert server.apply(folder, before=READ_ONLY) == (
        1,
        "",
        (
            "apply: not rolled back: cannot put main.cf in place: mv: read-only; "
            f"{server.etc} is not as it was: mv: read-only; "
            "when that is mended, run apply --recover\n"
        ),
    )
    assert server.live() != before
    assert server.calls() == []
    note = "apply: note: an apply was interrupted: putting back what was there\n"
    assert server.apply("--recover") == (0, "", note)
    assert server.live() == before
    assert server.calls() == ["reload"]


def rolled_back(reason: str) -> tuple[int, str, str]:
    return 1, "", f"apply: rolled back: {reason}\n"


def left(server: Server) -> set[str]:
    return {path.name for path in server.state.iterdir()}
