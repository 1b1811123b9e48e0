"""All that does not fit is found at once."""

from __future__ import annotations

from tests.building import HEAD, refusal

ONE_SERVICE = "(one port of an address has one service: change listen, or the port)"
NOT_TWICE = "(a domain is delivered in one way)"


def test_all_that_does_not_fit_is_reported_in_the_order_of_the_file() -> None:
    text = """\
submission: {listen: lam, ports: [25]}
tls: {key: /k.pem}
interfaces: {lan: 10.0.0.1/24}
mx:
  domains: [example.org, example.org]
  auth: true
  tls: none
  listen: [lan, any]
"""
    assert refusal(f"{HEAD}{text}") == [
        (
            "3:22+3 unknown-interface: submission.listen: there is no interface lam "
            "(did you mean lan?)"
        ),
        "4:7+3 missing-key: tls.key needs its tls.certificate",
        f"7:26+11 duplicate-domain: example.org stands in mx.domains twice {NOT_TWICE}",
        (
            "8:9+4 auth-without-tls: mx.auth needs mx.tls: AUTH is offered after STARTTLS only "
            "(set mx.tls to may, or leave mx.auth out)"
        ),
        f"10:17+3 duplicate-listener: mx would listen twice on port 25 of 10.0.0.1 {ONE_SERVICE}",
    ]
