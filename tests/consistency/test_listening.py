"""Interfaces, listeners, certificates and clients that do not fit each other."""

from __future__ import annotations

import pytest

from tests.building import HEAD, added, profile, refusal
from tests.consistency.host import TLS, accepted, found

CLIENTS = "(name the networks whose clients may connect, or say any)"
ONE_SERVICE = "(one port of an address has one service: change listen, or the port)"
KEEP_ONE = "(keep one; null takes away what a fragment gives)"
GIVE_ONE = "(give tls.letsencrypt, tls.certificate with tls.key, or tls.chain)"

# --- interfaces -----------------------------------------------------------------------------------


def test_an_interface_that_is_not_there_is_shown_with_the_nearest() -> None:
    assert found("mx: {listen: [wan, wam]}\nsubmission: {listen: dmz}") == [
        "7:20+3 unknown-interface: mx.listen[1]: there is no interface wam (did you mean wan?)",
        (
            "8:22+3 unknown-interface: submission.listen: there is no interface dmz "
            "(the interfaces are wan, lan, loopback, any)"
        ),
    ]


def test_loopback_and_any_are_always_there() -> None:
    accepted("mx: {listen: loopback}")
    accepted("mx: {listen: any}")


def test_mail_leaves_from_an_interface_with_addresses() -> None:
    accepted("outbound: {bind: wan}")
    accepted("outbound: {bind: loopback}")
    assert found("outbound: {bind: lann}") == [
        "7:18+4 unknown-interface: outbound.bind: there is no interface lann (did you mean lan?)"
    ]
    assert found("outbound: {bind: any}") == [
        (
            "7:18+3 unknown-interface: outbound.bind: any names no address "
            "(leave it out, and the system chooses)"
        )
    ]


def test_an_interface_has_an_address_once_however_it_is_written() -> None:
    text = (
        "interfaces:\n  wan: [192.0.2.1, 192.0.2.1/24]\n"
        "  lan: ['fd00::1', 192.0.2.1, 'FD00:0::1/64', 'fd00:0::1']\n  one: 10.0.0.1\n"
        "mx: {listen: wan}\n"
    )
    # That its listeners meet as well goes without saying.
    assert refusal(f"{HEAD}{TLS}{text}") == [
        "5:20+12 duplicate-address: interfaces.wan has 192.0.2.1 twice",
        "6:31+14 duplicate-address: interfaces.lan has fd00::1 twice",
        "6:47+11 duplicate-address: interfaces.lan has fd00::1 twice",
    ]


# --- listeners ------------------------------------------------------------------------------------


def test_two_roles_cannot_listen_on_one_port_of_an_address() -> None:
    assert found("mx: {listen: lan}\nsubmission: {listen: lan, ports: [587, 25]}") == [
        "8:22+3 duplicate-listener: mx and submission would both listen on port 25 of 192.168.1.25 "
        + ONE_SERVICE
    ]


def test_one_role_cannot_listen_twice() -> None:
    text = "interfaces: {a: 10.0.0.1/24, b: 10.0.0.1/8}\nmx: {listen: [a, b]}\n"
    assert refusal(f"{HEAD}{TLS}{text}") == [
        f"5:18+1 duplicate-listener: mx would listen twice on port 25 of 10.0.0.1 {ONE_SERVICE}"
    ]


def test_every_address_takes_the_port_of_each() -> None:
    assert found(
        "mx: {listen: [lan, any]}\nsubmission: {listen: any, ports: [25], clients: any}"
    ) == [
        "7:20+3 duplicate-listener: mx would listen twice on port 25 of 192.168.1.25 "
        + ONE_SERVICE,
        (
            "8:22+3 duplicate-listener: mx and submission would both listen on port 25 of "
            f"192.168.1.25 {ONE_SERVICE}"
        ),
        (
            "8:22+3 duplicate-listener: mx and submission would both listen on port 25 of every "
            f"address {ONE_SERVICE}"
        ),
    ]


def test_two_entries_of_listen_that_meet_are_one_finding_for_each_port() -> None:
    assert found("mx: {listen: [wan, any]}") == [
        "7:20+3 duplicate-listener: mx would listen twice on port 25 of 203.0.113.25 " + ONE_SERVICE
    ]
    assert found("submission: {listen: [lan, any], ports: [587, 465], clients: any}") == [
        f"7:28+3 duplicate-listener: submission would listen twice on port {port} of 192.168.1.25 "
        + ONE_SERVICE
        for port in (587, 465)
    ]


def test_addresses_are_compared_as_addresses() -> None:
    text = "interfaces: {a: '2001:db8::1/64', b: '2001:DB8:0:0::0001/64'}\nmx: {listen: [a, b]}\n"
    assert refusal(f"{HEAD}{TLS}{text}") == [
        f"5:18+1 duplicate-listener: mx would listen twice on port 25 of 2001:db8::1 {ONE_SERVICE}"
    ]


def test_other_ports_and_other_addresses_do_not_meet() -> None:
    accepted("mx: {listen: [wan, lan]}\nsubmission: {listen: lan, ports: [587, 465]}")
    accepted("mx: {listen: any}\nsubmission: {listen: any, clients: any}")


