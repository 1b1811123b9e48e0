"""Write what golden cases render to now: ``python -m tests.record_golden CASE...``.

A case is a folder of tests/golden with a ``profile.yaml``; what is written is its ``expected``.
Look at the difference (git diff) before you commit it: a golden file is right because somebody read
it, not because the tool wrote it.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from postfix_profiles.render import render
from tests.rendered import GOLDEN, TEMPLATES, read


def main(names: Sequence[str]) -> int:
    """Record the cases of these names; 2 where one is unknown, or none is given."""
    cases = {path.parent.name: path for path in GOLDEN}
    if not names or not set(names) <= cases.keys():
        print(f"usage: python -m tests.record_golden CASE...\ncases: {' '.join(cases)}")
        return 2
    for name in names:
        made = render(read(cases[name]), TEMPLATES)
        folder = cases[name].with_name("expected")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file, text in made.contents.items():
            (folder / file).write_bytes(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
