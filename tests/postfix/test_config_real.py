"""The effective configuration, held against that of every real Postfix that is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.platforms import platform
from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.catalogue import catalogue
from postfix_profiles.postfix.catalogue.timeline import release
from postfix_profiles.postfix.config import Config
from tests.postfix import comparison
from tests.postfix.comparison import MAIN, MASTER, Pair, ask, one_blank
from tests.real_postfix import RealPostfix, write_pair

pytestmark = pytest.mark.postfix

HOST = f"{MAIN}myhostname = mail.example.com\n"
SERVICES = """\
smtp inet n - n - - smtpd
relay unix - - n - - smtp
vacation unix - n n - - pipe flags=R user=nobody argv=/bin/true
policy unix - n n - 0 spawn user=nobody argv=/bin/true
"""
CONDITIONALS = """\
role = mx
smtpd_banner = $myhostname ESMTP ${role?{of the $role}:{of none}} ${nobody:without}
relayhost = ${{$role} == {mx} ? {} : {[smart.example.net]:587}}
smtpd_relay_restrictions = ${nobody?permit_sasl_authenticated,} ${role?reject_unauth_destination}
mydestination = $myhostname localhost.$mydomain ${relayhost?{}:{$mydomain}} $virtual_alias_maps
default_destination_recipient_limit = 7
relay_destination_concurrency_limit = $relay_destination_recipient_limit
"""
WHOLE = [
    HOST,
    f"{HOST}compatibility_level = 2\n",
    f"{HOST}compatibility_level = 3.6\n",
    f"{HOST}{CONDITIONALS}",
    f"{MAIN}myhostname = mail\n",
    f"{MAIN}mydomain = example.net\nmyhostname = mail.$mydomain\n",
]

# The package and the machine decide about them; postconf speaks of itself as the process.
UNKNOWN = {"process_id", "process_name", "mail_release_date"}


def packaged(postfix: RealPostfix) -> dict[str, str]:
    """Return the defaults that are not the release's, as ``postconf -d`` prints them."""
    known = catalogue(release(postfix.release))
    (answer,) = ask(postfix, [(MAIN, MASTER)], "-d")
    decided = {"package", "openssl"}
    return {
        name: value
        for name, value in comparison.settings(answer).items()
        if known.decided_by(name) in decided
    }


def read(postfix: RealPostfix, pair: Pair) -> Config:
    main, master = pair
    return Config(
        main_cf.parse(main),
        master_cf.parse(master),
        catalogue(release(postfix.release)),
        packaged(postfix),
    )


def test_every_value_is_the_one_that_postconf_expands(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in every_postfix:
        pairs = [(main, SERVICES) for main in WHOLE]
        for pair, answer in zip(pairs, ask(postfix, pairs, "-x"), strict=True):
            config = read(postfix, pair)
            theirs = comparison.settings(answer)
            names = theirs.keys() - UNKNOWN
            assert len(names) > 800
            assert {name: one_blank(config.value(name).text) for name in names} == {
                name: theirs[name] for name in names
            }, (postfix.release, pair[0])


def test_a_domain_that_needs_itself_is_empty(every_postfix: tuple[RealPostfix, ...]) -> None:
    # The defaults of 3.11 convert it to ASCII, and there is no such conversion of nothing.
    for postfix in (one for one in every_postfix if one.version < (3, 11)):
        pair = (f"{MAIN}myhostname = mail.$mydomain\n", MASTER)
        (answer,) = ask(postfix, [pair], "-x", "myhostname", "mydomain")
        config = read(postfix, pair)
        assert comparison.settings(answer) == {"myhostname": "mail.", "mydomain": ""}
        assert {name: config.value(name).text for name in ("myhostname", "mydomain")} == {
            "myhostname": "mail.",
            "mydomain": "",
        }


MAIN_OF_SERVICES = f"""{HOST}
who = nobody
mua_client_restrictions = permit_mynetworks, $last
last = defer
"""
OPTIONS = """\
smtp inet n - n - - smtpd
  -o syslog_name=postfix/$service_name/$process_name
  -o { smtpd_client_restrictions = $mua_client_restrictions }
  -o last=reject
submission inet n - n - - smtpd
  -o syslog_name=$who -o who=$service_name
  -o { mua_client_restrictions = permit_sasl_authenticated, $last }
  -o { smtpd_client_restrictions = ${who?{$mua_client_restrictions}:{reject}} }
  -o { smtpd_banner = ${{$who} == {nobody} ? {main.cf} : {the service}} }
  -o myhostname=submission.example.net
  -o smtpd_proxy_ehlo=$myhostname
  -o smtpd_sasl_security_options=noplaintext
  -o smtpd_sasl_tls_security_options=$smtpd_sasl_security_options
  -o myorigin=a -o myorigin=b
relay unix - - n - - smtp
  -o smtp_helo_name=$myhostname
  -o syslog_name=${service_name}-${nothing:none}
"""


def test_every_option_is_the_one_that_postconf_expands(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    pair = (MAIN_OF_SERVICES, OPTIONS)
    for postfix in every_postfix:
        config = read(postfix, pair)
        (answer,) = ask(postfix, [pair], "-x", "-P")
        assert len(answer.lines) == 15
        for key, name, value in comparison.options(answer):
            ours = config.value(name, config.services[key])
            assert (postfix.release, key, name, one_blank(ours.text)) == (
                postfix.release,
                key,
                name,
                value,
            )


LIVE = f"""{HOST}
local_recipient_maps =
smtpd_relay_restrictions = reject
smtpd_client_event_limit_exceptions = static:all
who = nobody
names = $myhostname $mydomain $myorigin
"""
LIVE_OPTIONS = {
    "myhostname": "submission.example.net",
    "smtpd_banner": "$names $who $service_name $process_name $mydestination ${last?$last}",
    "who": "$last",
    "last": "users",
}


def test_a_live_smtpd_greets_with_the_value_that_it_is_to_see(
    every_postfix: tuple[RealPostfix, ...], tmp_path: Path
) -> None:
    # postconf computes mydomain from main.cf alone; smtpd from the myhostname that it is given.
    options = [word for name, value in LIVE_OPTIONS.items() for word in ("-o", f"{name}={value}")]
    master = "smtpd unix - - n - - smtpd" + "".join(
        f" -o {{ {name} = {value} }}" for name, value in LIVE_OPTIONS.items()
    )
    write_pair(tmp_path, LIVE, master)
    for postfix in every_postfix:
        # -S: a session with whoever is at standard input, as for ``sendmail -bs``.
        done = postfix.run(["smtpd", "-S", *options], tmp_path)
        config = read(postfix, (LIVE, master))
        banner = config.value("smtpd_banner", config.services["smtpd/unix"]).text
        assert banner == (
            "submission.example.net example.net submission.example.net users smtpd smtpd "
            "submission.example.net, localhost.example.net, localhost users"
        )
        assert (postfix.release, done.stdout) == (postfix.release, f"220 {banner}\r\n")


PLATFORMS = {
    (3, 5): "debian-11",
    (3, 7): "debian-12",
    (3, 10): "debian-13",
    (3, 11): "debian-14",
}


def test_the_defaults_of_debian_are_those_of_its_packages(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for postfix in (one for one in every_postfix if one.root and one.version in PLATFORMS):
        theirs = packaged(postfix)
        ours = dict(platform(PLATFORMS[postfix.version]).defaults)
        assert ours.pop("config_directory") == "/etc/postfix"
        assert ours == {name: theirs.get(name) for name in ours}