def test_without_ipv6_no_listener_has_such_an_address() -> None:
    assert found("mx: {listen: wan}\nipv6: false") == [
        (
            "8:7+5 ipv6-off: mx would listen on 2001:db8::25, but ipv6 is false "
            "(a listener with an IPv6 address does not start then)"
        )
    ]
    accepted("mx: {listen: wan}\nipv6: true")
    accepted("mx: {listen: [lan, loopback]}\nipv6: false")
    accepted("mx: {listen: any}\nipv6: false")


def test_without_ipv6_no_address_outside_is_one() -> None:
    assert found('ipv6: false\nproxy_interfaces: [198.51.100.7, "2001:db8::7"]') == [
        (
            "8:34+13 ipv6-off: proxy_interfaces has 2001:db8::7, but ipv6 is false "
            "(Postfix then takes no mail at all, since trivial-rewrite does not start)"
        )
    ]
    accepted("ipv6: false\nproxy_interfaces: [198.51.100.7]")
    accepted('proxy_interfaces: ["2001:db8::7"]')


@pytest.mark.parametrize(
    ("text", "route", "address"),
    [
        ("mx: {listen: lan, delivery: {lmtp: 'inet:[::1]:24'}}", "mx.delivery.lmtp", "::1"),
        (
            "mx: {listen: lan, domains: [{domain: b.example, delivery: {relay: '[fd00::5]'}}]}",
            "mx.domains[0].delivery.relay",
            "fd00::5",
        ),
        (
            "mx: {listen: lan, policy_services: ['inet:[::FFFF:127.0.0.1]:10023']}",
            "mx.policy_services[0]",
            "::FFFF:127.0.0.1",
        ),
        (
            "submission: {listen: lan, auth: {type: dovecot, path: 'inet:[::1]:12345'}}",
            "submission.auth.path",
            "::1",
        ),
        ("outbound: {relayhost: '[2001:db8::9]:587'}", "outbound.relayhost", "2001:db8::9"),
        ("outbound: {mta_sts: 'socketmap:inet:[::1]:8461:x'}", "outbound.mta_sts", "::1"),
        ("milters: [{socket: 'inet:[::1]:11332'}]", "milters[0].socket", "::1"),
    ],
)
def test_without_ipv6_nothing_is_asked_at_such_an_address(
    text: str, route: str, address: str
) -> None:
    (told,) = found(f"{text}\nipv6: false")
    assert told.partition(" ")[2] == (
        f"ipv6-off: {route} has {address}, but ipv6 is false "
        "(Postfix does not connect to it then: mail waits, is refused, or is returned)"
    )
    accepted(text)


def test_without_ipv6_names_and_ipv4_addresses_are_asked() -> None:
    accepted(
        "mx: {listen: lan, delivery: {lmtp: 'inet:127.0.0.1:24'}, policy_services: ['unix:p']}\n"
        "outbound: {relayhost: '[a.example]:587'}\nmilters: [{socket: 'inet:localhost:1'}]\n"
        "ipv6: false"
    )


# --- certificates ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "letsencrypt: example.com",
        "certificate: /a.pem, key: /b.pem",
        "chain: [/a.pem]",
        "chain: [/a.pem], loglevel: 2",
    ],
)
def test_a_server_has_one_certificate(text: str) -> None:
    profile(f"{HEAD}tls: {{{text}}}\nmx: {{listen: any}}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "certificate: /a.pem",
            ["3:7+11 missing-key: tls.certificate needs its tls.key"],
        ),
        (
            "key: /a.pem",
            ["3:7+3 missing-key: tls.key needs its tls.certificate"],
        ),
        (
            "letsencrypt: example.com, chain: [/a.pem]",
            [
                "3:33+5 tls-certificate: tls.chain and tls.letsencrypt both name a certificate "
                + KEEP_ONE
            ],
        ),
        (
            "letsencrypt: example.com, key: /k.pem, chain: [/a.pem], certificate: /c.pem",
            [
                (
                    "3:7+11 tls-certificate: tls.letsencrypt and tls.certificate both name a "
                    f"certificate {KEEP_ONE}"
                ),
                "3:46+5 tls-certificate: tls.chain and tls.certificate both name a certificate "
                + KEEP_ONE,
            ],
        ),
    ],
)
def test_a_certificate_is_whole_and_given_once(text: str, expected: list[str]) -> None:
    assert refusal(f"{HEAD}tls: {{{text}}}\nmx: {{listen: any}}\n") == expected


def test_a_key_beside_another_certificate_is_one_too_many() -> None:
    text = "tls: {letsencrypt: example.com, key: /k.pem}"
    assert refusal(f"{HEAD}{text}\nmx: {{listen: any}}\n") == [
        "3:7+11 tls-certificate: tls.letsencrypt and tls.key both name a certificate " + KEEP_ONE
    ]


def test_certificates_are_looked_at_without_a_server_too() -> None:
    assert refusal(f"{HEAD}tls: {{key: /a.pem}}\n") == [
        "3:7+3 missing-key: tls.key needs its tls.certificate"
    ]


