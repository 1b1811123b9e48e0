"""What checks judge: a host's configuration, and what is known besides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import Any, TypeVar

from postfix_profiles.platforms import Platform
from postfix_profiles.postfix.address_list import Item, address_items
from postfix_profiles.postfix.config import Config, Value
from postfix_profiles.postfix.listeners import (
    Listener,
    Role,
    is_loopback,
    listeners,
    restriction_steps,
)
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.restrictions import LISTS, Step
from postfix_profiles.postfix.service import Service
from postfix_profiles.profile import Profile

T = TypeVar("T")


@dataclass(frozen=True)
class Host:
    """The configuration of a host, on its platform.

    ``files`` has the text of the files beside main.cf, by name. ``profile`` is None where nobody
    rendered the configuration. ``derived`` keeps what ``once`` has found.
    """

    config: Config
    platform: Platform
    files: Mapping[str, str] = field(default_factory=dict)
    profile: Profile | None = None
    derived: dict[Callable[[Host], object], tuple[Any, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _steps: dict[tuple[str, str, int, str], tuple[Step, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _lists: dict[tuple[str, str, int], tuple[tuple[str, tuple[Step, ...]], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _addresses: dict[str, tuple[Item, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """Every service that SMTP is spoken to over the network.

        One that takes logins at a port of its own looks as if it were for users, but for 25; a
        profile knows which are those of its MX.
        """
        named = self.profile.listeners if self.profile else ()
        of_mx = {one.service for one in named if one.role == "mx"}
        return tuple(
            replace(one, role=Role.PUBLIC_MX)
            if one.role is Role.SUBMISSION and one.service.name in of_mx
            else one
            for one in listeners(self.config)
        )

    @cached_property
    def settings(self) -> tuple[tuple[Service | None, Setting], ...]:
        """Every setting that a program may come to see, with the service whose ``-o`` it is.

        Of two of one name, in main.cf or in one service, that is the last.
        """
        last = {
            (service.key, service.line, setting.name) if service else setting.name: (
                service,
                setting,
            )
            for service, setting in self.config.written()
        }
        return tuple(last.values())

    @cached_property
    def written(self) -> tuple[tuple[Service | None, Value], ...]:
        """The settings, each with its value expanded."""
        return tuple(
            (service, self.config.of_setting(setting, service))
            for service, setting in self.settings
        )

    @cached_property
    def address_resolver(self) -> Service | None:
        """The service that tells all others which class a domain is of (trivial-rewrite(8))."""
        return next(iter(self.config.running("trivial-rewrite")), None)

    def of_role(self, *roles: Role) -> Iterator[tuple[Listener, Service]]:
        """Yield those of ``sessions`` that have one of these roles."""
        for listener, session in self._sessions:
            if listener.role in roles:
                yield listener, session

    def sessions(self) -> Iterator[tuple[Listener, Service]]:
        """Yield every listener whose session is known, with its smtpd.

        An smtpd with arguments dies of them at each connection (o-spaces). What else is to be said
        of it depends on what they were meant to be.
        """
        return iter(self._sessions)

    @cached_property
    def _sessions(self) -> tuple[tuple[Listener, Service], ...]:
        return tuple(
            (one, one.session)
            for one in self.listeners
            if one.session is not None and not one.session.arguments
        )

    def is_local(self, listener: Listener) -> bool:
        """Say whether only the host itself reaches a listener, whatever its role, and no proxy."""
        proxy = f"{listener.service.command}_upstream_proxy_protocol"
        return (
            is_loopback(self.config, listener.endpoint)
            and not self.value(proxy, listener.service).text
        )

    def is_chrooted(self, service: Service) -> bool:
        """Say whether a service is confined to the queue directory.

        It is with ``-``, too, below compatibility level 1 (master(5)).
        """
        level = self.value("compatibility_level").text.partition(".")[0]
        return service.chroot == "y" or (service.chroot == "-" and level.strip() in {"", "0"})

    def value(self, parameter: str, service: Service | None = None) -> Value:
        """Return a parameter as a service sees it, or as any other program does."""
        return self.config.value(parameter, service)

    def steps(self, parameter: str, service: Service | None = None) -> tuple[Step, ...]:
        """Return the restrictions of a list as a service sees it, classes resolved."""
        where = (service.name, service.type, service.line) if service else ("", "", 0)
        key = (*where, parameter)
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = restriction_steps(self.config, parameter, service)
        return found

    def lists(self, service: Service) -> Iterator[tuple[str, tuple[Step, ...]]]:
        """Yield every list of restrictions that a service has, with its name."""
        key = service.name, service.type, service.line
        found = self._lists.get(key)
        if found is None:
            every = ((parameter, self.steps(parameter, service)) for parameter in LISTS)
            found = self._lists[key] = tuple(one for one in every if one[1])
        return iter(found)

    def addresses(self, text: str) -> tuple[Item, ...]:
        """Return the items of a list of clients, such as the value of ``mynetworks``."""
        found = self._addresses.get(text)
        if found is None:
            found = self._addresses[text] = address_items(text, self.table)
        return found

    def table(self, name: str) -> str | None:
        """Return the text behind ``type:path``, where it is a file beside main.cf."""
        if not self.files:
            return None
        path = name.partition(":")[2].split(":", 1)[-1]
        folder = self.value("config_directory").text.rstrip("/")
        for prefix in (f"{folder}/", "$config_directory/", "${config_directory}/"):
            if path.startswith(prefix):
                return self.files.get(path.removeprefix(prefix))
        return None


def said(value: Value) -> str:
    """Return how a message begins that is about a value, which nobody may have written."""
    if value.is_default:
        return f"{value.parameter}, by default {value.text},"
    return f"{value.parameter} = {value.text}"


def once(find: Callable[[Host], Iterator[T]]) -> Callable[[Host], tuple[T, ...]]:
    """Make a function look for things once on each host, however many checks ask for them."""

    @wraps(find)
    def found(host: Host) -> tuple[T, ...]:
        known = host.derived.get(find)
        if known is None:
            known = host.derived[find] = tuple(find(host))
        return known

    return found
