"""The lookup tables of a host, of types that need no compiling (texthash, cidr, regexp).

They stand beside main.cf and are named by ``$config_directory``, so that the folder can be
staged and tried anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from postfix_profiles.profile import AddressClass, Profile, many
from postfix_profiles.scalar import control_character

LMTP_INET = "lmtp:inet:"
WEAKER_THAN_ENCRYPT = ("none", "may", "dane")


@dataclass(frozen=True, slots=True)
class Table:
    """A lookup table: its type and file name, what it is for, and its entries in order."""

    type: str
    name: str
    purpose: str
    entries: tuple[tuple[str, str], ...]

    @property
    def reference(self) -> str:
        """How main.cf names it."""
        return f"{self.type}:$config_directory/{self.name}"

    def text(self) -> str:
        """Return the file. Keys of a texthash are folded to lower case, as lookups are.

        Raises ValueError for what would become another entry.
        """
        for text in (text for entry in self.entries for text in entry):
            if control_character(text) or text != text.strip() or not text:
                raise ValueError(f"{self.name}: {text!r} cannot stand in a table")
        width = max((len(key) for key, _ in self.entries), default=0)
        keys = [key.lower() if self.type == "texthash" else key for key, _ in self.entries]
        for key, count in Counter(keys).items():
            if count > 1 and self.type == "texthash":
                raise ValueError(f"{self.name}: {key} stands there twice, which Postfix refuses")
        lines = (
            f"{key:<{width}}  {value}\n" for key, (_, value) in zip(keys, self.entries, strict=True)
        )
        return f"# {self.purpose}\n{''.join(lines)}"


def tables(profile: Profile) -> Mapping[str, Table]:
    """Return the tables that the profile needs, by file name."""
    made = (make(profile) for make in _MAKERS)
    return {table.name: table for table in made if table.entries}


def _submission_clients(profile: Profile) -> Table:
    networks = profile.clients or ()
    return Table(
        "cidr",
        "submission_clients",
        "Networks whose clients may connect to a submission listener.",
        tuple((str(network), "OK") for network in networks),
    )


def _submission_users(profile: Profile) -> Table:
    section = profile.settings["submission"]
    # reject_sender_login_mismatch lets an empty sender pass: who has no senders is left out here.
    users = (section["senders"] or section["users"]) if section else None
    # The value is a restriction, not OK: it lets nobody through who did not authenticate.
    return Table(
        "texthash",
        "submission_users",
        "Logins that may send through a submission listener.",
        tuple((login, "permit_sasl_authenticated") for login in users or ()),
    )


def _submission_senders(profile: Profile) -> Table:
    section = profile.settings["submission"]
    owners: dict[str, list[str]] = {}
    for login, addresses in ((section and section["senders"]) or {}).items():
        for address in many(addresses):
            owners.setdefault(address.lower(), []).append(login)
    return Table(
        "texthash",
        "submission_senders",
        "Envelope senders, and the logins that may use them.",
        tuple((address, ", ".join(logins)) for address, logins in owners.items()),
    )


def _submission_header_checks(profile: Profile) -> Table:
    section = profile.settings["submission"]
    hide = section and section["hide_client"]
    native = profile.platform.has("smtpd_hide_client_session")
    # Leaves of this host's own line what Postfix writes with smtpd_hide_client_session.
    name = profile.hostname.replace(".", r"\.")
    rule = rf"/^Received: from .*[[:space:]](by {name} \([^)]*\)) with [A-Z0-9]+( id .*)$/"
    return Table(
        "regexp",
        "submission_header_checks",
        "The header line that tells where the author of a submission sits.",
        ((rule, "REPLACE Received: $1$2"),) if hide and not native else (),
    )


def _virtual_aliases(profile: Profile) -> Table:
    return Table(
        "texthash",
        "virtual_aliases",
        "Names and addresses, and where their mail goes.",
        (*_aliases(profile), *_mx_aliases(profile)),
    )


def _aliases(profile: Profile) -> Iterator[tuple[str, str]]:
    aliases: Mapping[str, str | tuple[str, ...]] = profile.settings["aliases"]
    if profile.is_null_client:
        # Its mail leaves as @domain, and a default here would catch the whole domain's postmaster.
        aliases = {name: aliases[name] for name in profile.document.value.get("aliases", ())}
    elif not profile.is_named_locally:
        # $myorigin is a domain whose mail goes elsewhere, and so would mail for a bare name.
        root = {} if "root" in map(str.lower, aliases) else {"root": "root"}
        aliases = {
            name: tuple(one if "@" in one else f"{one}@localhost" for one in many(targets))
            for name, targets in {**root, **aliases}.items()
        }
    for name, targets in aliases.items():
        yield name, ", ".join(many(targets))
    # A bare name is of the local domains only. The other classes need these two all the same
    # (RFC 5321 section 4.5.1, RFC 2142), unless somebody there has the address already.
    given = {address.lower() for address in (profile.settings["mx"] or {}).get("aliases", ())}
    for domain in profile.domains:
        if domain.address_class == "local" or not isinstance(domain.recipients, tuple):
            continue
        listed = {address.lower() for address in domain.recipients}
        for name in ("postmaster", "abuse"):
            address = f"{name}@{domain.name}"
            if address not in listed and address not in given:
                yield address, ", ".join(many(aliases[name]))
        if domain.name == profile.hostname and f"@{domain.name}" not in given:
            # Its own addresses stand for themselves, or the bare names would take their mail.
            own = {f"{name.lower()}@{domain.name}" for name in aliases}
            yield from ((one, one) for one in domain.recipients if one.lower() in own - given)


def _mx_aliases(profile: Profile) -> Iterator[tuple[str, str]]:
    aliases = (profile.settings["mx"] or {}).get("aliases", {})
    for address, targets in aliases.items():
        yield address, ", ".join(many(targets))
    # @domain would take the mail of those who exist as well: they stand for themselves.
    for domain in profile.domains:
        if f"@{domain.name}" in aliases and isinstance(domain.recipients, tuple):
            taken = {address.lower() for address in aliases}
            yield from ((one, one) for one in domain.recipients if one.lower() not in taken)


def _recipients(address_class: AddressClass, name: str, purpose: str) -> Callable[[Profile], Table]:
    def make(profile: Profile) -> Table:
        entries = tuple(
            (address, "OK")
            for domain in profile.of_class(address_class)
            if isinstance(domain.recipients, tuple)
            for address in domain.recipients
        )
        return Table("texthash", name, purpose, entries)

    return make


def _transport(profile: Profile) -> Table:
    return Table(
        "texthash",
        "transport",
        "Domains whose mail goes another way than that of their class.",
        tuple(
            (domain.name, domain.transport)
            for domain in profile.domains
            if domain.transport not in ("", profile.transport_of(domain.address_class))
        ),
    )


def _postscreen_access(profile: Profile) -> Table:
    postscreen = (profile.settings["mx"] or {}).get("postscreen")
    access = postscreen["access"] if isinstance(postscreen, Mapping) else {}
    return Table(
        "cidr",
        "postscreen_access",
        "Clients that postscreen lets through untested, or refuses; the first match decides.",
        tuple(access.items()),
    )


def _tls_policy(profile: Profile) -> Table:
    outbound = profile.settings["outbound"]
    policies = dict(outbound["policies"] or {})
    relayhost = outbound["relayhost"]
    if profile.needs_tls_to_relayhost:
        key = next((one for one in policies if one.lower() == relayhost.lower()), relayhost)
        level = policies.get(key, outbound["tls"])
        policies[key] = "encrypt" if level in WEAKER_THAN_ENCRYPT else level
    return Table(
        "texthash",
        "tls_policy",
        "Destinations, and the level of TLS towards them.",
        tuple(policies.items()),
    )


def _lmtp_tls_policy(profile: Profile) -> Table:
    # By destination, since a level for all of lmtp(8) is a warning for each unix socket.
    ways = dict.fromkeys(one.transport.lower() for one in profile.domains)
    return Table(
        "texthash",
        "lmtp_tls_policy",
        "LMTP servers in the network, and the level of TLS towards them.",
        tuple((way.removeprefix(LMTP_INET), "may") for way in ways if way.startswith(LMTP_INET)),
    )


def _sni(profile: Profile) -> Table:
    names = profile.settings["tls"]["sni"] or {}
    return Table(
        "texthash",
        "sni",
        "Names that a client may ask for, and the key and certificate files of each.",
        tuple((name, ", ".join(files)) for name, files in names.items()),
    )


_MAKERS: tuple[Callable[[Profile], Table], ...] = (
    _virtual_aliases,
    _recipients("local", "local_recipients", "Addresses of local domains that exist."),
    _recipients("virtual_mailbox", "virtual_mailboxes", "Addresses that have a mailbox."),
    _recipients("relay", "relay_recipients", "Addresses that the inner host knows."),
    _transport,
    _postscreen_access,
    _submission_clients,
    _submission_users,
    _submission_senders,
    _submission_header_checks,
    _tls_policy,
    _lmtp_tls_policy,
    _sni,
)