LIVE = "/etc/letsencrypt/live/example.com"


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("cert.pem", "is without the intermediate certificates that clients need"),
        ("chain.pem", "has the intermediate certificates alone"),
        ("privkey.pem", "is the private key"),
    ],
)
def test_the_certificate_of_certbot_has_its_chain(file: str, what: str) -> None:
    assert added(f"tls: {{certificate: {LIVE}/{file}, key: {LIVE}/privkey.pem}}") == [
        (
            f"3:20+{len(LIVE) + len(file) + 1} tls-certificate: tls.certificate: {file} {what} "
            "(fullchain.pem is the one that is meant)"
        )
    ]


@pytest.mark.parametrize("file", ["cert.pem", "chain.pem", "fullchain.pem"])
def test_the_key_of_certbot_is_no_certificate(file: str) -> None:
    assert added(f"tls: {{certificate: {LIVE}/fullchain.pem, key: {LIVE}/{file}}}") == [
        (
            f"3:74+{len(LIVE) + len(file) + 1} tls-certificate: tls.key: {file} is no private key "
            "(privkey.pem is the one that is meant)"
        )
    ]


def test_what_is_in_other_files_is_not_known() -> None:
    profile(f"{HEAD}tls: {{certificate: {LIVE}/fullchain.pem, key: {LIVE}/privkey.pem}}\n")
    profile(f"{HEAD}tls: {{certificate: /etc/ssl/cert.pem, key: /etc/ssl/cert.pem}}\n")


def test_a_server_that_offers_tls_needs_a_certificate() -> None:
    assert refusal(f"{HEAD}mx: {{listen: any}}\n") == [
        f"3:1+2 missing-key: mx offers TLS, but tls names no certificate {GIVE_ONE}"
    ]
    assert refusal(f"{HEAD}tls: {{ciphers: high}}\nmx: {{listen: any}}\n") == [
        f"3:1+3 missing-key: mx offers TLS, but tls names no certificate {GIVE_ONE}"
    ]
    assert refusal(f"{HEAD}mx: {{listen: any}}\nsubmission: {{listen: loopback}}\n") == [
        f"4:1+10 missing-key: submission offers TLS, but tls names no certificate {GIVE_ONE}"
    ]


def test_no_certificate_is_needed_where_no_tls_is_offered() -> None:
    profile(HEAD)
    profile(f"{HEAD}mx: {{listen: any, tls: none}}\n")


def test_auth_waits_for_tls_and_needs_it() -> None:
    assert found("mx: {listen: any, tls: none, auth: true}") == [
        (
            "7:36+4 auth-without-tls: mx.auth needs mx.tls: AUTH is offered after STARTTLS only "
            "(set mx.tls to may, or leave mx.auth out)"
        )
    ]
    accepted("mx: {listen: any, tls: may, auth: true}")
    accepted("mx: {listen: any, tls: none, auth: false}")


# --- clients --------------------------------------------------------------------------------------


def test_clients_are_needed_where_interfaces_do_not_say_them() -> None:
    text = "interfaces: {wan: 203.0.113.25/24, lan: 10.0.0.1, ula: 'fd00::1'}\n"
    text += "submission: {listen: [wan, lan, ula]}\n"
    assert refusal(f"{HEAD}{TLS}{text}") == [
        (
            "5:23+3 missing-key: submission.clients is needed: 203.0.113.25/24 on wan is not in a "
            f"private network {CLIENTS}"
        ),
        (
            "5:28+3 missing-key: submission.clients is needed: 10.0.0.1 on lan has no prefix "
            f"length that makes a network {CLIENTS}"
        ),
        (
            "5:33+3 missing-key: submission.clients is needed: fd00::1 on ula has no prefix length "
            f"that makes a network {CLIENTS}"
        ),
    ]


def test_any_says_no_clients() -> None:
    assert found("submission: {listen: any}") == [
        f"7:22+3 missing-key: submission.clients is needed: any names no networks {CLIENTS}"
    ]


def test_a_prefix_length_of_32_makes_no_network() -> None:
    text = "interfaces: {vpn: 10.8.0.1/32}\nsubmission: {listen: vpn}\n"
    assert refusal(f"{HEAD}{TLS}{text}") == [
        (
            "5:22+3 missing-key: submission.clients is needed: 10.8.0.1 on vpn has no prefix "
            f"length that makes a network {CLIENTS}"
        )
    ]


def test_of_an_interface_one_reason_is_enough() -> None:
    text = "interfaces: {wan: [203.0.113.25/24, 203.0.113.26]}\nsubmission: {listen: wan}\n"
    assert len(refusal(f"{HEAD}{TLS}{text}")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "listen: lan",
        "listen: loopback",
        "listen: [lan, loopback]",
        "listen: wan, clients: [203.0.113.0/24]",
        "listen: any, clients: any",
    ],
)
def test_clients_are_said_by_private_networks_or_by_the_key(text: str) -> None:
    accepted(f"submission: {{{text}}}")
