"""Restriction classes: lists of restrictions under a name of their own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from postfix_profiles.checks.check import Fault, error
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.restrictions import written


@error("class-undefined")
def class_undefined(host: Host) -> Iterator[Fault]:
    """A restriction class has no definition.

    Why: smtpd ends with a fatal error before it greets anybody, on every listener that has the name
    in smtpd_restriction_classes, whether or not a list uses it.

    Fires: the parameter of the class is not set, or is empty.

    Does not fire: where the options of the service define it.

    Fix: set a parameter of that name to its restrictions, or remove the name from the list.

    Source: RESTRICTION_CLASS_README; tried on 3.5 to 3.11: smtpd does not start.
    """
    for listener, session in host.sessions():
        classes = host.value("smtpd_restriction_classes", session)
        for name in takewhile(lambda word: not word.startswith("#"), classes.items):
            found = host.value(name, session)
            if not found.text and not found.error:
                yield Fault(
                    f"the restriction class {name} has no definition, without which smtpd does not "
                    f"start",
                    f"set {name} to its restrictions, or take it out of smtpd_restriction_classes",
                    classes,
                    listener,
                    mark=name,
                )


@error("class-within-itself")
def class_within_itself(host: Host) -> Iterator[Fault]:
    """A restriction class contains itself.

    Why: smtpd goes round in it until its stack is full, and is killed in the middle of the session.

    Fires: the definition of a class names the class, or another class that leads back to it, and a
    list uses it.

    Does not fire: on a class that several lists or classes use.

    Fix: take the name out of its own definition.

    Source: RESTRICTION_CLASS_README; tried on 3.5 to 3.11: signal 11.
    """
    for one in written(host):
        step = one.step
        if step.text in step.classes:
            through = step.classes[step.classes.index(step.text) + 1 :]
            by_way = f" by way of {', '.join(through)}" if through else ""
            yield Fault(
                f"the restriction class {step.text} contains itself{by_way}: smtpd crashes in it",
                f"take {step.text} out of {one.value.parameter}",
                one.value,
                one.listener,
                mark=step.text,
            )
