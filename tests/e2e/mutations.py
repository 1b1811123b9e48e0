"""The mutations of listeners: for each check a listener that shows what the check says.

A row is the check, how the client looks, what it sees with the fault, which promises `probe` finds
broken or why it finds none, and the fault.
"""

from __future__ import annotations

from typing import Any

from tests.e2e import claims
from tests.e2e import sights as see
from tests.e2e.mutation import Beside
from tests.e2e.unprobed import Unprobed as Why

KEYS = "/etc/letsencrypt/live/example.com"
DEAD = "no greeting"
GONE = "reachable"
SILENT = "no answer"
POSTSCREEN = {
    "columns": "inet n - y - 1 postscreen",
    "given": "-o postscreen_greet_wait=1s\n-o postscreen_cache_map=",
}
CYRUS = {
    "columns": "inet n - n - - smtpd",
    "given": "-o smtpd_sasl_type=cyrus\n-o smtpd_sasl_path=smtpd",
}


def mx(
    check: str, look: see.Look, seen: see.Sight, probed: str | Why, fault: str = "", **others: Any
) -> Beside:
    """A second MX with these -o."""
    return Beside(check=check, look=look, seen=seen, probed=probed, fault=fault, **others)


def users(
    check: str, look: see.Look, seen: see.Sight, probed: str | Why, fault: str = "", **others: Any
) -> Beside:
    """A second listener for users with these -o."""
    return mx(check, look, seen, probed, fault, door="submission", **others)


