from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.postfix.config import Value
from tests.probe.held import MX, PROFILE, SUBMISSION, SUBMISSIONS, promised


def promises(folder: Path, which: int, text: str = PROFILE) -> list[tuple[str, str, str]]:
    """Id, parameter and subject of what a port promises."""
    made = promised(folder, text).ports[which].promises
    return [
        (one.id.removeprefix("probe-"), one.at.parameter, one.subject)
        for one in made
        if isinstance(one.at, Value)
    ]


CERTIFICATE = [
    ("certificate-name", "smtpd_tls_cert_file", "mail.example.com"),
    ("certificate-date", "smtpd_tls_cert_file", "mail.example.com"),
    ("certificate-chain", "smtpd_tls_cert_file", "mail.example.com"),
]


def test_of_the_mx(tmp_path: Path) -> None:
    assert promises(tmp_path, MX) == [
        ("greeting", "smtpd_banner", ""),
        ("greeting", "myhostname", "EHLO"),
        ("starttls", "smtpd_tls_security_level", ""),
        ("tls-lowest", "smtpd_tls_protocols", "TLSv1.2"),
        ("tls-older", "smtpd_tls_protocols", "TLSv1"),
        ("tls-older", "smtpd_tls_protocols", "TLSv1.1"),
        *CERTIFICATE,
        ("vrfy", "disable_vrfy_command", ""),
        ("size", "message_size_limit", ""),
        ("auth-clear", "smtpd_tls_auth_only", ""),
        ("auth-offered", "smtpd_sasl_auth_enable", ""),
        ("relay", "smtpd_relay_restrictions", ""),
        ("delivery", "mydestination", "example.com"),
        ("unknown-recipient", "local_recipient_maps", "example.com"),
        ("smuggling", "smtpd_forbid_bare_newline", ""),
    ]


@pytest.mark.parametrize(
    ("which", "forced", "clear"),
    [
        (SUBMISSION, "smtpd_tls_security_level", [("auth-clear", "smtpd_tls_auth_only", "")]),
        (SUBMISSIONS, "smtpd_tls_wrappermode", []),
    ],
)
def test_of_submission(
    tmp_path: Path, which: int, forced: str, clear: list[tuple[str, str, str]]
) -> None:
    assert promises(tmp_path, which) == [
        ("greeting", "smtpd_banner", ""),
        ("greeting", "myhostname", "EHLO"),
        ("starttls", "smtpd_tls_security_level", ""),
        ("tls-forced", forced, ""),
        ("tls-lowest", "smtpd_tls_mandatory_protocols", "TLSv1.2"),
        ("tls-older", "smtpd_tls_mandatory_protocols", "TLSv1"),
        ("tls-older", "smtpd_tls_mandatory_protocols", "TLSv1.1"),
        *CERTIFICATE,
        ("vrfy", "disable_vrfy_command", ""),
        ("size", "message_size_limit", ""),
        *clear,
        ("auth-offered", "smtpd_sasl_auth_enable", ""),
        ("wrong-login", "smtpd_sasl_path", ""),
        ("login", "smtpd_relay_restrictions", ""),
        ("relay", "smtpd_relay_restrictions", ""),
    ]


def kept(folder: Path, id_: str, old: str, new: str, which: int = MX) -> list[tuple[str, str]]:
    """Parameter and subject of the promises of one id, with a profile that was changed."""
    assert old in PROFILE
    made = promises(folder, which, PROFILE.replace(old, new))
    return [(parameter, subject) for name, parameter, subject in made if name == id_]


