"""The functions that templates print with.

They are the only way from a value to a line of main.cf and master.cf, refuse what Postfix would
not read back as it is, and record which keys of the profile each setting comes from. What the
profile itself says of a parameter or a service (``main``, ``services``, ``options``) takes the
place of what the template says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from postfix_profiles import lines, schema
from postfix_profiles.finding import Finding, RejectedError, Route, Severity, error
from postfix_profiles.postfix import master_cf_print
from postfix_profiles.profile import Profile
from postfix_profiles.scalar import control_character

MAIN = ""
"""The service of main.cf, as the origin of settings names it."""

BEHIND_POSTSCREEN = "smtpd/pass"
"""The service that holds the SMTP session behind postscreen."""


AS_GIVEN = "As the profile says."
"""The reason of what the profile says in Postfix's own words."""

_Raw = dict[str, tuple[Route, Any]]
"""Parameter → where the profile itself gives it, and its value."""


class Lines(str):
    """Lines that a function of the page made: the only values with a newline that are printed."""

    __slots__ = ()


def printable(value: Any) -> Any:
    """Return what ``{{ value }}`` prints; raises ValueError for a control character in it."""
    if isinstance(value, Lines):
        return value
    text = str(value)
    found = control_character(text)
    if found:
        raise ValueError(f"{found} in {text!r}")
    return text


