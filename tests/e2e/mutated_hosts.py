"""The mutations of a whole host, in main.cf or in the services behind its listeners.

A row is the check, how a client looks, what it sees with the fault, which promises `probe` finds
broken or why it finds none, and the fault.
"""

from __future__ import annotations

from typing import Any

from tests.e2e import claims
from tests.e2e import sights as see
from tests.e2e.mutation import LAN, WAN, Instead
from tests.e2e.unprobed import Unprobed as Why

DEAD, DOWN, STUCK = "no greeting", "does not start", "stuck"
GONE = "reachable"
POSTSCREEN = f"{LAN}:587 inet n - y - 1 postscreen\n    -o postscreen_greet_wait=1s\n"
SECOND = "    -o { smtpd_banner = second.example.com ESMTP }\n"
SMARTHOST = "relayhost = [203.0.113.99]:25\n"
LOGIN = f"""\
{SMARTHOST}smtp_sasl_auth_enable = yes
smtp_sasl_password_maps = texthash:/etc/smarthost
smtp_sasl_security_options = noanonymous
smtp_tls_security_level = encrypt
"""


def host(
    check: str, look: see.Look, seen: see.Sight, probed: str | Why, main: str = "", **others: Any
) -> Instead:
    """A host with these settings in main.cf."""
    return Instead(check=check, look=look, seen=seen, probed=probed, main=main, **others)


def users(
    check: str, look: see.Look, seen: see.Sight, probed: str | Why, main: str = "", **others: Any
) -> Instead:
    """The same, seen by its users."""
    return host(check, look, seen, probed, main, door="submission", **others)


# Each of these is a host. Where it has several faults, none is in the way of what another shows.
HOSTS = (
    (host("main-cf-syntax", see.own, DOWN, GONE, "example.com"),),
    (host("master-cf-syntax", see.own, DOWN, GONE, behind="trace unix - - y - bounce\n"),),
    (host("endless-macro", see.own, DOWN, GONE,
          services=f"{WAN}:25 inet n - y - - smtpd\n    -o smtpd_banner=$smtpd_banner\n"),),
    (host("foreign-directory", see.own, DOWN, GONE, "daemon_directory = /usr/libexec/postfix"),),
    (host("interface-unknown", see.own, DOWN, GONE, "inet_interfaces = eth0"),),
    (host("interface-name", see.own, DOWN, GONE, "inet_interfaces = 127.0.0.1, inside"),),
    (host("broken-macro", see.own, DOWN, GONE, "myhostname = ${mydomain"),),
    (host("service-missing", see.own, DOWN, GONE, "maillog_file = /var/log/postfix.log",
          less="postlog/unix-dgram"),),
    (host("listener-twice", see.own, DOWN, GONE,
          behind="smtp inet n - y - - smtpd\n", before="3.6"),),
    (host("listener-twice", see.greetings, "mail.example.com second.example.com", Why.CHANCE,
          "inet_interfaces = 127.0.0.1, 203.0.113.25", since="3.6",
          behind=f"smtp inet n - y - - smtpd\n{SECOND}", tried="relay delivery"),),
    (host("relay-default-compat0", see.own, DEAD, GONE, "compatibility_level = 0",
          less="smtpd_relay_restrictions"),),
    (users("submission-wrappermode", see.sending, DEAD, GONE,
           services=f"{LAN}:587 inet n - y - - smtpd\n    -o smtpd_tls_wrappermode=yes\n"),),
    (host("relay-domains-all", see.relaying, 250, "relay", "relay_domains = static:all",
          given="relay_recipient_maps = inline:{inner@example.net=OK, @example.org=OK}"),),
    (
        host("trailing-comment", see.own, 554, "delivery",
             "mydestination = $myhostname,\n    localhost # not us\n    example.com"),
        host("dup-service", see.greeting, "second.example.com", "greeting",
             behind=f"{WAN}:25 inet n - y - - smtpd\n{SECOND}"),
        users("sub-postscreen", see.sending, 503, "auth-offered tls-forced", services=POSTSCREEN),
    ),
    (
        host("unknown-param", see.vrfy, 252, "vrfy", "disable_vrfy_comand = yes",
             less="disable_vrfy_command"),
        host("message-unlimited", see.size, "", "size", "message_size_limit = 0"),
        host("domain-class-dup", see.inner, 550, "delivery", "virtual_alias_domains = example.net"),
        host("sub-not-encrypted", see.own, 250, "closed", door="smtps",
             services=f"{LAN}:465 inet n - y - - smtpd\n"),
        users("mandatory-forgotten", see.oldest_handshake, "TLSv1", "tls-older",
              less="smtpd_tls_mandatory_protocols"),
        users("out-tls-off", see.leaving, "sent in clear", Why.LEAVES,
              "smtp_tls_security_level = none"),
    ),
    (
        users("out-wrappermode", see.leaving, "deferred", Why.LEAVES,
              "relayhost = [203.0.113.99]:465"),
        host("size-limits", see.delivering, STUCK, Why.AFTERWARDS, "mailbox_size_limit = 1000000"),
    ),
    (
        users("out-wrappermode", see.leaving, "deferred", Why.LEAVES, "smtp_tls_wrappermode = yes",
              given=SMARTHOST),
        host("service-columns", see.delivering, STUCK, Why.AFTERWARDS,
             services="local unix - y n - - local\n"),
    ),
    (
        users("dane-resolver", see.leaving, "deferred", Why.LEAVES,
              "smtp_tls_security_level = dane-only"),
        host("unknown-program", see.delivering, STUCK, Why.AFTERWARDS,
             services="local unix - n n - - locale\n"),
        host("qmqp-open", claims.by_qmqp, "K", Why.UNSAID, "qmqpd_authorized_clients = static:all",
             behind=f"{WAN}:628 inet n - y - - qmqpd\n"),
    ),
    (
        users("out-relay-auth-tls", see.password_in_clear, "secret", Why.LEAVES,
              "smtp_tls_security_level = may", given=LOGIN),
        host("chroot-unable", see.delivering, "deferred", Why.AFTERWARDS,
             services="local unix - n y - - local\n"),
    ),
    (
        host("service-missing", see.delivering, "deferred", Why.AFTERWARDS,
             "local_transport = nowhere"),
        host("service-missing", see.sendmail, STUCK, Why.AFTERWARDS, less="pickup/unix"),
        host("mynetworks-style", see.relaying, 250, "relay", "mynetworks_style = subnet",
             less="mynetworks"),
    ),
    (
        host("service-columns", see.delivering, STUCK, Why.AFTERWARDS,
             services="qmgr unix n - n 300 5 qmgr\n"),
    ),
    (host("service-missing", see.delivering, STUCK, Why.AFTERWARDS, less="qmgr/unix"),),
    (host("master-cf-syntax", see.own, DEAD, GONE,
          services=f"{WAN}:25 inet n - y - - smtpd\n    -o smtpd_helo_required\n"),),
    (host("chroot-unable", see.own, 451, Why.ONE, services="proxymap unix - - y - - proxymap\n"),),
)  # fmt: skip
