"""Which platform is meant by a name that none has, and what is said where none can be."""

from __future__ import annotations

import pytest

from postfix_profiles.platforms import platform_meant

DEBIAN = "of debian there are debian-11, debian-12, debian-13, debian-14; any other is "
OTHER = "any other is {postfix: 3.x.y, family: debian}, with the family that it is packaged like: "


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("Debian-12", "did you mean debian-12?"),
        ("debian 12", "did you mean debian-12?"),
        ("debian12", "did you mean debian-12?"),
        ("debain-12", "did you mean debian-12?"),
        ("debian-12.5", "did you mean debian-12?"),
        ("Debian GNU/Linux 12", "did you mean debian-12?"),
        ("bullseye", "did you mean debian-11?"),
        ("debian-bookworm", "did you mean debian-12?"),
        ("trixie", "did you mean debian-13?"),
        ("forky/sid", "did you mean debian-14?"),
        ("Jammy", "did you mean ubuntu-22.04?"),
        ("noble", "did you mean ubuntu-24.04?"),
        ("resolute", "did you mean ubuntu-26.04?"),
        ("ubuntu-24.04.1", "did you mean ubuntu-24.04?"),
        ("alpine-3.22.1", "did you mean alpine-3.22?"),
        ("rhel-9.", "did you mean rhel-9?"),
        ("rocky-9", "did you mean rhel-9?"),
        ("almalinux-9.4", "did you mean rhel-9?"),
        ("centos-stream-9", "did you mean rhel-9?"),
        ("el9", "did you mean rhel-9?"),
        ("debian-10", f"{DEBIAN}{{postfix: 3.x.y, family: debian}}"),
        ("debian", f"{DEBIAN}{{postfix: 3.x.y, family: debian}}"),
        (
            "ubuntu-20.04",
            (
                "of ubuntu there are ubuntu-22.04, ubuntu-24.04, ubuntu-26.04; any other is "
                "{postfix: 3.x.y, family: debian}"
            ),
        ),
        (
            "centos-7",
            (
                "of rhel there are rhel-8, rhel-9, rhel-10; any other is "
                "{postfix: 3.x.y, family: rhel}"
            ),
        ),
        ("freebsd-14", f"{OTHER}debian, rhel, alpine"),
        ("14", f"{OTHER}debian, rhel, alpine"),
        ("", f"{OTHER}debian, rhel, alpine"),
    ],
)
def test_a_name_that_no_platform_has(text: str, advice: str) -> None:
    assert platform_meant(text) == advice


def test_the_form_of_a_platform_without_a_name_can_be_another() -> None:
    assert platform_meant("debian-10", "{}:3.x.y") == f"{DEBIAN}debian:3.x.y"
