"""docs/ is what ``make docs`` writes now, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from postfix_profiles.manual import keys, reports
from tests.record_docs import DOCS, PAGES, write


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    current = (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()
    assert current, f"docs/{name} is not what the source says any more: make docs"


def test_every_page_is_generated(tmp_path: Path) -> None:
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PAGES)
    assert sorted(path.name for path in DOCS.glob("*.md")) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_link_leads_to_one_place_of_its_page(name: str) -> None:
    text = PAGES[name]()
    anchors = re.findall(r'<a id="(.+)"></a>', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#(.+?)\)", text)) <= set(anchors)


def test_everything_has_a_place() -> None:
    for report in reports.reports():
        assert f'<a id="{report.id}"></a>' in PAGES["checks.md"]()
    for key in keys.all_keys():
        assert f'<a id="{key.name}"></a>' in PAGES["keys.md"]()


def test_a_check_is_printed_with_its_manual() -> None:
    (start,) = re.findall(r'<a id="waive-unused"></a>\n(.*?)<a id', PAGES["checks.md"](), re.DOTALL)
    assert start == (
        "\n### waive-unused\n\n*warning, a rule of the family keys*\n\n"
        "A waiver fits no finding.\n\n"
        "- **Fires**: once what it was for is mended, or when check, listener or parameter is "
        "misspelt. It would hide a finding that comes later.\n"
        "- **Fix**: take it out.\n"
        "- **Waive**: no, it has to be mended\n\n\n## Rules: files\n\n"
        "Whether the files can be made, and nobody else has changed them.\n\n"
    )


def test_a_key_is_printed_with_what_it_takes_and_sets() -> None:
    (start,) = re.findall(r'<a id="mx.auth"></a>\n(.*?)<a id', PAGES["keys.md"](), re.DOTALL)
    assert start == (
        "\n### mx.auth\n\n"
        "Offer AUTH on this port too, after STARTTLS only. Who authenticates may relay.\n\n"
        "- **Type**: true or false\n- **Default**: `false`\n- **Example**: `true`\n"
        "- **Sets**: smtpd_relay_restrictions in main.cf; smtpd_sasl_auth_enable on the "
        "listeners of mx\n\n"
    )
