"""What a source tree lists beside parameters: restrictions, programs, map types, derived names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.postfix.catalogue.timeline import Row, release
from tests.catalogue.source import LEGACY, Source, SourceError
from tests.catalogue.words import WORDS

# The comments that begin a part of generic_checks(), in order, and the stage that each is for.
_PARTS = (
    ("Pseudo restrictions", "generic"),
    ("Generic restrictions", "generic"),
    ("Client name/address restrictions", "client"),
    ("HELO/EHLO parameter restrictions", "helo"),
    ("Sender mail address restrictions", "sender"),
    ("Recipient mail address restrictions", "recipient"),
    ("ETRN domain name restrictions", "etrn"),
)
_TEST = re.compile(r"strcasecmp\(name, (\w+)\) == 0|is_map_command\(state, name, (\w+), &cpp\)")
_PAIR = re.compile(r"strcasecmp\(name, (\w+)\) == 0\s*\|\| strcasecmp\(name, (\w+)\) == 0")
# These look at the client, and postconf(5) has them there, although the code has them elsewhere.
_DOCUMENTED = {
    "permit_sasl_authenticated": "client",
    "permit_tls_all_clientcerts": "client",
    "permit_tls_clientcerts": "client",
    "reject_multi_recipient_bounce": "generic",
}
_DOMAIN = re.compile(
    r"permit_dnswl_client|permit_rhswl_client|reject_rbl(_client)?|reject_rhsbl_\w+"
)
_ARGUMENTS = {"check_policy_service": "service", "sleep": "seconds"}

# How each kind of server finds its clients (master/*_server.c).
_TYPES = {
    "single": "inet unix pass",
    "multi": "inet unix pass",
    "event": "inet unix pass",
    "trigger": "unix fifo pass",
    "dgram": "unix-dgram",
}
_SERVER = re.compile(r"\b(\w+)_server_main\(argc, argv,(.*?)\);", re.DOTALL)
# The programs that cannot do their work in a chroot: they start others, open files of users or
# tables anywhere, or log to a file (the SECURITY part of each manual page).
_NOT_CHROOTED = frozenset(
    {"local", "virtual", "pipe", "spawn", "proxymap", "postlogd", "nbdb_reindexd"}
)
_OLD_SQL = {"table", "select_field", "where_field", "additional_conditions"}
_LINK = re.compile(r"^\$daemon_directory/(\w+):h:\$daemon_directory/(\w+)", re.MULTILINE)


def words(source: Source) -> dict[str, Row]:
    """Return the rows of words.tsv: how each parameter takes its words, and the words last."""
    found: dict[str, Row] = {}
    declared = source.parameters()
    for one in WORDS:
        listed = source.words(one.file, one.table)
        taken = [word for word in listed if word not in one.but and word in (one.only or listed)]
        case = "exact" if one.exact else "any"
        for parameter in one.parameters:
            if taken and declared.get(parameter, ("",))[0] in {"str", LEGACY}:
                found[parameter] = (
                    *(one.form, case, one.also, one.otherwise),
                    *(" ".join(one.coerced), " ".join(taken)),
                )
    return found


def deprecated(source: Source) -> dict[str, str]:
    """Return what to use in the place of each parameter and restriction that is deprecated.

    It is empty for what is simply to be left out.
    """
    path = "src/postconf/postconf_unused.c"
    found = {
        name: advice.replace('\\"', "").removeprefix("specify ")
        for name, advice in re.findall(
            r'^\s*"(\w+)",\s*"((?:[^"\\]|\\.)*)"', source.text(path), re.MULTILINE
        )
    }
    found |= {name: advice for name, _, advice in _readme(source)}
    return {
        name: "" if advice.startswith("do not") else advice
        for name, advice in found.items()
        if not name.startswith("deleted")
    }


def _readme(source: Source) -> Iterator[tuple[str, str, str]]:
    """Yield the restrictions of DEPRECATION_README: name, the release without it, the advice."""
    path = source.folder / "README_FILES/DEPRECATION_README"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    row = re.compile(
        r"\|((?:check|permit|reject)_\w+) *\|[^|]*\| *([\d.]*)[- ]*\|([^|]*)\|"
        r"(?:\n *\| +\|[^|]*\|[^|]*\|([^|_]\S*) *\|)?"
    )
    for name, gone, first, second in row.findall(text):
        yield name, gone, f"{first.strip()} {second}".strip()


def restrictions(source: Source) -> dict[str, Row]:
    """Return the places of each restriction, its argument, and the newer spelling of its name.

    A place is a stage of the session; ``rewrite`` is local_header_rewrite_clients and
    ``postscreen`` is postscreen_access_list. Of two names for the same the longer is the newer.
    """
    raw = (source.folder / "src/smtpd/smtpd_check.c").read_text(encoding="latin-1")
    places: dict[str, list[str]] = {}
    arguments: dict[str, str] = {}
    for place, part in _parts(source, raw):
        for plain, with_table in _TEST.findall(part):
            name = source.string(plain or with_table)
            stage = place if place == "rewrite" else _DOCUMENTED.get(name, place)
            places.setdefault(name, []).append(stage)
            domain = "domain" if _DOMAIN.fullmatch(name) else _ARGUMENTS.get(name, "")
            arguments[name] = "table" if with_table else domain
    # smtpd makes this one out of two others.
    if "htable_enter(smtpd_rest_classes, REJECT_SENDER_LOGIN_MISMATCH" in raw:
        places[source.string("REJECT_SENDER_LOGIN_MISMATCH")] = ["sender"]
    for name in ("permit_mynetworks", *source.words("global/server_acl.c", "acl_map")):
        if name in {"permit_mynetworks", "permit", "reject", "dunno"}:
            places.setdefault(name, []).append("postscreen")
    newer: dict[str, str] = {}
    for pair in _PAIR.findall(raw):
        shorter, longer = sorted(map(source.string, pair), key=len)
        newer[shorter] = longer
    gone = {
        name
        for name, removed, _ in _readme(source)
        if removed and release(removed) <= source.release
    }
    return {
        name: (" ".join(dict.fromkeys(at)), arguments.get(name, ""), newer.get(name, ""))
        for name, at in places.items()
        if name not in gone
    }


def _parts(source: Source, raw: str) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each part of the two functions that know restrictions."""
    checks = _function(source, raw, "generic_checks")
    begins = [checks.find(f"* {title}") for title, _ in _PARTS]
    if begins != sorted(begins) or begins[0] < 0:
        raise SourceError(f"{source.folder}: smtpd_check.c is no longer in the parts that it had")
    for (_, place), begin, end in zip(_PARTS, begins, [*begins[1:], len(checks)], strict=True):
        yield place, checks[begin:end]
    yield "rewrite", _function(source, raw, "smtpd_check_rewrite")


