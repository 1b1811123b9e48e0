"""Fragments that cannot be extended: what is said, once, and what is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles import extends
from postfix_profiles.document import Document, load
from postfix_profiles.extends import MAX_CHAIN, Library
from postfix_profiles.finding import RejectedError
from tests.building import Write, lines, write_files


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write these files below a folder that is then the current one."""
    monkeypatch.chdir(tmp_path)
    return write_files


def read(name: str = "mail.yaml") -> Document:
    return Library().read(Path(name))


def rejected(name: str = "mail.yaml", library: Library | None = None) -> list[str]:
    """The findings of a profile, each with the name of its file before it."""
    with pytest.raises(RejectedError) as caught:
        (library or Library()).read(Path(name))
    found = caught.value.findings
    return [f"{f.where}:{line}" for f, line in zip(found, lines(found), strict=True)]


def test_a_profile_that_is_not_there_is_an_oserror(write: Write) -> None:
    write({})
    with pytest.raises(FileNotFoundError):
        read("nowhere.yaml")


def test_files_that_cannot_be_extended_are_all_named(write: Write) -> None:
    write({"mail.yaml": "extends: [_nowhere.yaml, sub/../_other.yaml, .]\n"})
    assert rejected() == [
        "mail.yaml:1:11+13 extends: cannot extend _nowhere.yaml: no such file or directory",
        "mail.yaml:1:26+18 extends: cannot extend _other.yaml: no such file or directory",
        "mail.yaml:1:46+1 extends: cannot extend .: is a directory",
    ]


def test_a_broken_link_is_no_file(write: Write) -> None:
    write({"mail.yaml": "extends: _link.yaml\n"})
    Path("_link.yaml").symlink_to("nowhere.yaml")
    assert rejected() == [
        "mail.yaml:1:10+10 extends: cannot extend _link.yaml: no such file or directory"
    ]


