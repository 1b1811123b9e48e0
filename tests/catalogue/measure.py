"""Write the files of the catalogue again, from real Postfix installations and source trees.

    python -m tests.catalogue.measure                      # what is installed here
    python -m tests.catalogue.measure --source ~/postfix-3.12.0

Installed are this machine's own Postfix and the roots of ``tests/real_postfix.py``. They tell the
names and the defaults of ``parameters.tsv`` (``postconf -d``, without a master.cf that adds names
to it). The rest they cannot tell; it is read from a source tree:

- parameters.tsv: kinds and bounds, from the ``CONFIG_*_TABLE`` of all programs, and the old names
  that defaults still read, from postconf_builtin.c;
- words.tsv: from the tables and comparisons that ``words.py`` names;
- restrictions.tsv: from smtpd_check.c and server_acl.c, but for what DEPRECATION_README calls gone;
- deprecated.tsv: from postconf_unused.c, and from DEPRECATION_README for restrictions;
- map_types.tsv: from dict_open.c and mail_dict.c;
- programs.tsv: from how each daemon calls its skeleton, and from conf/master.cf;
- derived.tsv: from postconf_service.c and the cfg_get_*() calls of the tables.

A source tree in which ``bin/postconf`` is built tells all of it. releases.tsv keeps which releases
have been looked at. Give every patch release that changes anything, so that the first one to have
it is known. In which branch before 3.4 a name appeared is history and stays as it is; it was taken
from the tags of those releases.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from postfix_profiles.postfix.catalogue.timeline import Release, Row, Timeline, at, parse, release
from tests.catalogue import inventory
from tests.catalogue.history import dotted, merge, text
from tests.catalogue.source import LEGACY, Source
from tests.real_postfix import RealPostfix, installed, write_pair
from tests.rendered import ROOT

FOLDER = ROOT / "src/postfix_profiles/postfix/catalogue"

COLUMNS = {
    "parameters": ("parameter", "from", "kind", "minimum", "maximum", "default"),
    "words": ("parameter", "from", "form", "case", "also", "otherwise", "coerced", "words"),
    "restrictions": ("restriction", "from", "places", "argument", "newer spelling"),
    "deprecated": ("name", "from", "use instead"),
    "map_types": ("type", "from", "needs"),
    "programs": ("program", "from", "types", "private", "unprivileged", "chroot", "maxproc"),
    "derived": ("maker", "from", "default"),
}

# Defaults that are not the release's: postconf computes them, or they were chosen when the package
# was built, or they depend on the version of OpenSSL.
DECIDED = {
    **dict.fromkeys(
        ("myhostname", "mydomain", "mynetworks", "process_id", "process_name"), "(machine)"
    ),
    **dict.fromkeys(("mail_version", "mail_release_date"), "(release)"),
    **dict.fromkeys(
        (
            "alias_database",
            "alias_maps",
            "command_directory",
            "config_directory",
            "daemon_directory",
            "data_directory",
            "default_cache_db_type",
            "default_database_type",
            "html_directory",
            "mail_owner",
            "mailq_path",
            "manpage_directory",
            "meta_directory",
            "newaliases_path",
            "queue_directory",
            "readme_directory",
            "sendmail_path",
            "setgid_group",
            "shlib_directory",
        ),
        "(package)",
    ),
    **dict.fromkeys(("tls_eecdh_auto_curves", "tls_ffdhe_auto_groups"), "(openssl)"),
}


def defaults(output: str) -> dict[str, str]:
    """Return the default of each parameter that ``postconf -d`` prints, as the catalogue has it."""
    pairs = (line.partition(" =") for line in output.splitlines())
    return {name: DECIDED.get(name, value.removeprefix(" ")) for name, _, value in pairs}


def ask(postfix: RealPostfix, *options: str) -> str:
    """Return what postconf prints where main.cf and master.cf are empty."""
    with tempfile.TemporaryDirectory() as folder:
        done = postfix.run(["postconf", *options], write_pair(Path(folder), "", ""))
    if done.returncode:
        raise RuntimeError(f"postconf {' '.join(options)} of {postfix.release}: {done.stderr}")
    return done.stdout


def ask_built(source: Source) -> dict[str, str] | None:
    """Return the defaults that the postconf of a source tree has, None where it is not built."""
    program = source.folder / "bin/postconf"
    if not program.exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        write_pair(Path(folder), "", "")
        done = subprocess.run(
            [program, "-c", folder, "-d"], capture_output=True, text=True, check=True
        )
    return defaults(done.stdout)


@dataclass(frozen=True, slots=True)
class Data:
    """All files: the timelines of each by its name, and how each release has been looked at."""

    files: Mapping[str, Mapping[str, Timeline]]
    releases: Mapping[Release, str]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> Data:
        """Return the data as they are on disk; no file is an empty one."""
        found = {name: _text_of(folder, name) for name in (*COLUMNS, "releases")}
        lines = [line.split("\t") for line in found.pop("releases").splitlines()[1:]]
        return cls(
            {name: parse(content) for name, content in found.items()},
            {release(number): how for number, how in lines},
        )

    def texts(self) -> dict[str, str]:
        """Return the text of each file by its name."""
        lines = [f"{dotted(number)}\t{how}" for number, how in sorted(self.releases.items())]
        return {
            **{f"{name}.tsv": text(columns, self.files[name]) for name, columns in COLUMNS.items()},
            "releases.tsv": "\n".join(["release\tmeasured from", *lines, ""]),
        }

    def with_package(self, number: Release, found: Mapping[str, str]) -> Data:
        """Return the data with the names and defaults that an installed Postfix has."""
        known = self.files["parameters"]
        rows: dict[str, Row] = {}
        for name, default in found.items():
            before = at(known.get(name, ()), number)
            if before is None or before[0] == LEGACY:
                raise RuntimeError(f"{name} is new in {dotted(number)}: give its --source")
            rows[name] = (*before[:3], default)
        for name, timeline in known.items():
            before = at(timeline, number)
            if before and before[0] == LEGACY:
                rows.setdefault(name, before)
        return self._with(number, "package", {"parameters": rows})

    def with_source(self, source: Source, found: Mapping[str, str] | None) -> Data:
        """Return the data with what a source tree says; ``found`` is what its postconf has."""
        number = source.release
        known = self.files["parameters"]
        rows: dict[str, Row] = {}
        for name, (kind, low, high) in source.parameters().items():
            before = at(known.get(name, ()), number)
            if kind == LEGACY:
                default = ""
            elif found is not None:
                default = found[name]
            elif before is not None:
                default = before[3]
            else:
                raise RuntimeError(f"{name} is new in {dotted(number)}: build its source")
            rows[name] = (kind, low, high, default)
        facts: dict[str, Mapping[str, Row]] = {
            "parameters": rows,
            "words": inventory.words(source),
            "restrictions": inventory.restrictions(source),
            "deprecated": {name: (how,) for name, how in inventory.deprecated(source).items()},
            "map_types": inventory.map_types(source),
            "programs": inventory.programs(source),
            "derived": inventory.derived(source),
        }
        return self._with(number, "source", facts)

    def _with(self, number: Release, how: str, facts: Mapping[str, Mapping[str, Row]]) -> Data:
        seen = " ".join(sorted({how, *self.releases.get(number, "").split()}))
        releases = {**self.releases, number: seen}
        merged = {
            name: merge(self.files[name], sorted(releases), {number: rows})
            for name, rows in facts.items()
        }
        return Data({**self.files, **merged}, releases)


def _text_of(folder: Path, name: str) -> str:
    path = folder / f"{name}.tsv"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def measured(data: Data, sources: Iterable[Source], packages: Iterable[RealPostfix]) -> Data:
    """Return the data with all that these have to say, the oldest release first."""
    for source in sorted(sources, key=lambda source: source.release):
        data = data.with_source(source, ask_built(source))
    for postfix in packages:
        data = data.with_package(release(postfix.release), defaults(ask(postfix, "-d")))
    return data


def write(data: Data, folder: Path = FOLDER) -> list[str]:
    """Write the files, and return the names of those that change."""
    changed = []
    for name, new in data.texts().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != new:
            path.write_text(new, encoding="utf-8")
            changed.append(name)
    return changed


def main(args: list[str]) -> int:
    """Measure, write, and say what has changed."""
    parser = argparse.ArgumentParser(prog="tests.catalogue.measure", description=__doc__)
    parser.add_argument("--source", type=Path, action="append", default=[], metavar="DIR")
    options = parser.parse_args(args)
    sources = [Source(folder) for folder in options.source]
    changed = write(measured(Data.read(), sources, installed()))
    print("\n".join(f"changed: {name}" for name in changed) or "nothing has changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
