"""What checks judge: a host's configuration, and what is known besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from postfix_profiles.platforms import Platform
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


@dataclass(frozen=True)
class Host:
    """The configuration of a host, on its platform.

    ``files`` has the text of the files beside main.cf, by name. ``profile`` is None where nobody
    rendered the configuration.
    """

    config: Config
    platform: Platform
    files: Mapping[str, str] = field(default_factory=dict)
    profile: Profile | None = None
    _steps: dict[tuple[str, int, str], tuple[Step, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """Every service that SMTP is spoken to over the network."""
        return listeners(self.config)

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
        """Yield the listeners of these roles whose session is known, with its smtpd."""
        for listener in self.listeners:
            if listener.role in roles and listener.session is not None:
                yield listener, listener.session

    def sessions(self) -> Iterator[tuple[Listener, Service]]:
        """Yield every listener whose session is known, with its smtpd."""
        yield from self.of_role(*Role)

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
        key = (service.key, service.line, parameter) if service else ("", 0, parameter)
        found = self._steps.get(key)
        if found is None:
            found = self._steps[key] = restriction_steps(self.config, parameter, service)
        return found

    def lists(self, service: Service) -> Iterator[tuple[str, tuple[Step, ...]]]:
        """Yield every list of restrictions that a service has, with its name."""
        for parameter in LISTS:
            found = self.steps(parameter, service)
            if found:
                yield parameter, found

    def table(self, name: str) -> str | None:
        """Return the text behind ``type:path``, where it is a file beside main.cf."""
        path = name.partition(":")[2].split(":", 1)[-1]
        folder = self.value("config_directory").text.rstrip("/")
        for prefix in (f"{folder}/", "$config_directory/", "${config_directory}/"):
            if path.startswith(prefix):
                return self.files.get(path.removeprefix(prefix))
        return None
