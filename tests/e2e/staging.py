"""From a rendered folder to a mail host that is up, with the services that it expects around it."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.certificates import Authority
from tests.e2e.dovecot_auth import DovecotAuth
from tests.e2e.host import MailHost
from tests.e2e.name_server import NameServer, Zone
from tests.e2e.roots import Root
from tests.e2e.sink import Sink

# Mail for this domain goes to the sink, which is in the first network.
ELSEWHERE = "example.org"
# maillog_file hides why a start fails from 3.10 on; syslog shows it on every release.
SETTINGS = {"maillog_file": ""}
LONG_AGO = 1_000_000_000
STAGED = "/etc/postfix.staged"


@dataclass(frozen=True, slots=True)
class Running:
    """A mail host that is up, who signed its certificate, and where its mail for elsewhere goes."""

    host: MailHost
    authority: Authority
    elsewhere: Sink


@contextlib.contextmanager
def running(
    root: Root,
    folder: Path,
    interfaces: Mapping[str, Sequence[str]],
    *,
    settings: Mapping[str, str] | None = None,
    services: str = "",
    zone: Zone | None = None,
    passwords: Mapping[str, str] | None = None,
    sasl: bool = True,
    prepare: Callable[[MailHost], None] | None = None,
) -> Iterator[Running]:
    """Start a mail host from a folder with main.cf, master.cf and their tables.

    `interfaces` has at least one network. `settings` replace parameters of main.cf, and `services`
    are lines put behind master.cf, for what only the test needs. `zone` is what the name server
    knows besides example.org, `passwords` are those of SASL logins, which a stand-in for Dovecot
    keeps (none without `sasl`, for a test with a server of its own), and `prepare` gets the host
    just before it starts, to lay down files and accounts. StartFailed when Postfix does not start.
    """
    with contextlib.ExitStack() as resources:
        host = resources.enter_context(MailHost(root, interfaces))
        configure(host, folder, {**SETTINGS, **(settings or {})}, services)
        authority = Authority(host.folder)
        certify(host, authority)
        server = resolve(host, {**elsewhere(host), **(zone or {})})
        resources.callback(server.close)
        if prepare is not None:
            prepare(host)
        host.start()
        if sasl:
            auth = DovecotAuth(host.listen_unix("private/auth"), passwords or {})
            resources.callback(auth.close)
        sink = Sink(
            host.listen(next(iter(host.networks)), "::", 25),
            context=authority.server_context(f"mx.{ELSEWHERE}"),
        )
        resources.callback(sink.close)
        yield Running(host, authority, sink)


def configure(host: MailHost, folder: Path, settings: Mapping[str, str], services: str) -> None:
    """Take over a folder, less what is not Postfix's, and add what only a test needs."""
    etc, staged = host.path("/etc/postfix"), host.path(STAGED)
    staged.mkdir()
    sources = {name: etc / name for name in ("main.cf", "master.cf")}
    sources |= {str(each.relative_to(folder)): each for each in folder.rglob("*") if each.is_file()}
    for name, source in sources.items():
        target = staged / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(0o644)  # a checkout may be group writable, and Postfix warns of that
    if services:
        with (staged / "master.cf").open("a") as master_cf:
            master_cf.write(services)
    values = [f"{name}={value}" for name, value in settings.items()]
    done = host.run("postconf", "-c", STAGED, "-e", *values)
    if done.returncode:
        raise ValueError(f"postconf -e: {done.stderr.strip()}")
    # Postfix waits until main.cf, or a texthash, is more than a second old before it reads it, and
    # from 3.8 on forgets $config_directory while it does. On a running host a new one is put in
    # place by rename, as old as it has to be.
    for name in reversed(sources):
        os.utime(staged / name, (LONG_AGO, LONG_AGO))
        (etc / name).parent.mkdir(parents=True, exist_ok=True)
        (staged / name).replace(etc / name)
    shutil.rmtree(staged)


def reconfigure(host: MailHost, folder: Path, settings: Mapping[str, str] | None = None) -> None:
    """Give a running host another folder, by `postfix reload`."""
    configure(host, folder, {**SETTINGS, **(settings or {})}, "")
    before = len(host.log.lines)
    processes = daemons(host)
    done = host.run("postfix", "reload")
    if done.returncode:
        raise ValueError(f"postfix reload: {done.stderr.strip()}")
    host.log.wait(r"/master: reload -- version", since=before)
    # An idle process may still take a connection before it sees that it has to end.
    deadline = time.monotonic() + 2
    while processes & daemons(host) and time.monotonic() < deadline:
        time.sleep(0.02)


def daemons(host: MailHost) -> set[str]:
    """The processes of Postfix, less master, as `/proc/7/exe -> /usr/lib/postfix/sbin/smtpd`."""
    listed = host.run("sh", "-c", "ls -l /proc/[0-9]*/exe").stdout
    programs = {line[line.index("/proc/") :] for line in listed.splitlines() if "/sbin/" in line}
    return {each for each in programs if "/postfix/" in each and not each.endswith("/master")}


def certify(host: MailHost, authority: Authority) -> None:
    """Put a certificate for the host's own name where main.cf has it.

    That is as certbot(1) does it: `cert.pem` is the leaf alone, any other name the full chain.
    """
    key, leaf, issuer = authority.issue(host.postconf("myhostname"))
    chain_files = host.postconf("smtpd_tls_chain_files").replace(",", " ").split()
    cert_file = host.postconf("smtpd_tls_cert_file")
    contents = {
        cert_file: leaf if cert_file.endswith("/cert.pem") else leaf + issuer,
        host.postconf("smtpd_tls_key_file"): key,
        host.postconf("smtp_tls_CAfile"): authority.root.read_text(),
        # The key comes first (postconf(5)), in a file of its own or before the chain.
        **{file: (key, leaf + issuer)[place % 2] for place, file in enumerate(chain_files)},
        **({chain_files[0]: key + leaf + issuer} if len(chain_files) == 1 else {}),
    }
    for file, content in contents.items():
        if file.startswith("/"):
            host.path(file).parent.mkdir(parents=True, exist_ok=True)
            host.path(file).write_text(content)


def add_accounts(host: MailHost, names: Sequence[str]) -> None:
    """Unix users, for local delivery."""
    with host.path("/etc/passwd").open("a") as passwd:
        passwd.writelines(
            f"{name}:x:{number}:{number}::/home/{name}:/bin/sh\n"
            for number, name in enumerate(names, start=2000)
        )


def resolve(host: MailHost, zone: Zone) -> NameServer:
    """Give the host a name server with this zone, and nothing but it."""
    host.path("/etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
    host.path("/etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
    return NameServer(host.receive("127.0.0.1", 53), zone)


def elsewhere(host: MailHost) -> Zone:
    """The domain whose mail exchanger is the client of the first network."""
    first = next(iter(host.networks.values()))
    addresses = {"A": first.client_address(4), "AAAA": first.client_address(6)}
    return {
        ELSEWHERE: {"MX": [f"10 mx.{ELSEWHERE}"]},
        f"mx.{ELSEWHERE}": {kind: [each] for kind, each in addresses.items() if each},
    }