def _function(source: Source, raw: str, name: str) -> str:
    found = re.search(rf"^\w[\w *]*\b{name}\([^;{{]*\)\n\{{.*?\n\}}", raw, re.DOTALL | re.MULTILINE)
    if found is None:
        raise SourceError(f"{source.folder}: smtpd_check.c has no {name}()")
    return found[0]


def programs(source: Source) -> dict[str, Row]:
    """Return types, chroot, privilege and process limit of each daemon.

    A program is the daemon that its folder is named after, or a link to one; all but the list of
    those that cannot be chrooted is read from how it calls the skeleton of its kind of server.
    """
    found: dict[str, Row] = {}
    for path in sorted(source.folder.glob("src/*/*.c")):
        folder = path.parent.name
        if folder == "master":
            continue
        text = source.text(str(path.relative_to(source.folder)))
        call = _SERVER.search(text)
        if call is None or call[1] not in _TYPES:
            continue
        limit = "1" if "SOLITARY" in call[2] else "0" if "UNLIMITED" in call[2] else ""
        chroot = "n" if folder in _NOT_CHROOTED else "y"
        unprivileged = "n" if "PRIVILEGED" in call[2] else ""
        private = _private(source, folder)
        found[folder] = (_TYPES[call[1]], private, unprivileged, chroot, limit)
    links = _LINK.findall((source.folder / "conf/postfix-files").read_text(encoding="utf-8"))
    return found | {name: found[program] for name, program in links}


def _private(source: Source, program: str) -> str:
    """Return y or n, as the unix services of a program have it in the master.cf that is shipped."""
    text = (source.folder / "conf/master.cf").read_text(encoding="utf-8")
    row = re.compile(rf"^#?\S+ +(?!inet)\S+ +([yn-])(?: +\S+){{4}} +{program}\b", re.MULTILINE)
    found = {"n" if private == "n" else "y" for private in row.findall(text.replace("\t", " "))}
    return found.pop() if len(found) == 1 else ""


def map_types(source: Source) -> dict[str, Row]:
    """Return what each type of lookup table needs to be built in, ``-`` where that is nothing."""
    found: dict[str, Row] = {}
    for path in ("src/util/dict_open.c", "src/global/mail_dict.c"):
        needs: list[str] = []
        for line in source.text(path).split("\n"):
            if condition := re.match(r"\s*#\s*ifn?def (\w+)", line):
                needs.append(condition[1])
            elif re.match(r"\s*#\s*if\b", line):
                needs.append("")
            elif re.match(r"\s*#\s*endif", line):
                needs.pop()
            elif entry := re.match(r"\s*(DICT_TYPE_\w+), \w+_open\b", line):
                wanted = [need for need in needs if need.startswith(("HAS_", "SNAPSHOT"))]
                found[source.string(entry[1])] = (" ".join(wanted) or "-",)
    return found


def derived(source: Source) -> dict[str, Row]:
    """Return the names that services and tables make: suffix, and the default that it takes.

    The key is the program of the service or the type of the table, and the suffix.
    """
    text = source.text("src/postconf/postconf_service.c")
    rows = re.findall(r"^\s*(_\w+), (VAR_\w+),", text.replace("\t", " "), re.MULTILINE)
    suffixes = list(
        dict.fromkeys((source.string(suffix), source.string(name)) for suffix, name in rows)
    )
    found: dict[str, Row] = {}
    for program in ("local", "error", "virtual", "smtp", "lmtp", "pipe", "spawn"):
        for suffix, default in suffixes:
            is_time_limit = suffix == "_time_limit"
            if program == "pipe" or is_time_limit == (program == "spawn"):
                found[f"{program} {suffix}"] = (default,)
    for kind in ("ldap", "memcache", "mongodb", "mysql", "pgsql", "sqlite"):
        path = f"src/global/dict_{kind}.c"
        if (source.folder / path).exists():
            text = source.text(path)
            names = re.findall(r'\bcfg_get_(?:str|int|bool)\([^,()]+,\s*("\w+"|[A-Z_]+)', text)
            own = {source.string(name, text) for name in names}
            # What db_common.c and postconf's extract_cfg.sh add.
            own |= {"domain"} | (_OLD_SQL if kind in {"mysql", "pgsql", "sqlite"} else set())
            found |= {f"{kind} _{suffix}": ("",) for suffix in own}
    return found
