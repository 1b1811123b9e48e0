"""The lookup tables of a host, of types that need no compiling (texthash, cidr).

They stand beside main.cf and are named by ``$config_directory``, so that the folder can be
staged and tried anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from postfix_profiles.profile import AddressClass, Profile, many


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
        """Return the file. Keys of a texthash are folded to lower case, as lookups are."""
        width = max((len(key) for key, _ in self.entries), default=0)
        lines = (f"{key.lower():<{width}}  {value}\n" for key, value in self.entries)
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
    users = section["users"] if section else None
    # The value is a restriction, not OK: it lets nobody through who did not authenticate.
    return Table(
        "texthash",
        "submission_users",
        "Logins that may send through a submission listener.",
        tuple((login, "permit_sasl_authenticated") for login in users or ()),
    )


def _virtual_aliases(profile: Profile) -> Table:
    return Table(
        "texthash",
        "virtual_aliases",
        "Names, and where their mail goes.",
        tuple(_aliases(profile)),
    )


def _aliases(profile: Profile) -> Iterator[tuple[str, str]]:
    aliases: Mapping[str, str | tuple[str, ...]] = profile.settings["aliases"]
    if profile.is_null_client:
        # Its mail leaves as @domain, and a default here would catch the whole domain's postmaster.
        aliases = {name: aliases[name] for name in profile.document.value.get("aliases", ())}
    for name, targets in aliases.items():
        yield name, ", ".join(many(targets))
    # A bare name is of the local domains only. The other classes need these two all the same
    # (RFC 5321 section 4.5.1, RFC 2142), unless somebody there has the address already.
    for domain in profile.domains:
        if domain.address_class != "local" and isinstance(domain.recipients, tuple):
            for name in ("postmaster", "abuse"):
                address = f"{name}@{domain.name}"
                if address not in domain.recipients:
                    yield address, ", ".join(many(aliases[name]))


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


_MAKERS: tuple[Callable[[Profile], Table], ...] = (
    _virtual_aliases,
    _recipients("local", "local_recipients", "Addresses of local domains that exist."),
    _recipients("virtual_mailbox", "virtual_mailboxes", "Addresses that have a mailbox."),
    _recipients("relay", "relay_recipients", "Addresses that the inner host knows."),
    _transport,
    _submission_clients,
    _submission_users,
)
