"""A value can never become a second parameter, option, comment, service, or entry of a table.

Whatever stands in a profile, it is refused, or what is rendered means exactly that to Postfix.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import settings as options
from hypothesis import strategies as st

from postfix_profiles.finding import RejectedError
from tests.meaning import base, means_what_it_says, rendered
from tests.strategies import ANY_NAME, ANY_VALUE, BASE, NAME, SCREEN, SERVICES, VALUE, profiles

SLOW = [HealthCheck.too_slow]


def is_refused_or_means_what_it_says(profile: Mapping[str, Any]) -> None:
    try:
        made = rendered(profile)
    except RejectedError:
        event("refused")
    else:
        event("rendered")
        means_what_it_says(profile, made)


def with_mx(**changes: Any) -> dict[str, Any]:
    return {**BASE, "mx": {**BASE["mx"], **changes}}


@pytest.mark.parametrize("screened", [False, True])
def test_the_base_means_what_it_says(screened: bool) -> None:
    profile = with_mx(postscreen=SCREEN) if screened else BASE
    means_what_it_says(profile, base(screened=screened))


@options(max_examples=200, suppress_health_check=SLOW)
@given(profiles())
def test_every_text_of_a_profile_is_refused_or_means_what_it_says(profile: dict[str, Any]) -> None:
    is_refused_or_means_what_it_says(profile)


@options(max_examples=60, suppress_health_check=SLOW)
@given(st.dictionaries(NAME, VALUE, max_size=4))
def test_every_printable_value_of_main_means_what_it_says(main: dict[str, Any]) -> None:
    profile = {**BASE, "main": main}
    means_what_it_says(profile, rendered(profile))


@options(max_examples=60, suppress_health_check=SLOW)
@given(st.dictionaries(ANY_NAME, ANY_VALUE, max_size=3))
def test_every_value_of_main_is_refused_or_means_what_it_says(main: dict[str, Any]) -> None:
    is_refused_or_means_what_it_says({**BASE, "main": main})


@options(max_examples=60, suppress_health_check=SLOW)
@given(
    st.dictionaries(ANY_NAME, ANY_VALUE, max_size=2),
    st.dictionaries(ANY_NAME, ANY_VALUE, max_size=2),
    st.sampled_from([False, SCREEN]),
)
def test_every_option_of_a_role_is_refused_or_means_what_it_says(
    mx: dict[str, Any], submission: dict[str, Any], postscreen: Any
) -> None:
    profile = with_mx(options=mx, postscreen=postscreen)
    profile["submission"] = {**BASE["submission"], "options": submission}
    is_refused_or_means_what_it_says(profile)


@options(max_examples=120, suppress_health_check=SLOW)
@given(SERVICES, st.sampled_from([False, SCREEN]))
def test_every_service_is_refused_or_means_what_it_says(
    services: dict[str, Any], postscreen: Any
) -> None:
    is_refused_or_means_what_it_says({**with_mx(postscreen=postscreen), "services": services})