def test_a_fragment_that_may_not_be_read_is_named(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may read everything, so that no mode of the file would do.
    def denied(path: Path, name: str) -> Document:
        if name == "_base.yaml":
            raise PermissionError(13, "Permission denied", name)
        return load(path, name)

    monkeypatch.setattr(extends, "load", denied)
    write({"_base.yaml": "a: 1\n", "mail.yaml": "extends: _base.yaml\n"})
    assert rejected() == ["mail.yaml:1:10+10 extends: cannot extend _base.yaml: permission denied"]


def test_an_error_without_words_has_some(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path, name: str) -> Document:
        if name == "_base.yaml":
            raise OSError
        return load(path, name)

    monkeypatch.setattr(extends, "load", broken)
    write({"_base.yaml": "a: 1\n", "mail.yaml": "extends: _base.yaml\n"})
    assert rejected() == ["mail.yaml:1:10+10 extends: cannot extend _base.yaml: it cannot be read"]


def test_a_profile_that_extends_itself(write: Write) -> None:
    write({"mail.yaml": "extends: ./mail.yaml\n"})
    assert rejected() == [
        "mail.yaml:1:10+11 extends: extends runs in a circle: mail.yaml → mail.yaml"
    ]


def test_a_circle_is_shown_as_a_whole_at_the_file_that_closes_it(write: Write) -> None:
    write(
        {
            "_a.yaml": "extends: [_b.yaml]\n",
            "_b.yaml": "extends: _a.yaml\n",
            "mail.yaml": "extends: _a.yaml\n",
        }
    )
    assert rejected() == [
        "_b.yaml:1:10+7 extends: extends runs in a circle: _a.yaml → _b.yaml → _a.yaml"
    ]


def test_a_circle_of_fragments_is_one_finding_for_all_profiles(write: Write) -> None:
    write(
        {
            "_a.yaml": "extends: _b.yaml\n",
            "_b.yaml": "extends: _a.yaml\n",
            "one.yaml": "extends: _a.yaml\n",
            "two.yaml": "extends: _a.yaml\n",
        }
    )
    library = Library()
    assert rejected("one.yaml", library) == rejected("two.yaml", library)


def test_all_that_is_wrong_with_all_files_is_reported_once(write: Write) -> None:
    write(
        {
            "_bad.yaml": "a: [\n",
            "_left.yaml": "extends: _bad.yaml\n",
            "_right.yaml": "extends: [_bad.yaml, _nowhere.yaml]\n",
            "mail.yaml": "extends: [_left.yaml, _right.yaml, mail.yaml]\n",
        }
    )
    assert rejected() == [
        (
            "_bad.yaml:2:1+1 yaml-syntax: YAML: did not find expected node content while parsing a "
            "flow node (check brackets, braces and commas; quote a value that begins with one of "
            "them)"
        ),
        "_right.yaml:1:22+13 extends: cannot extend _nowhere.yaml: no such file or directory",
        "mail.yaml:1:36+9 extends: extends runs in a circle: mail.yaml → mail.yaml",
    ]


def test_faults_of_a_profile_are_reported_with_those_of_what_it_extends(write: Write) -> None:
    write({"_base.yaml": "a: [\n", "mail.yaml": "extends: _base.yaml\nb: 1\nb: 2\n"})
    assert [line.partition(":")[0] for line in rejected()] == ["mail.yaml", "_base.yaml"]


@pytest.mark.parametrize("entry", ["5", "{a: b}", "[5, null]", "true", "[[_base.yaml]]"])
def test_what_is_no_name_of_a_file_is_left_to_the_schema(write: Write, entry: str) -> None:
    write({"_base.yaml": "a: 1\n", "mail.yaml": f"extends: {entry}\n"})
    assert read().value.keys() == {"extends"}


def test_null_extends_nothing(write: Write) -> None:
    write({"mail.yaml": "extends: null\na: 1\n"})
    assert read().value == {"a": 1}


def test_a_name_with_a_nul_names_no_file_and_is_a_finding_already(write: Write) -> None:
    write({"mail.yaml": 'extends: ["a\\0b", _nowhere.yaml]\n'})
    assert rejected() == [
        (
            "mail.yaml:1:11+6 control-character: extends[0] holds a U+0000: a value is one line of "
            "printable text"
        ),
        "mail.yaml:1:19+13 extends: cannot extend _nowhere.yaml: no such file or directory",
    ]
    write({"mail.yaml": 'extends: "a\\0b"\n'})
    assert [line.partition(":")[0] for line in lines(read().findings)] == ["1"]


def chain(write: Write, length: int) -> None:
    write({f"_{n}.yaml": f"extends: _{n + 1}.yaml\n" for n in range(length)})
    write({f"_{length}.yaml": "a: 1\n", "mail.yaml": "extends: _0.yaml\n"})


def test_a_chain_of_fragments_may_be_long(write: Write) -> None:
    # The profile, and _0 to _30.
    chain(write, MAX_CHAIN - 2)
    assert read().value["a"] == 1


def test_a_chain_of_fragments_that_is_too_long_is_refused(write: Write) -> None:
    chain(write, 600)
    assert rejected() == ["_30.yaml:1:10+8 extends: more than 32 files extend one another"]


# --- reading once ---------------------------------------------------------------------------------


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read, in order."""
    names: list[str] = []

    def counted(path: Path, name: str) -> Document:
        names.append(name)
        return load(path, name)

    monkeypatch.setattr(extends, "load", counted)
    return names


def test_a_fragment_that_many_profiles_extend_is_read_once(write: Write, loaded: list[str]) -> None:
    write(
        {
            "_base.yaml": "a: 1\n",
            "one.yaml": "extends: _base.yaml\n",
            "two.yaml": "extends: ./_base.yaml\n",
        }
    )
    library = Library()
    library.read(Path("one.yaml"))
    library.read(Path("two.yaml"))
    assert loaded == ["one.yaml", "_base.yaml", "two.yaml"]


def test_a_profile_that_was_refused_is_refused_again_without_reading(
    write: Write, loaded: list[str]
) -> None:
    write({"mail.yaml": "extends: _nowhere.yaml\n"})
    library = Library()
    assert rejected("mail.yaml", library) == rejected("mail.yaml", library)
    assert loaded == ["mail.yaml", "_nowhere.yaml"]


def test_a_fragment_in_error_is_read_once_too(write: Write, loaded: list[str]) -> None:
    # Each level names the next one twice: without a memory 2 to the power of the levels.
    levels = 6
    write({f"_{n}.yaml": f"extends: [_{n + 1}.yaml, ./_{n + 1}.yaml]\n" for n in range(levels)})
    write({f"_{levels}.yaml": "a: [\n", "mail.yaml": "extends: _0.yaml\n"})
    assert len(rejected()) == 1
    assert len(loaded) == levels + 2


def test_a_link_that_leads_to_a_folder_above_it_ends_somewhere(write: Write) -> None:
    """Each step has another name, so that it is no circle; but it is too long."""
    write({"sub/x.yaml": "extends: self/x.yaml\n"})
    Path("sub/self").symlink_to(".")
    (line,) = rejected("sub/x.yaml")
    assert line.endswith("x.yaml:1:10+11 extends: more than 32 files extend one another")
