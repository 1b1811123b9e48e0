"""Words that somebody else gets than they were meant for: comments, and values with blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from postfix_profiles.checks.check import At, Fault, error, info
from postfix_profiles.checks.host import Host
from postfix_profiles.postfix.main_cf import Setting
from postfix_profiles.postfix.service import Service
from postfix_profiles.postfix.words import BETWEEN_ITEMS, spans

_COMMENT_HELP = "put the comment on a line of its own"

_MAY_HAVE_HASHES = {"debugger_command", "mailbox_command", "recipient_delimiter"}
"""A character of any kind, and what a shell runs: a shell has comments."""

_TO_BE_FILLED_IN = re.compile(r"#+\w+#+")
"""What stands for a value that is still to come, such as ##HOSTNAME##."""

_TEXTS = ("_banner", "_footer", "_reason", "_reply")
"""What the names of texts end in that clients get to see."""

_ATTRIBUTES = {
    "lmtp": ("flags=",),
    "pipe": (
        *("chroot=", "directory=", "eol=", "flags=", "null_sender=", "size=", "user="),
        "argv=",
    ),
    "smtp": ("flags=",),
    "spawn": ("user=", "argv="),
}
"""What the arguments of a program begin with; no other program takes any."""


@error("trailing-comment")
def trailing_comment(host: Host) -> Iterator[Fault]:
    """A comment stands behind a value, and is a part of it.

    Why: yes # text is no boolean and 10 # text no number, at which smtpd ends; in a list of
    restrictions it is an unknown one; a list of domains or networks ends at it, with what its next
    lines say; and behind an entry of master.cf the program dies of its words.

    Fires: a word of a value of main.cf or of -o, or of the arguments in master.cf, begins with #.

    Does not fire: on lines of comment, on # within a word or in braces, on recipient_delimiter, on
    commands that a shell runs, and on texts that are sent to clients.

    Fix: put the comment on a line of its own; it can stand between the lines of a value.

    Source: postconf(5), file format; tried on 3.5 to 3.11: smtpd does not start, 451, lost domains.
    """
    yield from _behind_values(host, in_text=False)
    for service in host.config.services.values():
        words = (service.command, *service.arguments)
        first = next((n for n, word in enumerate(words) if word[:1] == "#"), None)
        if first is not None:
            comment = " ".join(_up_to_option(words[first:]))
            what = f"goes to {words[0]} as arguments" if first else "is the program to run"
            message = f'"{comment}" is no comment, but {what}'
            yield Fault(message, _COMMENT_HELP, _end_of_options(host, service))


@info("comment-in-text")
def comment_in_text(host: Host) -> Iterator[Fault]:
    """A text that clients see has a # in it, as if for a comment.

    Why: Postfix has no comments behind a value; all of it is sent, from 3.10 on with a warning in
    the log.

    Fires: a word of a banner, a footer, a reply or the reason of a refusal begins with #.

    Does not fire: on other parameters, for which trailing-comment does.

    Fix: put the comment on a line of its own, unless it is meant to be sent.

    Source: postconf(5), file format; tried on 3.5 to 3.11.
    """
    yield from _behind_values(host, in_text=True)


@error("o-spaces")
def o_spaces(host: Host) -> Iterator[Fault]:
    """A blank cuts off the value of an option in master.cf.

    Why: what stands behind the blank is an argument of the program. Nearly all of them take none
    and die of it, each time that master starts one, while postfix check finds nothing wrong. What
    else there is to say of such a listener is said once it runs.

    Fires: a program that takes no arguments has some; pipe, spawn, smtp or lmtp have one that is
    no attribute of theirs.

    Does not fire: on -o { name = a b }, on attributes and the command of pipe and spawn, and on
    programs that are not Postfix's.

    Fix: write -o { name = a, b }, or separate items by commas alone.

    Source: master(5), command name + arguments; tried on 3.5 to 3.11: the service is dead.
    """
    for service in host.config.services.values():
        stray = _stray_arguments(host, service)
        if not stray:
            continue
        rest = " ".join(stray)
        advice = f'remove "{rest}", or write it as -o name=value'
        if service.options:
            option = service.options[-1]
            advice = f"write -o {{ {option.name} = {f'{option.value} {rest}'.lstrip()} }}"
        fate = "ignores" if service.command == "postscreen" else "dies of"
        yield Fault(
            f'{service.command} takes no argument "{stray[0]}", and {fate} it',
            advice,
            _end_of_options(host, service),
        )


def _behind_values(host: Host, *, in_text: bool) -> Iterator[Fault]:
    """Yield what was meant as a comment behind a value, for texts or for all others."""
    for service, setting in host.settings:
        if (
            "#" in setting.value
            and setting.name not in _MAY_HAVE_HASHES
            and setting.name.endswith(_TEXTS) is in_text
        ):
            value = host.config.of_setting(setting, service)
            for comment in _comments(setting):
                message = f'{setting.name}: "{comment}" is no comment, but a part of the value'
                is_blank = _TO_BE_FILLED_IN.fullmatch(comment)
                advice = f"write what {comment} stands for" if is_blank else _COMMENT_HELP
                yield Fault(message, advice, value, mark=comment)


def _comments(setting: Setting) -> Iterator[str]:
    """Yield what was meant as a comment, line by line."""
    text = setting.value
    ends = [start for start, _ in setting.continued]
    done = 0
    for start, _ in spans(text, BETWEEN_ITEMS):
        if text[start] == "#" and start >= done:
            done = next((end for end in ends if end > start), len(text))
            yield text[start:done].rstrip()


def _stray_arguments(host: Host, service: Service) -> tuple[str, ...]:
    """Return the arguments that are not for the program, up to the next that is, or the next -o."""
    if service.command not in host.config.catalogue.programs:
        return ()
    attributes = _ATTRIBUTES.get(service.command, ())
    known = tuple(takewhile(lambda word: word.lower().startswith(attributes), service.arguments))
    first, *others = service.arguments[len(known) :] or ("",)
    # Behind argv= is what the command takes; # and = are the faults of trailing-comment and
    # master-cf-syntax.
    if first[:1] in {"", "#", "="} or any(word.lower().startswith("argv=") for word in known):
        return ()
    ends = ("-o", *attributes)
    return first, *takewhile(lambda word: not word.lower().startswith(ends), others)


def _up_to_option(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words before the next -o."""
    return words[: words.index("-o")] if "-o" in words else words


def _end_of_options(host: Host, service: Service) -> At:
    """Return what stands before the arguments of a service."""
    return host.config.of_setting(service.options[-1], service) if service.options else service
