"""The effective configuration: what each program of Postfix gets to see.

A program takes a parameter from the ``-o`` of its service, else from main.cf, else it has the
default of its release; ``$name`` in it means what the same service sees (postconf(5), master(5)).

Three defaults depend on the machine, which is not there to ask. ``myhostname`` begins with
UNKNOWN_HOST then, ``mydomain`` is what follows its first dot, as Postfix does it, and
``mynetworks`` has only the networks that every host has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from postfix_profiles.postfix.catalogue import Catalogue
from postfix_profiles.postfix.expansion import Expansion, Lookup, expand
from postfix_profiles.postfix.macro import UNEXPANDED
from postfix_profiles.postfix.main_cf import MainCf, Setting
from postfix_profiles.postfix.master_cf import MasterCf
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.words import split_items

MAIN = ""
"""The service of a value that is set in main.cf, or nowhere."""

UNKNOWN_HOST = "unknown"
"""Stands for the name of the machine, where main.cf does not say it; no machine is called so."""

LOCAL_DOMAIN = "localdomain"
"""The domain of a host whose name has none (Postfix's mail_params.h, DEF_MYDOMAIN)."""

LOOPBACK_NETWORKS = "127.0.0.0/8 [::1]/128"
"""The part of a default of ``mynetworks`` that every host has."""

_COMPUTED = frozenset({"mydomain", "myhostname", "mynetworks", "process_name", "service_name"})
"""Parameters whose default is that of the program or of the machine, whatever the release has."""


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter as a program sees it.

    ``text`` is expanded, ``raw`` as it is written. ``setting`` is where that is, None for a
    default; ``service`` the key of the service whose ``-o`` it is, MAIN otherwise. ``error`` is
    set where Postfix cannot expand it.
    """

    parameter: str
    text: str
    raw: str
    service: str = MAIN
    setting: Setting | None = None
    error: str | None = None

    @property
    def items(self) -> tuple[str, ...]:
        """The items of a list, as blanks and commas separate them."""
        return split_items(self.text)

    @property
    def is_yes(self) -> bool:
        """Whether a boolean is true; Postfix takes ``yes`` in any case of letters."""
        return self.text.lower() == "yes"

    @property
    def is_default(self) -> bool:
        """Whether nobody has set it."""
        return self.setting is None


@dataclass(frozen=True)
class Config:
    """A main.cf and a master.cf, as a release reads them.

    ``defaults`` are those that a package has in place of the release's own. ``_asked`` has for a
    parameter the names that its value without a service was made of.
    """

    main: MainCf
    master: MasterCf
    catalogue: Catalogue
    defaults: Mapping[str, str] = field(default_factory=dict)
    _seen: dict[str | tuple[str, str, int, str], Value] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _asked: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _running: dict[tuple[str, ...], tuple[Service, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """The service of each ``name/type``: of two entries the last one counts."""
        return self.master.by_key

    def running(self, *commands: str) -> tuple[Service, ...]:
        """Return the services that run one of these programs."""
        found = self._running.get(commands)
        if found is None:
            found = tuple(one for one in self.services.values() if one.command in commands)
            self._running[commands] = found
        return found

    def value(self, parameter: str, service: Service | None = None) -> Value:
        """Return a parameter as the program of a service sees it, or any program without one.

        A parameter that neither the files nor the release know is empty, as in ``$name``.
        """
        # The line tells two entries of one key apart.
        key = (service.name, service.type, service.line, parameter) if service else parameter
        found = self._seen.get(key)
        if found is None:
            found = self._seen[key] = self._value(parameter, service)
        return found

    def written(self) -> Iterator[tuple[Service | None, Setting]]:
        """Yield every setting of the two files, those that a later one replaces included."""
        for setting in self.main.settings:
            yield None, setting
        for service in self.master.services:
            for setting in service.options:
                yield service, setting

    def of_setting(self, setting: Setting, service: Service | None = None) -> Value:
        """Return the value of one setting, whether or not it is the one that counts."""
        counts = self.value(setting.name, service)
        if counts.setting is setting:
            return counts
        where = service.key if service else MAIN
        return self._expanded(setting.name, setting.value, service, where, setting)

    def expand(self, text: str, service: Service | None = None) -> str:
        """Return what a text with ``$name`` in it becomes for a service; empty on an error."""
        return self._expansion(text, self._lookup(service)).text

    def _value(self, parameter: str, service: Service | None) -> Value:
        if service and parameter not in service.settings and parameter not in _COMPUTED:
            found = self.value(parameter)
            if self._means_the_same(parameter, service):
                return found
        where, setting = self._setting(parameter, service)
        if setting is None:
            shared = None if parameter in self.defaults else _shared(self.catalogue, parameter)
            return shared or self._expanded(
                parameter, self._default(parameter, service) or "", service
            )
        return self._expanded(parameter, setting.value, service, where, setting)

    def _means_the_same(self, parameter: str, service: Service) -> bool:
        """Say whether a value is made of nothing that is another thing to a service."""
        asked = self._asked.get(parameter)
        return not asked or (
            asked.isdisjoint(service.settings) and (asked & _COMPUTED) <= self._main.keys()
        )

    def _expanded(
        self,
        parameter: str,
        raw: str,
        service: Service | None,
        where: str = MAIN,
        setting: Setting | None = None,
    ) -> Value:
        if "$" not in raw or parameter in UNEXPANDED:
            return Value(parameter, raw, raw, where, setting)
        asked = self._asked.setdefault(parameter, set()) if service is None else None
        done = self._expansion(raw, self._lookup(service, asked))
        return Value(parameter, done.text, raw, where, setting, done.error)

    def _expansion(self, text: str, lookup: Lookup) -> Expansion:
        major, minor = self.catalogue.release[:2]
        return expand(text, lookup, (major, minor))

    def _lookup(self, service: Service | None, asked: set[str] | None = None) -> Lookup:
        """Return what ``$name`` means to a service: a raw value, None where there is none.

        ``asked`` comes to have the names that somebody has asked for.
        """
        noted = set() if asked is None else asked

        def lookup(name: str) -> str | None:
            noted.add(name)
            _, setting = self._setting(name, service)
            return self._default(name, service) if setting is None else setting.value

        return lookup

    def _setting(self, parameter: str, service: Service | None) -> tuple[str, Setting | None]:
        """Return the setting that counts for a service, and the service of its ``-o`` or MAIN."""
        if service is not None:
            setting = service.settings.get(parameter)
            if setting is not None:
                return service.key, setting
        return MAIN, self._main.get(parameter)

    @cached_property
    def _main(self) -> Mapping[str, Setting]:
        return {setting.name: setting for setting in self.main.settings}

    def _default(self, parameter: str, service: Service | None) -> str | None:
        if parameter in self.defaults:
            return self.defaults[parameter]
        match parameter:
            case "service_name" if service:
                return service.name
            case "process_name" if service:
                return service.command
            case "myhostname":
                domain = self._computed("mydomain", service)
                return f"{UNKNOWN_HOST}.{LOCAL_DOMAIN if domain is None else domain}"
            case "mydomain":
                _, dot, domain = (self._computed("myhostname", service) or "").partition(".")
                return domain if dot else LOCAL_DOMAIN
            case "mynetworks":
                return LOOPBACK_NETWORKS
        default = self.catalogue.default(parameter)
        return self._derived(parameter) if default is None else default

    def _computed(self, other: str, service: Service | None) -> str | None:
        """Return ``myhostname`` or ``mydomain`` where it is set, for the default of the other one.

        At that moment Postfix has neither, so that ``mail.$mydomain`` becomes ``mail.``.
        """
        _, setting = self._setting(other, service)
        if setting is None:
            return None
        lookup = self._lookup(service)
        names = {"myhostname", "mydomain"}
        return self._expansion(
            setting.value, lambda name: None if name in names else lookup(name)
        ).text

    def _derived(self, parameter: str) -> str | None:
        """Return the default of a parameter whose name a service makes, ``relay_recipient_limit``.

        It is the parameter for all services; None where no service makes the name.
        """
        for way in self.catalogue.derivations(parameter):
            if any(service.name == way.stem for service in self.running(*way.makers)):
                return f"${way.default}"
        return None


@lru_cache(8192)
def _shared(catalogue: Catalogue, parameter: str) -> Value | None:
    """Return a default of the release if it is the same on every host and for each program."""
    default = None if parameter in _COMPUTED else catalogue.default(parameter)
    return None if default is None or "$" in default else Value(parameter, default, default)
