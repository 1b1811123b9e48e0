"""How a folder gets onto a running host, and what a Postfix that is just then starting makes of it.

Postfix reads a main.cf again that is less than two seconds old, and from 3.8 on forgets what
$config_directory is before it does. It is no other's folder that is looked in then, but none.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator

import pytest

from tests.e2e.gateway import INTERFACES, asked
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, running

pytestmark = pytest.mark.e2e

# Each session has a process of its own.
PROFILE = """
hostname: mx.example.com
interfaces: { wan: [203.0.113.25/24, "2001:db8::25/64"] }
tls: { letsencrypt: example.com }
mx:
  listen: wan
  delivery: { lmtp: "unix:private/dovecot-lmtp" }
  recipients: [alice@example.com]
  options: { max_use: 1 }
"""
FORGETFUL = ("3.10", "3.11")


@pytest.fixture(scope="module")
def mail(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A host with tables of its own."""
    folder = render_text(PROFILE, root.platform, tmp_path_factory.mktemp(root.suite))
    with running(root, folder, INTERFACES) as mail:
        yield mail


def install(mail: Running, age: float) -> None:
    """Put main.cf in its own place by rename, as if it had been written that many seconds ago."""
    path = mail.host.path("/etc/postfix/main.cf")
    copy = path.with_name("main.cf.new")
    shutil.copyfile(path, copy)
    os.utime(copy, (time.time() - age,) * 2)
    copy.replace(path)


def test_file_that_keeps_its_time_does_no_harm(mail: Running) -> None:
    """As `rsync -a`, `cp -p` and `install -p` put it there."""
    install(mail, age=60)
    assert asked(mail, "alice@example.com") == (250, "2.1.5 Ok")
    assert mail.host.log.complaints() == []


def test_file_with_a_new_time_hides_the_tables_for_two_seconds(mail: Running, root: Root) -> None:
    install(mail, age=0)
    reply = asked(mail, "alice@example.com")
    assert reply.code == (451 if root.line in FORGETFUL else 250), reply
