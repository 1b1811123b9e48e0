"""What random profiles say in Postfix's own words: of each list one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Settings = Sequence[Mapping[str, Any]]

MAIN: Settings = (
    {"smtpd_banner": "$myhostname ESMTP at your service"},
    {"maximal_queue_lifetime": "2d", "bounce_queue_lifetime": "1d", "default_process_limit": 50},
    {"smtp_helo_timeout": "60s", "enable_long_queue_ids": True},
    {"message_size_limit": 20480000},
    {"notify_classes": ["resource", "software", "bounce"]},
    {"strict_rfc821_envelopes": True, "append_dot_mydomain": False},
    {"smtpd_tls_ask_ccert": True, "smtpd_tls_received_header": True},
    {"masquerade_domains": "$mydomain", "masquerade_exceptions": "root"},
    {"smtputf8_enable": False, "tls_preempt_cipherlist": True},
    {"mail_name": "Mail", "bounce_size_limit": 50000, "header_size_limit": 4096000},
    {"always_bcc": "archive@example.org"},
    {"myorigin": "$myhostname"},
    {"smtpd_hard_error_limit": 100, "smtpd_junk_command_limit": "${stress?{1}:{100}}"},
    {"inet_interfaces": "all"},
)
MX_OPTIONS: Settings = (
    {"smtpd_client_connection_count_limit": 20},
    {"smtpd_timeout": "60s", "smtpd_hard_error_limit": 100},
    {"smtpd_discard_ehlo_keywords": ["dsn", "etrn"]},
    {"smtpd_tls_ask_ccert": True},
    {"syslog_name": "postfix/port25"},
    {"smtpd_milters": ""},
    {"smtpd_banner": "$myhostname ESMTP"},
    {"smtpd_tls_security_level": "none"},
)
SUBMISSION_OPTIONS: Settings = (
    {"smtpd_client_connection_count_limit": 20},
    {"smtpd_sasl_authenticated_header": True, "always_add_missing_headers": True},
    {"smtpd_milters": "", "smtpd_timeout": "60s"},
    {"smtpd_recipient_limit": 50, "message_size_limit": 20480000},
    {"smtpd_tls_ciphers": "medium", "smtpd_tls_mandatory_ciphers": "medium"},
    {"syslog_name": "postfix/users"},
)
SERVICES: Settings = (
    {"smtp/unix": {"process_limit": 20, "options": {"smtp_helo_timeout": "60s"}}},
    {"smtp/unix": {"chroot": False}, "relay/unix": {"chroot": False, "process_limit": 5}},
    {"flush/unix": None},
    {"discard/unix": None, "virtual/unix": None},
    {"local/unix": {"process_limit": 2}},
    {"lmtp/unix": {"options": {"lmtp_connect_timeout": "10s"}}},
    {"qmgr/unix": {"command": "qmgr -v"}},
    {
        "filter/unix": {
            "unprivileged": False,
            "chroot": False,
            "command": "pipe flags=Rq user=nobody argv=/bin/true -f ${sender} -- ${recipient}",
        }
    },
    {
        "127.0.0.1:10026/inet": {
            "private": False,
            "command": "smtpd",
            "options": {"smtpd_relay_restrictions": ["permit_mynetworks", "reject"]},
        }
    },
    {"slow/unix": {"command": "smtp", "options": {"syslog_name": "postfix/slow"}}},
    {"anvil/unix": {"wakeup": 0}, "tlsmgr/unix": {"wakeup": "300?"}},
    {"cleanup/unix": {"options": {"header_checks": ""}}},
)
