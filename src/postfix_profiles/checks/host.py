"""What checks judge: a host's configuration, and what is known besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from postfix_profiles.platforms import Platform
from postfix_profiles.postfix.config import Config, Value
from postfix_profiles.postfix.listeners import Listener, Role, listeners, restriction_steps
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

    @cached_property
    def listeners(self) -> tuple[Listener, ...]:
        """Every service that SMTP is spoken to over the network."""
        return listeners(self.config)

    def of_role(self, *roles: Role) -> Iterator[tuple[Listener, Service]]:
        """Yield the listeners of these roles whose session is known, with its smtpd."""
        for listener in self.listeners:
            if listener.role in roles and listener.session is not None:
                yield listener, listener.session

    def sessions(self) -> Iterator[tuple[Listener, Service]]:
        """Yield every listener whose session is known, with its smtpd."""
        yield from self.of_role(*Role)

    def value(self, parameter: str, service: Service | None = None) -> Value:
        """Return a parameter as a service sees it, or as any other program does."""
        return self.config.value(parameter, service)

    def steps(self, parameter: str, service: Service | None = None) -> tuple[Step, ...]:
        """Return the restrictions of a list as a service sees it, classes resolved."""
        return restriction_steps(self.config, parameter, service)

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
