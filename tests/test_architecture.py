"""The direction in which modules know each other, and other things that no single test sees."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rendered import ROOT

PACKAGE = ROOT / "src/postfix_profiles"

# A module imports only what stands before it.
ORDER = (
    "finding",
    "rules",
    "source",
    "scalar",
    "merge_conflict",
    "yaml_faults",
    "yaml_events",
    "document",
    "formats",
    "schema",
    "postfix.logical_lines",
    "postfix.words",
    "postfix.lookup_table",
    "postfix.address_list",
    "postfix.tls_protocols",
    "postfix.endpoint",
    "postfix.main_cf",
    "postfix.conversions",
    "postfix.lookups",
    "postfix.macro_tree",
    "postfix.macro",
    "postfix.expansion",
    "postfix.service",
    "postfix.master_cf",
    "postfix.master_cf_print",
    "postfix.catalogue.timeline",
    "postfix.catalogue.records",
    "postfix.catalogue.derived",
    "postfix.catalogue",
    "postfix.config",
    "postfix.restrictions",
    "postfix.listeners",
    "platforms",
    "schema_help",
    "schema_errors",
    "extends",
    "waivers",
    "profile",
    "tables",
    "consistency.aliasing",
    "consistency.listening",
    "consistency.naming",
    "consistency.reaching",
    "consistency.receiving",
    "consistency",
    "context",
    "lines",
    "page",
    "render",
    "checks.host",
    "checks.check",
    "checks.tls_values",
    "checks.strangers",
    "checks.relay",
    "checks.tls",
    "checks.certificates",
    "checks.tls_mandatory",
    "checks.tls_protocols",
    "checks.cipher_lists",
    "checks.ciphers",
    "checks.key_exchange",
    "checks.relay_defaults",
    "checks.networks",
    "checks.network_items",
    "checks.impersonation",
    "checks.relay_ways",
    "checks.recipients",
    "checks.domains",
    "checks.postscreen",
    "checks.naming",
    "checks.senders",
    "checks.users",
    "checks.chroot",
    "checks.credentials",
    "checks.exposure",
    "checks.parameters",
    "checks.macros",
    "checks.misfits",
    "checks.values",
    "checks.tables",
    "checks.unused_tables",
    "checks.services",
    "checks.ports",
    "checks.interfaces",
    "checks.directories",
    "checks.syntax",
    "checks.stray_words",
    "checks.duplicates",
    "checks.restrictions",
    "checks.restriction_classes",
    "checks.dead_listeners",
    "checks.restriction_places",
    "checks.submission",
    "checks.logins",
    "checks.dependencies",
    "checks.needed_services",
    "checks.routes",
    "checks.outbound",
    "checks.outbound_trust",
    "checks.outbound_tls",
    "checks.greeting",
    "checks.session",
    "checks.smuggling",
    "checks.dnsbl",
    "checks.limits",
    "checks.milters",
    "checks.leftovers",
    "checks.compatibility",
    "checks",
    "checks.places",
    "folder",
    "judging",
    "manual.article",
    "manual.reports",
    "manual.keys",
    "manual.parameters",
    "manual.catalogued",
    "plan",
    "report",
    "report_text",
    "report_json",
    "report_github",
    "report_sarif",
    "report_formats",
    "profile_files",
    "pipeline",
    "rendered",
    "probe.contract",
    "probe.promises",
    "probe.deriving",
    "probe.session",
    "probe.trust",
    "probe.trial",
    "probe.greetings",
    "probe.encryption",
    "probe.certificates",
    "probe.logins",
    "probe.relaying",
    "probe.receiving",
    "probe.smuggling",
    "probe.probing",
    "probe.reporting",
    "manual.text",
    "explain",
    "diff.change",
    "diff.meaning",
    "diff.services",
    "diff.settings",
    "diff.tables",
    "diff.listening",
    "diff.sentences",
    "diff.comparing",
    "diff.report",
    "command_line",
    "probe.command",
    "diff.command",
    "cli",
    "__main__",
)

# What a function imports of what stands behind its module, with the reason.
BACKWARDS = {
    # schema_errors speaks of the schema's properties; a valid profile must not pay for its words.
    ("schema", "schema_errors"),
    # resolve() is not done before its profile has been found consistent, and that takes a profile.
    ("profile", "consistency"),
}


def dotted(path: Path) -> str:
    """The name of a module within the package; a folder has that of its ``__init__``."""
    folder = path.relative_to(PACKAGE).with_suffix("")
    return ".".join((folder.parent if folder.name == "__init__" else folder).parts)


# An __init__ that is no more than its docstring is no module of its own.
MODULES = {
    dotted(path): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.name != "__init__.py" or len(ast.parse(path.read_text()).body) > 1
}


def imported(path: Path) -> Iterator[str]:
    """Yield every module of the package that a file imports anywhere in it, types included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # What is imported can be a module, or a name in one.
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            steps = name.split(".")
            if steps[0] == "postfix_profiles":
                candidates = [".".join(steps[1:length]) for length in range(len(steps), 1, -1)]
                yield next(one for one in candidates if one in MODULES)


def test_the_order_has_every_module() -> None:
    assert sorted(ORDER) == sorted(MODULES)


@pytest.mark.parametrize("module", ORDER)
def test_a_module_imports_only_what_stands_before_it(module: str) -> None:
    before = set(ORDER[: ORDER.index(module)])
    known = {name for name in imported(MODULES[module]) if (module, name) not in BACKWARDS}
    assert known <= before


@pytest.mark.parametrize(("module", "name"), sorted(BACKWARDS))
def test_an_import_backwards_is_made_by_a_function(module: str, name: str) -> None:
    assert name in set(imported(MODULES[module]))
    top = ast.parse(MODULES[module].read_text()).body
    for node in top:
        if isinstance(node, ast.ImportFrom):
            assert not (node.module or "").endswith(name)
            assert name not in [alias.name for alias in node.names]


@pytest.mark.parametrize("module", [name for name in ORDER if name.startswith("postfix.")])
def test_what_postfix_means_knows_nothing_of_profiles(module: str) -> None:
    assert {name for name in imported(MODULES[module]) if not name.startswith("postfix.")} == set()


def names(path: Path) -> Iterator[str]:
    """Yield the names that a file calls or reads, as ``sys.stdout``."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


@pytest.mark.parametrize("module", [name for name in ORDER if name not in {"cli", "__main__"}])
def test_only_the_command_line_prints_and_exits(module: str) -> None:
    forbidden = {"print", "input", "exit", "quit", "sys", "SystemExit", "os._exit", "os.abort"}
    assert forbidden.isdisjoint(names(MODULES[module]))


LONG = {"schema_errors", "yaml_events"}


@pytest.mark.parametrize("module", ORDER)
def test_a_module_can_be_read_in_one_go(module: str) -> None:
    bound = 280 if module in LONG else 250
    assert len(MODULES[module].read_text().splitlines()) <= bound


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", "--help"],
        ["schema"],
        ["explain", "smtpd_tls_security_level"],
    ],
    ids=" ".join,
)
def test_what_needs_no_profile_pays_for_no_library(arguments: list[str], tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from postfix_profiles.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'jinja2', 'jsonschema', 'yaml'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "[]\n"
    assert done.stdout