MX = (
    mx("relay-open", see.relaying, 250, "relay", "-o { smtpd_relay_restrictions ="
       " check_sender_access inline:{example.org=OK}, reject_unauth_destination }"),
    mx("relay-open", see.relaying, 250, "relay", "-o { smtpd_relay_restrictions ="
       " check_client_access inline:{unknown=OK}, reject_unauth_destination }"),
    mx("relay-any-certificate", claims.by_certificate, 250, Why.UNSAID,
       "-o smtpd_tls_ask_ccert=yes\n-o smtpd_tls_CAfile=/etc/ssl/certs/ca-certificates.crt",
       given="-o { smtpd_relay_restrictions ="
       " permit_tls_all_clientcerts, reject_unauth_destination }"),
    mx("xclient-wide", claims.by_xclient, 250, Why.UNSAID,
       "-o smtpd_authorized_xclient_hosts=0.0.0.0/0"),
    mx("proxy-public", claims.by_proxy, 250, GONE, "-o smtpd_upstream_proxy_protocol=haproxy"),
    mx("relay-no-reject", see.own, DEAD, GONE, "-o smtpd_relay_restrictions=permit_mynetworks"),
    mx("relay-defer-not-reject", see.relaying, 454, "relay",
       "-o smtpd_relay_restrictions=permit_mynetworks,defer_unauth_destination"),
    mx("mynetworks-wide", see.relaying, 250, "relay", "-o mynetworks=0.0.0.0/0"),
    mx("mynetworks-public", see.relaying, 250, "relay", "-o mynetworks=203.0.112.0/22"),
    mx("mynetworks-host-bits", see.own, 451, "delivery", "-o mynetworks=10.0.0.1/8"),
    mx("mynetworks-syntax", see.own, 451, "delivery", "-o mynetworks=2001:db8::/32"),
    mx("unknown-restriction", see.own, 451, "delivery",
       "-o smtpd_recipient_restrictions=reject_unauth_destinations"),
    mx("restriction-argument", see.relaying, 250, "relay",
       "-o { smtpd_relay_restrictions = reject_rbl_client, reject_unauth_destination }"),
    mx("restriction-argument", see.own, 451, "delivery",
       "-o { smtpd_client_restrictions = permit_mynetworks, check_client_access }"),
    mx("removed-restriction", see.own, 451, "delivery",
       "-o smtpd_recipient_restrictions=reject_maps_rbl", since="3.9"),
    mx("class-undefined", see.own, DEAD, GONE, "-o smtpd_restriction_classes=greylisted"),
    mx("class-within-itself", see.own, "hangs up", GONE,
       "-o smtpd_restriction_classes=greylisted\n-o greylisted=greylisted\n"
       "-o smtpd_client_restrictions=greylisted"),
    mx("restriction-misplaced", see.own, 250, Why.REFUSED, "-o smtpd_delay_reject=no",
       given="-o { smtpd_client_restrictions = check_recipient_access static:reject }"),
    mx("restriction-after-end", see.own, 250, Why.REFUSED,
       "-o { smtpd_client_restrictions = permit, check_client_access static:reject }",
       given="-o { smtpd_client_restrictions = check_client_access static:reject }"),
    mx("bad-type", see.own, DEAD, GONE, "-o smtpd_helo_required=maybe"),
    mx("o-spaces", see.own, DEAD, GONE, "-o smtpd_client_restrictions=permit_mynetworks, permit"),
    mx("trailing-comment", see.own, DEAD, GONE, "-o { smtpd_helo_required = yes # always }"),
    mx("map-type", see.own, 451, "delivery",
       "-o { smtpd_client_restrictions = check_client_access dbm:/etc/postfix/clients }"),
    mx("proxy-unapproved", see.own, DEAD, GONE, before="3.11", fault="-o {"
       " smtpd_client_restrictions = check_client_access proxy:texthash:/etc/smarthost }"),
    mx("proxy-unapproved", see.own, 451, "delivery", since="3.11", fault="-o {"
       " smtpd_client_restrictions = check_client_access proxy:cidr:/etc/smarthost }"),
    mx("unknown-program", see.own, DEAD, GONE, columns="inet n - y - - smptd"),
    mx("foreign-program", see.own, DEAD, GONE, columns="inet n - y - - antivirus"),
    mx("service-columns", see.own, DEAD, GONE, columns="inet n n y - - smtpd"),
    mx("public-mx-encrypt", see.own, 530, "delivery vrfy", "-o smtpd_tls_security_level=encrypt",
       tried="starttls vrfy delivery"),
    mx("mx-no-tls", see.handshake, "not offered", "starttls", "-o smtpd_tls_security_level=none"),
    mx("mx-no-tls", see.handshake, "not offered", "starttls",
       "-o smtpd_discard_ehlo_keywords=starttls"),
    mx("cert-without-level", see.handshake, "not offered", "starttls",
       "-o smtpd_tls_security_level="),
    mx("level-without-cert", see.handshake, 454, "starttls",
       "-o smtpd_tls_cert_file=\n-o smtpd_tls_key_file="),
    mx("chain-order", see.handshake, 454, "starttls",
       f"-o {{ smtpd_tls_chain_files = {KEYS}/fullchain.pem, {KEYS}/privkey.pem }}"),
    mx("tls-syntax-version", see.handshake, 454, "starttls", "-o smtpd_tls_protocols=TLS1.2"),
    mx("tls-syntax-version", see.handshake, 454, "starttls",
       "-o smtpd_tls_protocols=>=TLSv1.2", before="3.6"),
    mx("tls-13-off", see.handshake, "TLSv1.2", Why.UNSAID, "-o smtpd_tls_protocols=TLSv1.2"),
    mx("tls-old-opportunistic", see.oldest_handshake, "TLSv1", "tls-older",
       "-o { smtpd_tls_protocols = !SSLv2, !SSLv3 }"),
    mx("cipher-null", see.handshake_12, "no handshake", "tls-lowest", "-o smtpd_tls_ciphers=null"),
    mx("cipher-exclusion", see.handshake, "no handshake", "certificate-chain starttls tls-lowest",
       "-o smtpd_tls_exclude_ciphers=!RC4"),
    mx("local-recipient-empty", see.unknown, 250, "unknown-recipient", "-o local_recipient_maps="),
    mx("unlisted-recipient-off", see.unknown, 250, "unknown-recipient",
       "-o smtpd_reject_unlisted_recipient=no"),
    mx("recipient-validation", see.unknown_inner, 250, "unknown-recipient",
       "-o relay_recipient_maps="),
    mx("virtual-mailbox-empty", see.unknown_box, 250, "unknown-recipient",
       "-o virtual_mailbox_maps="),
    mx("service-missing", see.own, SILENT, "relay", "-o cleanup_service_name=sweeper"),
    mx("service-missing", see.own, SILENT, "relay", "-o rewrite_service_name=writer"),
    mx("service-missing", see.handshake, 454, "starttls", "-o tlsmgr_service_name=keeper"),
    mx("postscreen-incomplete", see.own, 421, "delivery", "-o smtpd_service_name=nowhere",
       tried="delivery", **POSTSCREEN),
    mx("postscreen-incomplete", see.handshake, 454, "starttls", "-o tlsproxy_service_name=nowhere",
       columns=POSTSCREEN["columns"],
       given=POSTSCREEN["given"] + "\n-o postscreen_pipelining_enable=yes", tried="starttls"),
    mx("postscreen-incomplete", see.greeting, DEAD, GONE, columns="inet n - y - - postscreen"),
    mx("postscreen-deep", see.own, 450, Why.LATER, "-o postscreen_pipelining_enable=yes",
       tried="greeting delivery", **POSTSCREEN),
    mx("smuggling", see.smuggled, "2.1.0 Ok", "smuggling", "-o smtpd_forbid_bare_newline=no",
       given="-o smtpd_forbid_unauth_pipelining=no"),
    mx("pipelining", see.hasty, 250, Why.UNSAID, "-o smtpd_forbid_unauth_pipelining=no"),
    mx("hide-session", see.client_in_received, "hidden", Why.AFTERWARDS,
       "-o smtpd_hide_client_session=yes",
       since="3.10"),
    mx("banner-hostname", see.greeting, "Welcome", "greeting",
       "-o { smtpd_banner = Welcome ESMTP }"),
    mx("hostname-fqdn", see.greeting, "localhost", "greeting", "-o myhostname=localhost"),
    mx("vrfy", see.vrfy, 252, "vrfy", "-o disable_vrfy_command=no"),
    mx("soft-bounce", see.relaying, 454, "relay vrfy", "-o soft_bounce=yes"),
    mx("dup-param", see.own, 250, Why.REFUSED, "-o smtpd_client_restrictions=",
       given="-o smtpd_client_restrictions=reject"),
    mx("auth-on-25", see.mechanisms, "PLAIN LOGIN", "auth-offered",
       "-o smtpd_sasl_auth_enable=yes"),
    mx("milter-fail", see.taking, 250, Why.REFUSED, "-o milter_default_action=accept",
       given="-o smtpd_milters=inet:127.0.0.1:9"),
    mx("dead-dnsbl", see.own, 554, "delivery",
       "-o { smtpd_client_restrictions = reject_rbl_client bl.spamcannibal.org }"),
    mx("dnsbl-error-answer", see.own, 554, "delivery",
       "-o { smtpd_client_restrictions = reject_rbl_client zen.spamhaus.org }"),
)  # fmt: skip

