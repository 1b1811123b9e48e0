"""The hook that certbot runs after each renewal: what it does, and that it is all it does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from postfix_profiles.render import HOOK
from tests.rendered import MX, files

LIVE = "/etc/letsencrypt/live"
TWO = MX.replace(
    "mail.example.com}", f"b.example.com, sni: {{c.example.com: [{LIVE}/c~/all.pem]}}}}"
)

EXPECTED = f"""\
#!/bin/sh
# For certbot on mail.example.com: Postfix reads its certificate again once it has been renewed.
#
# certbot runs what it finds in /etc/letsencrypt/renewal-hooks/deploy, if it is executable, after
# each renewal of any certificate. As root, in the folder of this file:
#     install -m 755 certbot-deploy-hook /etc/letsencrypt/renewal-hooks/deploy/postfix-profiles
#
# Written by postfix-profiles. Change the profile and run make render: what is changed here is
# lost.

case ${{RENEWED_LINEAGE-}} in
{LIVE}/b.example.com | '{LIVE}/c~') ;;
*) exit 0 ;; # one that Postfix does not use
esac
exec systemctl reload postfix
"""


def written(folder: Path, text: str) -> str:
    return files(folder, text).contents[HOOK]


def reloads(folder: Path, hook: str, **environment: str) -> tuple[int, str]:
    """Run the hook where systemctl and rc-service say how they were called: status and output."""
    for name in ("systemctl", "rc-service"):
        (folder / name).write_text(f'#!/bin/sh\necho "{name} $*"\n')
        (folder / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-eu"],
        input=hook,
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_the_hook_says_what_it_is_and_where_it_belongs(tmp_path: Path) -> None:
    assert written(tmp_path, TWO) == EXPECTED


@pytest.mark.parametrize(
    ("renewed", "output"),
    [
        (f"{LIVE}/b.example.com", "systemctl reload postfix\n"),
        (f"{LIVE}/c~", "systemctl reload postfix\n"),
        (f"{LIVE}/b.example.com-0001", ""),
        (f"{LIVE}/www.b.example.com", ""),
        ("b.example.com", ""),
        ("", ""),
    ],
)
def test_postfix_reloads_for_its_own_certificates(
    renewed: str, output: str, tmp_path: Path
) -> None:
    assert reloads(tmp_path, written(tmp_path, TWO), RENEWED_LINEAGE=renewed) == (0, output)


def test_nothing_happens_where_nothing_was_renewed(tmp_path: Path) -> None:
    assert reloads(tmp_path, written(tmp_path, TWO)) == (0, "")


def test_it_is_the_platform_that_says_how_to_reload(tmp_path: Path) -> None:
    hook = written(tmp_path, MX.replace("debian-12", "alpine-3.22"))
    assert reloads(tmp_path, hook, RENEWED_LINEAGE=f"{LIVE}/mail.example.com") == (
        0,
        "rc-service postfix reload\n",
    )
