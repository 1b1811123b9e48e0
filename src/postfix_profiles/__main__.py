"""``python -m postfix_profiles``."""

from postfix_profiles.cli import main

raise SystemExit(main())