USERS = (
    users("tls-min-12", see.oldest_handshake, "TLSv1", "tls-older",
          "-o { smtpd_tls_mandatory_protocols = !SSLv2, !SSLv3 }"),
    users("auth-cleartext", see.sending_in_clear, 250, "auth-clear tls-forced",
          "-o smtpd_tls_security_level=may\n-o smtpd_tls_auth_only=no"),
    users("sub-not-encrypted", see.sending_in_clear, 250, "auth-clear tls-forced",
          "-o smtpd_tls_security_level=may\n-o smtpd_tls_auth_only=no"),
    users("sub-tls-optional", see.mail_in_clear, 250, "tls-forced",
          "-o smtpd_tls_security_level=may"),
    users("sub-no-auth", see.no_login, 250, "relay",
          "-o smtpd_relay_restrictions=permit_sasl_authenticated,reject_unauth_destination"),
    users("sub-permit-mynetworks", see.relaying_without_login, 250, "relay",
          "-o { smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject }",
          given="-o mynetworks=192.168.1.0/24"),
    users("sender-login-dead", see.forging, 250, "forged-sender", "-o { smtpd_sender_restrictions ="
          " permit_sasl_authenticated, reject_sender_login_mismatch }"),
    users("sender-login-no-maps", see.sending, 553, "login", "-o smtpd_sender_login_maps="),
    users("sender-login-idle", see.forging, 250, "forged-sender", "-o smtpd_sender_login_maps=\n"
          "-o smtpd_sender_restrictions=reject_known_sender_login_mismatch"),
    users("sub-sender-login", see.forging, 250, "forged-sender", "-o smtpd_sender_restrictions="),
    users("sub-inherits-mx-rules", see.sending, 504, "login", less="smtpd_helo_restrictions"),
    users("chroot-sasl", see.sending, "hangs up", GONE,
          "-o smtpd_sasl_path=/var/spool/postfix/private/auth", columns="inet n - y - - smtpd"),
    users("sasl-noplaintext", see.sending, "hangs up", GONE,
          "-o { smtpd_sasl_tls_security_options = noplaintext, noanonymous }"),
    users("sasl-mechs", see.nobody, 235, "wrong-login", "-o smtpd_sasl_security_options=",
          tried="wrong-login", **CYRUS),
    users("refuses-everybody", see.sending, 503, GONE,
          "-o { smtpd_client_restrictions = permit_sasl_authenticated, reject }",
          given="-o smtpd_delay_reject=no"),
    users("refuses-everybody", see.sending, 554, "login",
          "-o { smtpd_sender_restrictions = permit_auth_destination, reject }",
          given="-o smtpd_delay_reject=no"),
    users("undefined-macro", see.outsider, 220, Why.REFUSED,
          "-o smtpd_client_restrictions=$mua_client_restrictions",
          given="-o smtpd_delay_reject=no\n"
          "-o { smtpd_client_restrictions = check_client_access inline:{192.168.1=OK}, reject }"),
)  # fmt: skip

LISTENERS = (*MX, *USERS)
