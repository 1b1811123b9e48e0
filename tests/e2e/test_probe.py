"""The command probe, run in the networks of a live host: it is content, and it sees what is not."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import rendering
from tests.e2e.host import MailHost
from tests.e2e.probed import Found, Probe
from tests.e2e.reference import LAN, NAME, PASSWORDS, WAN, WAN6
from tests.e2e.roots import Root
from tests.e2e.staging import reconfigure, running

pytestmark = [pytest.mark.examples, pytest.mark.e2e]

PROFILE = rendering.PROFILES / f"{NAME}.yaml"
BOTH = f"{WAN}:25, [{WAN6}]:25"
# What the probe provokes, and nothing else.
EXPECTED = [
    r"/smtpd: warning: .*: SASL PLAIN authentication failed",
    r"/smtpd: warning: TLS library problem: .*(unsupported protocol|alert)",
]
# Everything that the issue asks for, on one host.
BROKEN = {
    "mynetworks": "0.0.0.0/0, [::]/0",
    "smtpd_sasl_auth_enable": "yes",
    "smtpd_tls_auth_only": "no",
    "smtpd_tls_protocols": "!SSLv2",
    "smtpd_tls_mandatory_protocols": "!SSLv2",
    "smtpd_tls_ciphers": "medium",
    "smtpd_tls_mandatory_ciphers": "medium",
    "tls_medium_cipherlist": "ALL:@SECLEVEL=0",
    "message_size_limit": "20000000",
    "disable_vrfy_command": "no",
    "local_recipient_maps": "",
    "smtpd_banner": "other.example.com ESMTP",
    "smtpd_forbid_bare_newline": "no",
    "smtpd_forbid_unauth_pipelining": "no",
}
PUBLIC_587 = f"""
{WAN}:587 inet n - n - - smtpd
    -o syslog_name=postfix/public
