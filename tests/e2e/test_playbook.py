"""The playbook on three hosts of three releases, two of them at a time and then the third."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.fleet import DEPLOY, UNITS, WAN, Fleet, fleet
from tests.e2e.obstacle import obstacle
from tests.e2e.roots import ROOTS

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FIRST, SECOND, THIRD = NAMES = [f"mx{number}.example.com" for number in (1, 2, 3)]
# Each starts Postfix from another unit.
SYSTEMD = {FIRST: "postfix@-.service", THIRD: "postfix.service"}
RECOVER = "postfix-profiles-recover.service"
WAIT = "wait-for-addresses.conf"
# How Ansible sees whether a unit is enabled.
LOOK = [f"show {RECOVER}", f"is-enabled {RECOVER} -l"]
HOOK = "/etc/letsencrypt/renewal-hooks/deploy/postfix-profiles"


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    roots = {name: root.with_layer() for name, root in zip(NAMES, ROOTS[1:], strict=True)}
    reason = next(filter(None, map(obstacle, roots.values())), None)
    if reason:
        pytest.skip(reason)
    with fleet(roots, tmp_path_factory.mktemp("fleet"), systemd=SYSTEMD) as controller:
        yield controller


def make_it_bad(folder: Path) -> None:
    """Have it listen on an address that no host has, with a sum that is right."""
    (folder / "master.cf").write_text(
        (folder / "master.cf").read_text().replace(f"{WAN}:25 ", "203.0.113.77:25 ")
    )
    names = sorted(path.name for path in folder.iterdir() if path.name != "SHA256SUMS")
    (folder / "SHA256SUMS").write_text(
        "".join(
            f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
            for name in names
        )
    )


def test_all_hosts_get_their_folders_and_the_second_time_nothing_changes(controller: Fleet) -> None:
    for name in NAMES:
        controller.render(name, "info@example.com")
    played = controller.play()
    # apply, and the hook; then the units, and that one is enabled.
    assert played.status == 0, played.out
    assert played.recap == {FIRST: (4, 0), SECOND: (2, 0), THIRD: (4, 0)}, played.out
    for name in NAMES:
        assert controller.is_applied(name)
        hook = controller.hosts[name].host.path(HOOK)
        assert (
            hook.read_bytes() == (controller.generated / name / "certbot-deploy-hook").read_bytes()
        )
        assert hook.stat().st_mode & 0o777 == 0o755
        with controller.hosts[name].host.connect("wan", WAN, 25) as session:
            assert session.greeting.text == f"{name} ESMTP"
    for name, service in SYSTEMD.items():
        units = controller.hosts[name].host.path(UNITS)
        assert (units / RECOVER).read_bytes() == (DEPLOY / RECOVER).read_bytes()
        assert (units / f"{service}.d" / WAIT).read_bytes() == (DEPLOY / WAIT).read_bytes()
        assert controller.asked_of_systemctl(name) == ["daemon-reload", *LOOK, f"enable {RECOVER}"]
    assert not controller.has_units(SECOND)

    before = {name: controller.files(name) for name in NAMES}
    played = controller.play("--diff")
    assert (played.status, played.recap) == (0, dict.fromkeys(NAMES, (0, 0))), played.out
    assert {name: controller.files(name) for name in NAMES} == before
    assert {name: controller.asked_of_systemctl(name) for name in SYSTEMD} == dict.fromkeys(
        SYSTEMD, LOOK
    )


def test_a_bad_folder_in_the_first_batch_leaves_the_second_alone(controller: Fleet) -> None:
    for name in NAMES:
        controller.render(name, "info@example.com", "bad@example.com")
    make_it_bad(controller.generated / FIRST)
    controller.forget_units(FIRST)
    before = {name: controller.files(name) for name in NAMES}
    played = controller.play()
    assert played.status == 2, played.out
    assert played.recap.keys() == {FIRST, SECOND}
    assert played.recap[FIRST] == (0, 1)
    assert (
        "apply: refused: no interface has the address 203.0.113.77, which Postfix is to bind"
        in played.out
    )
    assert controller.is_applied(SECOND)
    assert list(controller.hosts[SECOND].host.path("/tmp").iterdir()) == []  # noqa: S108
    for name in (FIRST, THIRD):
        assert controller.files(name) == before[name]


def test_check_and_diff_say_what_would_change_and_change_nothing(controller: Fleet) -> None:
    for name in NAMES:
        controller.render(name, "info@example.com", "new@example.com")
    controller.forget_units(*SYSTEMD)
    before = {name: controller.files(name) for name in NAMES}
    played = controller.play("--check", "--diff")
    assert played.status == 0, played.out
    assert [failed for _, failed in played.recap.values()] == [0, 0, 0]
    assert played.out.count("\n+new@example.com   OK\n") == 3
    assert played.out.count("would reload Postfix") == 3
    for unit in (RECOVER, WAIT):
        added = "".join(f"+{line}\n" for line in (DEPLOY / unit).read_text().splitlines())
        assert played.out.count(added) == len(SYSTEMD), played.out
    assert {name: controller.files(name) for name in NAMES} == before
    assert {name: controller.asked_of_systemctl(name) for name in SYSTEMD} == {
        name: [] for name in SYSTEMD
    }


def test_a_host_that_would_refuse_stops_a_check_as_well(controller: Fleet) -> None:
    for name in NAMES:
        controller.render(name, "info@example.com", "worse@example.com")
    make_it_bad(controller.generated / FIRST)
    played = controller.play("--check", batches=(1,))
    assert (played.status, played.recap) == (2, {FIRST: (0, 1)}), played.out


def test_a_host_may_be_called_otherwise_and_keep_its_units(
    controller: Fleet, tmp_path: Path
) -> None:
    controller.render(THIRD, "info@example.com", "third@example.com")
    variables = {**controller.reached_by(THIRD), "folder": THIRD, "units": False}
    words = " ".join(f"{name}={value}" for name, value in variables.items())
    (tmp_path / "hosts").write_text(f"[postfix]\nthird {words}\n")
    controller.forget_units(THIRD)
    played = controller.play("--inventory", str(tmp_path / "hosts"))
    assert (played.status, list(played.recap)) == (0, ["third"]), played.out
    assert controller.is_applied(THIRD)
    assert not controller.has_units(THIRD)


def test_a_host_that_cannot_be_reached_stops_it_as_well(controller: Fleet, tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nexit 255\n")
    ssh.chmod(0o755)
    text = f"[postfix]\na ansible_ssh_executable={ssh}\nb ansible_ssh_executable={ssh}\n"
    text += "[postfix:vars]\npatience=1\n"
    (tmp_path / "hosts").write_text(text)
    played = controller.play("--inventory", str(tmp_path / "hosts"), batches=(1,))
    assert (played.status, played.recap) == (2, {"a": (0, 1)}), played.out


@pytest.mark.parametrize("batch", [1, 2])
def test_a_host_that_is_lost_halfway_stops_it_as_well(
    batch: int, controller: Fleet, tmp_path: Path
) -> None:
    variables = controller.reached_by(FIRST)
    ssh, calls = tmp_path / "ssh", tmp_path / "calls"
    ssh.write_text(
        f"#!/bin/sh\necho >>{calls}\n[ $(wc -l <{calls}) -le 4 ] || exit 255\n"
        f'exec {variables["ansible_ssh_executable"]} "$@"\n'
    )
    ssh.chmod(0o755)
    hosts = {
        "lost": {**variables, "folder": FIRST, "ansible_ssh_executable": str(ssh)},
        SECOND: {},
        THIRD: {},
    }
    (tmp_path / "hosts.yml").write_text(json.dumps({"postfix": {"hosts": hosts}}))
    for name in NAMES:
        controller.render(name, "info@example.com", f"later-{batch}@example.com")
    before = controller.files(THIRD)
    played = controller.play("--inventory", str(tmp_path / "hosts.yml"), batches=(batch,))
    assert played.status != 0
    assert "TASK [Apply]" in played.out, played.out
    assert "fatal: [lost]: UNREACHABLE!" in played.out, played.out
    assert controller.files(THIRD) == before
