"""The playbook on three hosts of three releases, two of them at a time and then the third."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.fleet import WAN, Fleet, fleet
from tests.e2e.obstacle import obstacle
from tests.e2e.roots import ROOTS

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

FIRST, SECOND, THIRD = NAMES = [f"mx{number}.example.com" for number in (1, 2, 3)]
HOOK = "/etc/letsencrypt/renewal-hooks/deploy/postfix-profiles"


@pytest.fixture(scope="module")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    roots = {name: root.with_layer() for name, root in zip(NAMES, ROOTS[1:], strict=True)}
    reason = next(filter(None, map(obstacle, roots.values())), None)
    if reason:
        pytest.skip(reason)
    with fleet(roots, tmp_path_factory.mktemp("fleet")) as controller:
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
    # apply, and the hook.
    assert (played.status, played.recap) == (0, dict.fromkeys(NAMES, (2, 0))), played.out
    for name in NAMES:
        assert controller.is_applied(name)
        hook = controller.hosts[name].host.path(HOOK)
        assert (
            hook.read_bytes() == (controller.generated / name / "certbot-deploy-hook").read_bytes()
        )
        assert hook.stat().st_mode & 0o777 == 0o755
        with controller.hosts[name].host.connect("wan", WAN, 25) as session:
            assert session.greeting.text == f"{name} ESMTP"

    before = {name: controller.files(name) for name in NAMES}
    played = controller.play("--diff")
    assert (played.status, played.recap) == (0, dict.fromkeys(NAMES, (0, 0))), played.out
    assert {name: controller.files(name) for name in NAMES} == before


def test_a_bad_folder_in_the_first_batch_leaves_the_second_alone(controller: Fleet) -> None:
    for name in NAMES:
        controller.render(name, "info@example.com", "bad@example.com")
    make_it_bad(controller.generated / FIRST)
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
    before = {name: controller.files(name) for name in NAMES}
    played = controller.play("--check", "--diff")
    assert played.status == 0, played.out
    assert [failed for _, failed in played.recap.values()] == [0, 0, 0]
    assert played.out.count("\n+new@example.com   OK\n") == 3
    assert played.out.count("would reload Postfix") == 3
    assert {name: controller.files(name) for name in NAMES} == before


def test_a_host_that_would_refuse_stops_a_check_as_well(controller: Fleet) -> None:
    for name in NAMES:
        controller.render(name, "info@example.com", "worse@example.com")
    make_it_bad(controller.generated / FIRST)
    played = controller.play("--check", batches=(1,))
    assert (played.status, played.recap) == (2, {FIRST: (0, 1)}), played.out


def test_a_host_may_have_another_name_than_its_folder(controller: Fleet, tmp_path: Path) -> None:
    controller.render(THIRD, "info@example.com", "third@example.com")
    variables = {**controller.reached_by(THIRD), "folder": THIRD}
    words = " ".join(f"{name}={value}" for name, value in variables.items())
    (tmp_path / "hosts").write_text(f"[postfix]\nthird {words}\n")
    played = controller.play("--inventory", str(tmp_path / "hosts"))
    assert (played.status, list(played.recap)) == (0, ["third"]), played.out
    assert controller.is_applied(THIRD)


def test_a_host_that_cannot_be_reached_stops_it_as_well(controller: Fleet, tmp_path: Path) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nexit 255\n")
    ssh.chmod(0o755)
    text = f"[postfix]\na ansible_ssh_executable={ssh}\nb ansible_ssh_executable={ssh}\n"
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
        f"#!/bin/sh\necho >>{calls}\n[ $(wc -l <{calls}) -le 5 ] || exit 255\n"
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
    assert "fatal: [lost]: UNREACHABLE!" in played.out, played.out
    assert controller.files(THIRD) == before