class TestTls:
    @pytest.mark.parametrize(
        ("minimum", "lowest", "older"),
        [
            ("TLSv1", "TLSv1", []),
            ("TLSv1.1", "TLSv1.1", ["TLSv1"]),
            ("TLSv1.3", "TLSv1.3", ["TLSv1", "TLSv1.1", "TLSv1.2"]),
        ],
    )
    def test_versions(self, tmp_path: Path, minimum: str, lowest: str, older: list[str]) -> None:
        change = ("example.com }\nmx", f"example.com, minimum_protocol: {minimum} }}\nmx")
        at = "smtpd_tls_protocols"
        assert kept(tmp_path, "tls-lowest", *change) == [(at, lowest)]
        assert kept(tmp_path, "tls-older", *change) == [(at, one) for one in older]

    @pytest.mark.parametrize(
        ("raw", "lowest"),
        [("!SSLv2", "TLSv1.2"), (">=TLSv1.3", "TLSv1.3"), ("nonsense", "TLSv1.2")],
    )
    def test_words_of_postfix_promise_no_less_than_the_profile(
        self, tmp_path: Path, raw: str, lowest: str
    ) -> None:
        change = ("mx:\n", f'main: {{ smtpd_tls_protocols: "{raw}" }}\nmx:\n')
        assert kept(tmp_path, "tls-lowest", *change) == [("smtpd_tls_protocols", lowest)]
        assert [one for _, one in kept(tmp_path, "tls-older", *change)] == ["TLSv1", "TLSv1.1"]

    def test_none(self, tmp_path: Path) -> None:
        change = ("listen: wan", "listen: wan\n  tls: none")
        for id_ in ("tls-lowest", "tls-older", "certificate-name"):
            assert kept(tmp_path, id_, *change) == []

    def test_certificates_by_name(self, tmp_path: Path) -> None:
        sni = "sni: { a.example.net: [/etc/letsencrypt/a.pem], b.example.net: [/etc/b.pem] }"
        change = ("example.com }\nmx", f"example.com, {sni} }}\nmx")
        at = "tls_server_sni_maps"
        own = ("smtpd_tls_cert_file", "mail.example.com")
        assert kept(tmp_path, "certificate-name", *change) == [
            own,
            (at, "a.example.net"),
            (at, "b.example.net"),
        ]
        assert kept(tmp_path, "certificate-chain", *change) == [own, (at, "a.example.net")]

    def test_certificate_for_all_below_a_domain(self, tmp_path: Path) -> None:
        """It is asked for by a name there, which need not be one of its own."""
        change = ("example.com }\nmx", "example.com, sni: { .example.net: [/etc/b.pem] } }\nmx")
        own = ("smtpd_tls_cert_file", "mail.example.com")
        below = ("tls_server_sni_maps", "nobodyofthisname.example.net")
        assert kept(tmp_path, "certificate-name", *change) == [own]
        assert kept(tmp_path, "certificate-date", *change) == [own, below]


class TestSession:
    def test_vrfy_that_is_wanted_is_no_promise(self, tmp_path: Path) -> None:
        change = ("mx:\n", "main: { disable_vrfy_command: false }\nmx:\n")
        assert kept(tmp_path, "vrfy", *change) == []

    def test_size_that_cannot_be_read_is_no_promise(self, tmp_path: Path) -> None:
        change = ("mx:\n", 'main: { message_size_limit: "$nothing" }\nmx:\n')
        assert kept(tmp_path, "size", *change) == []


class TestLogins:
    def test_of_the_mx_are_those_of_submission(self, tmp_path: Path) -> None:
        change = ("listen: wan", "listen: wan\n  auth: true")
        assert kept(tmp_path, "wrong-login", *change) == [("smtpd_sasl_path", "")]
        assert kept(tmp_path, "login", *change) == []

    def test_owners_of_senders(self, tmp_path: Path) -> None:
        change = ("users: [admin]", "senders: { admin: admin@example.com }")
        found = kept(tmp_path, "forged-sender", *change, which=SUBMISSION)
        assert found == [("smtpd_sender_restrictions", "")]


class TestReceiving:
    ID = "unknown-recipient"

    @pytest.mark.parametrize(
        ("delivery", "at"),
        [("{ lmtp: unix:private/x }", "virtual_mailbox"), ('{ relay: "[10.0.0.5]:25" }', "relay")],
    )
    def test_who_exists_is_said_by_the_class_of_the_domain(
        self, tmp_path: Path, delivery: str, at: str
    ) -> None:
        change = ("listen: wan", f"listen: wan\n  delivery: {delivery}")
        listed = {"virtual_mailbox": "virtual_mailbox_maps", "relay": "relay_recipient_maps"}[at]
        assert kept(tmp_path, self.ID, *change) == [(listed, "example.com")]
        assert kept(tmp_path, "delivery", *change) == [(f"{at}_domains", "example.com")]

    def test_everybody_exists_with_a_catch_all(self, tmp_path: Path) -> None:
        change = ("listen: wan", 'listen: wan\n  aliases: { "@example.com": alice@example.com }')
        assert kept(tmp_path, self.ID, *change) == []

    def test_inner_server_is_asked(self, tmp_path: Path) -> None:
        old = "recipients: [alice@example.com]"
        assert kept(tmp_path, self.ID, old, 'delivery: { relay: "[10.0.0.5]:25" }') == [
            ("smtpd_recipient_restrictions", "example.com")
        ]

    def test_nobody_knows_who_exists(self, tmp_path: Path) -> None:
        change = ("mx:\n", 'main: { local_recipient_maps: "" }\nmx:\n')
        assert kept(tmp_path, self.ID, *change) == []

    @pytest.mark.parametrize(
        ("release", "at"),
        [
            ("3.5.23", "smtpd_forbid_bare_newline"),
            ("3.5.20", "smtpd_forbid_unauth_pipelining"),
            ("3.5.8", "smtpd_data_restrictions"),
        ],
    )
    def test_smuggling_is_kept_away_by_what_the_release_has(
        self, tmp_path: Path, release: str, at: str
    ) -> None:
        change = ("platform: debian-12", f'platform: {{ postfix: "{release}", family: debian }}')
        assert kept(tmp_path, "smuggling", *change) == [(at, "")]
