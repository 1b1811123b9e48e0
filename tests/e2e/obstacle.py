"""Why the live tests cannot run here."""

from __future__ import annotations

import os
import shutil
import subprocess

from tests.e2e.roots import Root

PROGRAMS = ("unshare", "nsenter", "chroot", "mount", "ip", "openssl")


def obstacle(root: Root) -> str | None:
    """Why no mail host can be made of this root here, or None."""
    if os.geteuid() != 0:
        return "a mail host takes root"
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        return f"there is no program {', '.join(missing)}"
    if not root.path.is_dir():
        return f"there is no {root.path} (make roots)"
    if root.over and not root.has_layer():
        return f"there is no {root.layer} that fits its root (make roots)"
    unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "true"]
    tried = subprocess.run(unshare, capture_output=True, text=True, check=False, timeout=30)
    return tried.stderr.strip() or None
