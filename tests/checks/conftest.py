"""For the tests that hold what checks say against the real programs."""

from __future__ import annotations

from tests.postfix.conftest import every_postfix

__all__ = ["every_postfix"]
