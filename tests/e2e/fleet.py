"""Several mail hosts, and a controller that reaches them with Ansible."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from postfix_profiles.folder import PAIR
from tests.e2e.host import HERE, MailHost
from tests.e2e.namespaces import ENVIRONMENT
from tests.e2e.rendering import render_text
from tests.e2e.roots import Root
from tests.e2e.staging import Running, running

DEPLOY = Path(__file__).parents[2] / "deploy"
WAN = "203.0.113.25"
PROFILE = """
hostname: {hostname}
interfaces: {{ wan: 203.0.113.25/24 }}
tls: {{ letsencrypt: example.com }}
mx: {{ listen: wan, recipients: [{recipients}] }}
"""
# What Ansible gives to a login shell by ssh, the shell of the host gets: its last argument.
SSH = """\
#!/bin/sh
for command; do :; done
exec env -i {environment} {entrance} /bin/sh -c "$command"
"""
# Stands for systemctl(1), as far as Ansible asks it, and notes what it is asked.
SYSTEMCTL = """\
#!/bin/sh
echo "$*" >>{calls}
unit={units}/$2 wants={units}/multi-user.target.wants
case $1 in
show) [ -f "$unit" ] && echo LoadState=loaded || echo LoadState=not-found ;;
is-enabled) [ -h "$wants/$2" ] ;;
enable) mkdir -p $wants && ln -s "$unit" $wants ;;
esac
"""
UNITS = "/etc/systemd/system"
CALLS = "/run/systemctl-calls"
RECAP = re.compile(
    r"(?m)^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+) ", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Played:
    """How a playbook ended: status, output, and `(changed, failed)` of each host it came to."""

    status: int
    out: str
    recap: Mapping[str, tuple[int, int]]


class Fleet:
    """Mail hosts by name, and a folder with a copy of deploy/ beside generated/.

    Each is a host of its own at the same address. `roots` are theirs; they have a Python, which
    Ansible wants.
    """

    def __init__(
        self, folder: Path, hosts: Mapping[str, Running], roots: Mapping[str, Root]
    ) -> None:
        self.hosts = hosts
        self.generated = folder / "generated"
        self._folder, self._roots = folder, roots
        shutil.copytree(DEPLOY, folder / "deploy")
        variables = folder / "deploy" / "host_vars"
        variables.mkdir()
        for name in hosts:
            (variables / f"{name}.yml").write_text(json.dumps(self.reached_by(name)))

    def reached_by(self, name: str) -> Mapping[str, object]:
        """The variables with which Ansible reaches a host."""
        ssh = self._folder / f"ssh-{name}"
        pairs = {**ENVIRONMENT, "HOME": "/root"}.items()
        ssh.write_text(
            SSH.format(
                environment=" ".join(f"{key}={value}" for key, value in pairs),
                entrance=" ".join(self.hosts[name].host._namespaces.entrance(root=HERE)),
            )
        )
        ssh.chmod(0o755)
        return {
            "ansible_ssh_executable": str(ssh),
            "ansible_ssh_transfer_method": "piped",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_become": False,
        }

    def render(self, name: str, *recipients: str) -> None:
        """Make generated/NAME what a profile with these recipients gives."""
        text = PROFILE.format(hostname=name, recipients=", ".join(recipients))
        work = self._folder / "rendering"
        made = render_text(text, self._roots[name].platform, work)
        shutil.rmtree(self.generated / name, ignore_errors=True)
        shutil.copytree(made, self.generated / name)
        shutil.rmtree(work)

    def play(self, *arguments: str, batches: Sequence[int] = (2, 1)) -> Played:
        """Run the playbook as somebody in deploy/ does."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), "playbook.yml"]
            + ["--extra-vars", json.dumps({"batches": list(batches)}), *arguments],
            cwd=self._folder / "deploy",
            env={
                "PATH": os.environ["PATH"],
                "LC_ALL": "C.UTF-8",
                "ANSIBLE_HOME": str(self._folder / "ansible"),
                "ANSIBLE_NOCOLOR": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        recap = {
            name: (int(changed), int(unreachable) + int(failed))
            for name, changed, unreachable, failed in RECAP.findall(done.stdout)
        }
        return Played(done.returncode, done.stdout, recap)

    def files(self, name: str) -> Mapping[str, bytes]:
        """Everything below /etc and /tmp of a host, by its path."""
        host = self.hosts[name].host
        paths = [path for top in ("/etc", "/tmp") for path in host.path(top).rglob("*")]  # noqa: S108
        return {str(path): path.read_bytes() for path in paths if path.is_file()}

    def forget_units(self, *names: str) -> None:
        """Have these hosts as they were before anybody put units there."""
        for name in names:
            shutil.rmtree(self.hosts[name].host.path(UNITS), ignore_errors=True)

    def has_units(self, name: str) -> bool:
        """Whether a host has any of the units of deploy/."""
        found = {path.name for path in self.hosts[name].host.path(UNITS).rglob("*")}
        return any(path.name in found for path in DEPLOY.iterdir())

    def asked_of_systemctl(self, name: str) -> list[str]:
        """What systemctl was asked on a host since the last time this was called."""
        calls = self.hosts[name].host.path(CALLS)
        lines = calls.read_text().splitlines() if calls.exists() else []
        calls.unlink(missing_ok=True)
        return lines

    def is_applied(self, name: str) -> bool:
        """Whether a host has what is in generated/NAME."""
        live = self.hosts[name].host.path("/etc/postfix")
        return all(
            (live / path.name).read_bytes() == path.read_bytes()
            for path in (self.generated / name).iterdir()
        )


@contextlib.contextmanager
def fleet(
    roots: Mapping[str, Root], folder: Path, *, systemd: Collection[str] = ()
) -> Iterator[Fleet]:
    """Start a host for each root, by name, with what PROFILE gives, and nothing applied yet.

    None runs systemd; those that `systemd` names look as if they did, with a systemctl.
    """
    with contextlib.ExitStack() as resources:
        hosts = {}
        for name, root in roots.items():
            text = PROFILE.format(hostname=name, recipients="info@example.com")
            made = render_text(text, root.platform, folder / "first" / name)
            mail = resources.enter_context(running(root, made, {"wan": [f"{WAN}/24"]}))
            # As on a host that nobody has applied anything to, with a main.cf of its own.
            for path in made.iterdir():
                if path.name not in PAIR:
                    mail.host.path(f"/etc/postfix/{path.name}").unlink()
            mail.host.path("/etc/letsencrypt/renewal-hooks/deploy").mkdir(parents=True)
            if name in systemd:
                pretend_systemd(mail.host)
            hosts[name] = mail
        yield Fleet(folder, hosts, roots)


def pretend_systemd(host: MailHost) -> None:
    """Have a host look as if systemd ran there."""
    host.path("/run/systemd/system").mkdir(parents=True)
    systemctl = host.path("/usr/bin/systemctl")
    systemctl.write_text(SYSTEMCTL.format(calls=CALLS, units=UNITS))
    systemctl.chmod(0o755)