class Page:
    """The pages of one host; ``origin`` has what its settings come from, as they are printed."""

    def __init__(self, profile: Profile) -> None:
        self.origin: dict[tuple[str, str], tuple[Route, ...]] = {}
        self._document = profile.document
        self._settings = profile.settings
        self._changes: Mapping[str, Any] = profile.settings["services"]
        self._known = lines.relevant(profile)
        self._widths = lines.widths(profile)
        self._roles: dict[str, str] = {f"{one.service}/inet": one.role for one in profile.listeners}
        if profile.settings["mx"]:
            self._roles[BEHIND_POSTSCREEN] = "mx"
        self._services: list[str] = []
        self._raw: dict[str, _Raw] = {
            MAIN: {
                name: (("main", name), value) for name, value in profile.settings["main"].items()
            }
        }

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Return the functions, under the names that templates call them by."""
        return {
            "section": lines.section,
            "setting": self.setting,
            "remaining": self.remaining,
            "raw": self.raw,
            "note": self.note,
            "columns": self.columns,
            "service": self.service,
            "option": self.option,
            "remaining_services": self.remaining_services,
            "new_service": self.new_service,
        }

    def setting(self, caller: Callable[[], str], **settings: Any) -> str:
        """Print settings of main.cf that have one reason, which the body of the call gives."""
        return Lines(self._print(MAIN, settings, caller()))

    def remaining(self) -> list[str]:
        """Return the parameters of ``main`` that have not been printed in place of another."""
        return [name for name in self._settings["main"] if (MAIN, name) not in self.origin]

    def raw(self, name: str) -> str:
        """Print a parameter of ``main`` that has no other place."""
        return Lines(self._print(MAIN, {name: None}, ""))

    def note(self, text: str) -> str:
        """Print a comment, over several lines where it is long."""
        return Lines(lines.comment(text).rstrip("\n"))

    def columns(self) -> str:
        """Print the names of the columns of master.cf."""
        return master_cf_print.format_header(self._widths)

    def service(self, *columns: str, caller: Callable[[], str] | None = None) -> str:
        """Print an entry of master.cf from its eight columns; the body has its options."""
        key = f"{columns[0]}/{columns[1]}"
        self._services.append(key)
        why = ""
        routes: tuple[Route, ...] = ()
        if key in self._changes:
            if self._changes[key] is None:
                return ""
            own, routes = lines.changed(columns, self._changes[key]), (("services", key),)
            if own != columns:
                why = lines.reason(AS_GIVEN, (routes,), self._known, "")
            columns = own
        line = self._guarded(routes, partial(lines.service, columns, self._widths), None)
        # What is no option of Postfix stands behind all of them: it is the program's own.
        line, _, arguments = line.partition("\n")
        options = caller() if caller else ""
        others = [name for name in self._raw_of(key) if (key, name) not in self.origin]
        rest = "".join(self._print(key, {name: None}, "") for name in others)
        return Lines(f"{why}{line}\n{options}{rest}{arguments}")

    def option(self, caller: Callable[[], str], **options: Any) -> str:
        """Print options of the service whose body this is, which have one reason, or none."""
        return Lines(self._print(self._services[-1], options, caller()))

    def remaining_services(self) -> list[str]:
        """Return the services of the profile that have not been printed, and are to be."""
        return [
            key
            for key, changes in self._changes.items()
            if key not in self._services and changes is not None
        ]

    def new_service(self, key: str) -> str:
        """Print a service that only the profile knows."""
        if not self._changes[key]["command"]:
            place = self._document.key_place(("services", key))
            message = f"services: there is no service {key}, and no command makes it a new one"
            raise RejectedError([error("services", message, place)])
        name, _, kind = key.rpartition("/")
        private = "n" if kind == "inet" else "y"
        return self.service(name, kind, private, "y", "n", "-", "-", "")

    def _raw_of(self, service: str) -> _Raw:
        """Return what the profile's own settings say of a service, and where they say it."""
        if service not in self._raw:
            role = self._roles.get(service)
            found: _Raw = {}
            if role:
                for name, value in self._settings[role]["options"].items():
                    found[name] = (role, "options", name), value
            for name, value in ((self._changes.get(service) or {}).get("options") or {}).items():
                found[name] = ("services", service, "options", name), value
            self._raw[service] = found
        return self._raw[service]

    def _print(self, service: str, settings: Mapping[str, Any], text: str) -> str:
        """Return the reason and the lines of settings; what is raw has a reason of its own."""
        raw = self._raw_of(service)
        side = "main" if service == MAIN else self._roles.get(service, "outbound")
        rendered = tuple((n, lines.items(v)) for n, v in settings.items() if n not in raw)
        for name, _ in rendered:
            self.origin[service, name] = schema.routes(side, name)
        try:
            body = lines.block(side, rendered, text, self._known)
        except ValueError:
            # Line by line, to learn which of them it was, and where that is decided.
            body = "".join(self._line(service, n, v, self.origin[service, n]) for n, v in rendered)
        if len(rendered) < len(settings):
            body += self._print_raw(service, side, settings, body)
        return body

    def _print_raw(self, service: str, side: str, settings: Mapping[str, Any], before: str) -> str:
        """Return the lines of those settings that the profile itself gives."""
        raw = self._raw_of(service)
        indent = "" if service == MAIN else lines.INDENT
        body = ""
        for name in (name for name in settings if name in raw):
            own, value = raw[name]
            decided = (own, *schema.routes(side, name))
            self.origin[service, name] = decided
            body += "\n" if before + body and service == MAIN else ""
            body += lines.reason(_instead(settings[name]), ((own,),), self._known, indent)
            body += self._line(service, name, value, decided)
        return body

    def _line(self, service: str, name: str, value: Any, routes: tuple[Route, ...]) -> str:
        write = lines.setting if service == MAIN else lines.option
        return self._guarded(routes, partial(write, name, lines.items(value)), name)

    def _guarded(
        self, routes: tuple[Route, ...], write: Callable[[], str], parameter: str | None
    ) -> str:
        try:
            return write()
        except ValueError as bad:
            place = self._document.place(routes[0]) if routes else None
            finding = Finding("bad-value", Severity.ERROR, str(bad), place, parameter=parameter)
            raise RejectedError([finding]) from None


def _instead(rendered: Any) -> str:
    """Return the reason of a setting that the profile itself gives."""
    if rendered is None:
        return AS_GIVEN
    return f"As the profile says, in place of {', '.join(lines.items(rendered)) or 'nothing'}."
