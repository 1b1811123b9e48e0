"""What the checks of values call fatal, held against every real smtpd that is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.judging import judged_folder
from postfix_profiles.platforms import platform
from tests.real_postfix import RealPostfix, write_pair

pytestmark = pytest.mark.postfix

MAIN = """\
compatibility_level = 2
myhostname = mail.example.com
local_recipient_maps =
smtpd_relay_restrictions = reject
smtpd_client_event_limit_exceptions = static:all
"""
MASTER = "smtpd inet n - n - - smtpd\n"
# All at once: a Postfix program sleeps for a second before it ends in a fatal error.
EACH = """\
for one
do (smtpd -S -o "$one" </dev/null >/dev/null 2>&1 || printf '%s\\n' "$one") &
done
wait
"""

DIES = [
    "smtpd_helo_required=ja",
    "smtpd_helo_required=",
    "smtpd_peername_lookup=true",
    "smtputf8_enable=1",
    "message_size_limit=50M",
    "message_size_limit=",
    "message_size_limit=99999999999999999999",
    "smtpd_recipient_limit=0x10",
    "compatibility_level=new",
    "compatibility_level=",
    "smtpd_recipient_limit=9999999999",
    "smtpd_hard_error_limit=0",
    "smtpd_hard_error_limit=many",
    "unverified_sender_reject_code=600",
    "unverified_sender_reject_code=199",
    "smtpd_timeout=5 min",
    "smtpd_timeout=1H",
    "smtpd_timeout=1.5h",
    "smtpd_timeout=-5s",
    "smtpd_timeout=",
    "smtpd_timeout=0",
    "smtpd_timeout=99999999w",
    "in_flow_delay=11",
    "smtpd_banner=",
    "default_verp_delimiters=+",
    "smtpd_sasl_type=",
    "smtpd_tls_security_level=enrypt",
    "inet_protocols=ipv5",
    "notify_classes=bounce, policies",
    "unknown_address_tempfail_action=reject",
    "mynetworks_style=Host",
    "smtpd_sender_login_maps=/etc/postfix/logins",
    "mydestination=$mydestination",
    "myorigin=$mydomain$relayhost$myorigin",
]
"""Values at which smtpd ends before it has greeted."""

RUNS = [
    "smtpd_helo_required=YES",
    "message_size_limit=-1",
    "message_size_limit=+50000000",
    "compatibility_level=3.6",
    "smtpd_hard_error_limit=${stress?1}${stress:20}",
    "smtpd_timeout=1h30m",
    "smtpd_timeout=5minutes",
    "smtpd_timeout=2147483647",
    "in_flow_delay=hello",
    "in_flow_delay=0",
    "smtpd_reject_footer=",
    "notify_classes=",
    "smtpd_tls_security_level=verify",
    "smtpd_tls_security_level=May",
    "smtpd_tls_security_level=",
    "smtpd_tls_loglevel=11",
    "smtpd_discard_ehlo_keywords=nonsense",
    "milter_default_action=nonsense",
    "tls_ssl_options=nonsense",
    "smtpd_sender_login_maps=nonsense:/etc/postfix/logins",
    "mynetworks=2001:db8::/32",
]
"""Values with which it greets, whatever becomes of them later."""

FATAL = {"bad-type", "endless-macro"}
PLATFORMS = {
    (3, 5): "debian-11",
    (3, 7): "debian-12",
    (3, 10): "debian-13",
    (3, 11): "debian-14",
}


def is_called_fatal(setting: str, name: str) -> bool:
    """Say whether a check calls the end of a program what a setting of main.cf does."""
    text = setting.replace("=", " = ", 1)
    texts = {"main.cf": f"{MAIN}{text}\n", "master.cf": MASTER}
    return any(
        one.check in FATAL or (one.check == "map-type" and "dies" in one.message)
        for one in judged_folder("postfix", texts, platform(name))
    )


def test_smtpd_ends_at_a_value_where_a_check_says_so(
    every_postfix: tuple[RealPostfix, ...], tmp_path: Path
) -> None:
    write_pair(tmp_path, MAIN, MASTER)
    for postfix in every_postfix:
        done = postfix.run(["sh", "-c", EACH, "sh", *DIES, *RUNS], tmp_path)
        assert (postfix.release, set(done.stdout.splitlines())) == (postfix.release, set(DIES))


@pytest.mark.parametrize("name", PLATFORMS.values())
def test_a_check_says_so_where_smtpd_ends(name: str) -> None:
    assert {one for one in (*DIES, *RUNS) if is_called_fatal(one, name)} == set(DIES)
