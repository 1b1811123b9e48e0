"""The catalogue, held against every real Postfix that is here, name by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.postfix.catalogue import Catalogue, catalogue
from postfix_profiles.postfix.catalogue.timeline import release
from tests.catalogue.measure import DECIDED, ask
from tests.postfix.comparison import MAIN
from tests.postfix.comparison import ask as ask_pairs
from tests.real_postfix import RealPostfix

pytestmark = pytest.mark.postfix


def of(postfix: RealPostfix) -> Catalogue:
    return catalogue(release(postfix.release))


def printed(postfix: RealPostfix) -> dict[str, str]:
    """Return the default of every parameter that postconf prints."""
    pairs = (line.partition(" =") for line in ask(postfix, "-d").splitlines())
    return {name: value.removeprefix(" ") for name, _, value in pairs}


def test_it_has_the_parameters_that_postconf_lists(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        assert set(of(postfix).parameters) == set(printed(postfix)), postfix.release


def test_its_defaults_are_those_that_postconf_prints(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        ours, theirs = of(postfix), printed(postfix)
        decided = {name for name in theirs if ours.decided_by(name)}
        assert decided == DECIDED.keys() & theirs.keys()
        compared = theirs.keys() - decided
        assert {name: ours.default(name) for name in compared} == {
            name: theirs[name] for name in compared
        }, postfix.release
        assert ours.default("mail_version") == theirs["mail_version"]


def test_every_type_of_table_that_postconf_lists_is_known(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        listed = set(ask(postfix, "-m").split())
        assert listed - of(postfix).map_types == set(), postfix.release
        # What a Postfix has not been built with is a matter of libraries, never of the release.
        assert of(postfix).map_types - listed <= {
            *("cdb", "dbm", "ldap", "lmdb", "mongodb", "mysql", "netinfo", "nis", "nisplus"),
            *("pcre", "pgsql", "sdbm", "sqlite"),
        }, postfix.release


def test_an_old_name_is_known_to_postconf_and_one_that_is_gone_is_not(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        ours = of(postfix)
        gone = {"tls_legacy_public_key_fingerprints", "no_such_name"} - ours.parameters.keys()
        main = MAIN + "".join(f"{name} = 1\n" for name in sorted({*ours.legacy, *gone}))
        (answer,) = ask_pairs(postfix, [(main, "")], "-n")
        unused = {
            line.rpartition("unused parameter: ")[2].partition("=")[0]
            for line in answer.complaints.splitlines()
            if "unused parameter: " in line
        }
        assert unused == gone, postfix.release


def test_what_is_deprecated_is_what_postconf_warns_of(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        ours = of(postfix)
        names = sorted({*ours.parameters, *ours.legacy} - set(DECIDED))
        main = MAIN + "".join(f"{name} = 1\n" for name in names)
        (answer,) = ask_pairs(postfix, [(main, "")], "-n")
        warned = {
            line.partition('parameter "')[2].partition('"')[0]
            for line in answer.complaints.splitlines()
            if "will be removed; instead" in line
        }
        expected = set()
        for name in names:
            known = ours.parameter(name)
            if known is not None and known.deprecated is not None:
                expected |= {name} if known.deprecated <= ours.release else set()
        assert warned == expected, postfix.release


SERVICES = "".join(
    f"{program}_x unix - n n - - {program}{arguments}\n"
    for program, arguments in {
        "error": "",
        "lmtp": "",
        "local": "",
        "pipe": " user=nobody argv=/bin/true",
        "smtp": "",
        "smtpd": "",
        "spawn": " user=nobody argv=/bin/true",
        "virtual": "",
    }.items()
)


def test_a_service_makes_the_names_that_postconf_lists_for_it(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        ours = of(postfix)
        (answer,) = ask_pairs(postfix, [(MAIN, SERVICES)], "-d")
        pairs = (line.partition(" =") for line in answer.lines)
        made = {name: value.strip() for name, _, value in pairs if name not in ours.parameters}
        expected = {}
        for name in made:
            one = next(found for found in ours.derivations(name) if found.stem.endswith("_x"))
            assert one.stem.removesuffix("_x") in one.makers
            expected[name] = f"${one.default}"
        assert made == expected
        assert {name.partition("_x_")[0] for name in made} == {
            *("error", "lmtp", "local", "pipe", "smtp", "spawn", "virtual")
        }


def binaries(postfix: RealPostfix, *patterns: str) -> bytes:
    """Return what the programs and libraries of a Postfix are made of, one after the other."""
    root = postfix.root or Path("/")
    found = [path for pattern in patterns for path in sorted(root.glob(pattern)) if path.is_file()]
    return b"".join(path.read_bytes() for path in found)


def test_the_words_that_it_gives_stand_in_the_programs(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        programs = binaries(
            postfix, "usr/lib/postfix/*.so*", "usr/lib/postfix/sbin/*", "usr/sbin/*"
        )
        words = {word for one in of(postfix).parameters.values() for word in one.values}
        assert {word for word in words if f"{word}\0".encode() not in programs} == set()


def test_the_restrictions_that_it_gives_stand_in_the_programs(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        programs = binaries(
            postfix, "usr/lib/postfix/sbin/smtpd", "usr/lib/postfix/libpostfix-global.so*"
        )
        names = of(postfix).restrictions
        assert {name for name in names if f"{name}\0".encode() not in programs} == set()


def test_the_programs_that_it_gives_are_those_that_are_installed(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    # What else is in that folder: master itself, what tests others, and scripts.
    rest = {"fsstone", "master", "post-install", "postfix-wrapper"}
    for postfix in every_postfix:
        folder = (postfix.root or Path("/")) / "usr/lib/postfix/sbin"
        installed = {path.name for path in folder.iterdir() if not path.name.endswith("-script")}
        assert installed - rest == set(of(postfix).programs), postfix.release


def test_the_packaged_services_fit_what_their_programs_insist_on(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        programs = of(postfix).programs
        for line in packaged(postfix):
            _, kind, private, unprivileged, chroot, _, limit, command = line.split()[:8]
            program = programs[command]
            assert kind in program.types, line
            assert not program.privileged or unprivileged == "n", line
            assert program.chroot or chroot != "y", line
            assert program.process_limit in {None, int(limit) if limit != "-" else None}, line
            if kind != "inet" and program.private is not None:
                assert program.private == (private != "n"), line


def packaged(postfix: RealPostfix) -> list[str]:
    """Return the services that the package of a Postfix comes with, one line for each."""
    dist = (postfix.root or Path("/")) / "usr/share/postfix/master.cf.dist"
    (answer,) = ask_pairs(postfix, [(MAIN, dist.read_text(encoding="utf-8"))], "-M")
    return [line for line in answer.lines if line]