"""


@pytest.fixture(scope="module")
def probe(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """The reference host as it is rendered, on one release after the other."""
    work = tmp_path_factory.mktemp(root.suite)
    folder = rendering.render(PROFILE, root.platform, work)
    with running(root, folder, rendering.interfaces(PROFILE), passwords=PASSWORDS) as mail:
        yield Probe(mail, work / "profiles/0.yaml")


def text_of(done: subprocess.CompletedProcess[str]) -> tuple[int, str]:
    return done.returncode, done.stdout + done.stderr


class TestGoodHost:
    """The host keeps its whole contract, and nothing but the smuggling needs a message."""

    def test_from_the_wan(self, probe: Probe) -> None:
        assert text_of(probe("wan", "--from", "wan", "--send")) == (
            0,
            "1 host: 43 of 43 promises kept\n",
        )

    def test_from_the_lan(self, probe: Probe) -> None:
        """The client there has no IPv6."""
        skipped = (
            f"{PROFILE}: info[probe-reachable]: [{WAN6}]:25: not tried: network is unreachable; "
            "nothing says that it can be used from here (--from)\n"
        )
        assert text_of(probe("lan", "--from", "lan", "--send")) == (
            0,
            f"{skipped}1 host: 41 of 42 promises kept, 1 not tried\n",
        )

    def test_as_a_stranger_without_a_message(self, probe: Probe) -> None:
        before = probe.mail.elsewhere.messages, probe.mail.host.mailbox("root")
        skipped = (
            f"{probe.profile}: info[probe-smuggling]: {BOTH}: not tried: it takes messages to the "
            "postmaster, which --send allows\n"
        )
        assert text_of(probe("wan")) == (
            0,
            f"{skipped}1 host: 41 of 43 promises kept, 2 not tried\n",
        )
        assert (probe.mail.elsewhere.messages, probe.mail.host.mailbox("root")) == before

    def test_who_is_none_of_the_users_may_not_send(self, probe: Probe) -> None:
        done = probe("lan", "--from", "lan", "--send", login=("bob", PASSWORDS["bob"]))
        assert done.returncode == 0
        assert done.stdout.endswith("1 host: 41 of 42 promises kept, 1 not tried\n")

    def test_who_is_in_another_network_than_said_is_told(self, probe: Probe) -> None:
        said = (
            "postfix-profiles: this machine comes from 203.0.113.99, which is not in lan "
            "(192.168.1.0/24); leave --from out, or name the --address of the host if it is behind "
            "NAT\n"
        )
        assert text_of(probe("wan", "--from", "lan")) == (2, said)

    def test_who_may_be_behind_nat_is_not_held_to_be_a_stranger(self, probe: Probe) -> None:
        done = probe("wan", "--from", "lan", "--address", LAN, "--format", "json")
        reason = (
            f"{AT_587}: not tried: this machine comes from 203.0.113.99, which is not in lan "
            "(192.168.1.0/24); behind NAT the host may see another address"
        )
        assert reason in [one["message"] for one in json.loads(done.stdout)["findings"]]

    def test_login_with_a_wrong_password_is_told(self, probe: Probe) -> None:
        answer = "535 5.7.8 Error: authentication failed: (reason unavailable)"
        message = f"the login admin is answered {answer}"
        done = probe("lan", "--from", "lan", "--format", "json", login=("admin", "wrong"))
        assert done.returncode == 1
        assert [
            (one["check"], one["message"])
            for one in json.loads(done.stdout)["findings"]
            if one["severity"] != "info"
        ] == [("probe-login", f"{AT_587}: {message}")]

    def test_log_has_no_warning_but_the_expected(self, probe: Probe) -> None:
        assert probe.mail.host.log.complaints(EXPECTED) == []


def break_down(host: MailHost) -> None:
    """What main.cf cannot say: TLS is not forced on 587, and the certificate was of yesterday."""
    master = host.path("/etc/postfix/master.cf")
    level = "-o smtpd_tls_security_level="
    master.write_text(master.read_text().replace(f"{level}encrypt", f"{level}may"))
    leaf = host.folder / "expired.pem"
    request = ["openssl", "x509", "-req", "-in", "server.csr", "-out", str(leaf), "-days", "-1"]
    signed_by = ["-CA", "intermediate.pem", "-CAkey", "intermediate.key", "-CAcreateserial"]
    subprocess.run(
        [*request, *signed_by, "-extfile", "extensions", "-extensions", "server"],
        cwd=host.folder,
        check=True,
        capture_output=True,
    )
    chain = leaf.read_text() + (host.folder / "intermediate.pem").read_text()
    host.path(host.postconf("smtpd_tls_cert_file")).write_text(chain)


@pytest.fixture(scope="module")
def broken(root: Root, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """The same profile, and a host on which nearly nothing is as it promises."""
    work = tmp_path_factory.mktemp(root.suite)
    folder = rendering.render(PROFILE, root.platform, work)
    (folder / "submission_clients").write_text("0.0.0.0/0 OK\n")
    with running(
        root,
        folder,
        rendering.interfaces(PROFILE),
        settings=BROKEN,
        services=PUBLIC_587,
        passwords=PASSWORDS,
        prepare=break_down,
    ) as mail:
        yield Probe(mail, work / "profiles/0.yaml")


MX, SUBMISSION, TLS = "listen: wan", "listen: lan", "minimum_protocol: TLSv1.2"
CERTIFICATE = "certificate: /etc/letsencrypt/live/example.com/fullchain.pem"
AT_587 = f"{LAN}:587"
OTHER_NAME = "the server greets as other.example.com, and not as mail.example.com"
OTHER_SIZE = "EHLO tells of SIZE 20000000, and not of SIZE 10240000"
TOO_LARGE = "a message of 10240001 bytes is not refused when it is announced"
OLDER = "{} is accepted, which is older than what is promised"
CLEAR = "AUTH is offered before TLS"


def of_the_mx(where: str, profile: Path) -> list[Found]:
    """What is wrong with 25, at each address that was reached, by check."""
    nobody = "nobodyofthisname"
    relayed = (
        f"mail for elsewhere is taken from a stranger: from <{nobody}@example.org> to "
        f"<{nobody}@example.org>, and 26 more of its kind"
    )
    unknown = f"mail for {nobody}@example.com is taken, who does not exist"
    two = "a message with LF . CR LF, LF . LF, CR LF . LF in it becomes two"
    return [
        Found("probe-auth-clear", MX, where, CLEAR),
        Found("probe-auth-offered", MX, where, "AUTH is offered, and nobody is to log in here"),
        Found("probe-greeting", MX, where, OTHER_NAME),
        Found("probe-relay", MX, where, relayed),
        Found("probe-size", MX, where, OTHER_SIZE),
        Found("probe-size", MX, where, TOO_LARGE),
        # The platform decides about it, and that is in the first line here.
        Found("probe-smuggling", profile.read_text().strip(), where, two),
        Found("probe-tls-older", TLS, where, OLDER.format("TLSv1")),
        Found("probe-tls-older", TLS, where, OLDER.format("TLSv1.1")),
        Found("probe-unknown-recipient", MX, where, unknown),
        Found("probe-vrfy", MX, where, f"VRFY is answered with 252 2.0.0 {nobody}"),
    ]


def of_all(where: str) -> Found:
    """What is wrong with the certificate."""
    message = f"the certificate that is served for {NAME} does not hold: certificate has expired"
    return Found("probe-certificate-date", CERTIFICATE, where, message)


def of_587() -> list[Found]:
    """What is wrong with 587, and that there is one at the public address, too."""
    vrfy = "554 5.7.1 <nobodyofthisname>: Recipient address rejected: Access denied"
    elsewhere = "somebody answers, and the profile has no listener there"
    forced = "MAIL before STARTTLS is answered 250 2.1.0 Ok"
    return [
        Found("probe-auth-clear", SUBMISSION, AT_587, CLEAR),
        Found("probe-closed", SUBMISSION, f"{WAN}:587", elsewhere),
        Found("probe-greeting", SUBMISSION, AT_587, OTHER_NAME),
        Found("probe-size", SUBMISSION, AT_587, OTHER_SIZE),
        Found("probe-size", SUBMISSION, AT_587, TOO_LARGE),
        Found("probe-tls-forced", SUBMISSION, AT_587, forced),
        Found("probe-tls-older", TLS, AT_587, OLDER.format("TLSv1")),
        Found("probe-tls-older", TLS, AT_587, OLDER.format("TLSv1.1")),
        Found("probe-vrfy", SUBMISSION, AT_587, f"VRFY is answered with {vrfy}"),
    ]


class TestBrokenHost:
    """It is found out in each respect, with the line that promised otherwise."""

    def test_from_the_wan(self, broken: Probe) -> None:
        wrong = [*of_the_mx(BOTH, broken.profile), *of_587(), of_all(f"{BOTH}, {AT_587}")]
        let_in = "a client at 203.0.113.99 is let in, and only 192.168.1.0/24 may connect"
        wrong.append(Found("probe-shut", SUBMISSION, AT_587, let_in))
        assert sorted(broken.found("wan", "--from", "wan", "--send")) == sorted(wrong)

    def test_from_the_lan(self, broken: Probe) -> None:
        where = f"{WAN}:25"
        wrong = [*of_the_mx(where, broken.profile), *of_587(), of_all(f"{where}, {AT_587}")]
        assert sorted(broken.found("lan", "--from", "lan", "--send")) == sorted(wrong)


USERS = """\
hostname: submit.example.com
interfaces: { wan: 203.0.113.25/24, lan: 192.168.1.25/24 }
tls: { letsencrypt: submit.example.com }
submission:
  listen: lan
  ports: [587, 465]
  senders: { admin: [admin@example.com] }
"""
ANY_SENDER = USERS + "  options: { smtpd_sender_restrictions: [] }\n"
NETWORKS = {"wan": [f"{WAN}/24"], "lan": [f"{LAN}/24"]}


class TestUsers:
    """A host for users alone, who may send in their own name; 465 has TLS from the first byte."""

    def test_keep_to_their_senders(
        self, root: Root, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        good, bad = (tmp_path_factory.mktemp(name) for name in ("good", "bad"))
        folder = rendering.render_text(USERS, root.platform, good)
        free = rendering.render_text(ANY_SENDER, root.platform, bad)
        with running(root, folder, NETWORKS, passwords=PASSWORDS) as mail:
            probe = Probe(mail, good / "profiles/0.yaml")
            for network, kept in (("wan", "6 of 6"), ("lan", "41 of 41")):
                said = f"1 host: {kept} promises kept\n"
                assert text_of(probe(network, "--from", network)) == (0, said)
            reconfigure(mail.host, free)
            where = f"{LAN}:587, {LAN}:465"
            message = "admin may send as nobodyofthisname@example.org"
            line = "senders: { admin: [admin@example.com] }"
            assert probe.found("lan", "--from", "lan") == [
                Found("probe-forged-sender", line, where, message)
            ]
