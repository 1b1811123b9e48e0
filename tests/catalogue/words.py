"""Which table of the source holds the words that a parameter accepts.

Where no table does, because the program compares one word after the other, the words stand here.
Each claim holds for all releases that have the parameter and the table; where the table is not
there, the parameter has no words in that release.
"""

from __future__ import annotations

from dataclasses import dataclass

SMTP = ("smtp", "lmtp")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of some parameters.

    ``file`` and ``table`` are where they are; where no table is, ``table`` is a pattern, and each
    match of its group is a word. ``form`` is ``word`` for one of them, ``words`` for a list.
    ``but`` are those that this use of the table refuses, ``only`` those that it takes. ``exact``:
    case counts. ``also``: what is accepted besides. ``otherwise``: what any other word is, a
    ``fatal`` error; a ``warning``, while the feature behind it fails or stays off; or nothing at
    all (``ignored``). ``coerced``: those of the words that are taken for another, with a warning.
    """

    parameters: tuple[str, ...]
    file: str
    table: str
    form: str = "word"
    but: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    exact: bool = False
    also: str = ""
    otherwise: str = "fatal"
    coerced: tuple[str, ...] = ()


def _each(suffix: str, *prefixes: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{suffix}" for prefix in prefixes)


def _ciphers() -> tuple[str, ...]:
    prefixes = ("smtpd", *SMTP, "tlsproxy")
    return (*_each("tls_ciphers", *prefixes), *_each("tls_mandatory_ciphers", *prefixes))


def _sasl(*prefixes: str) -> tuple[str, ...]:
    return (
        *_each("sasl_security_options", *prefixes),
        *_each("sasl_tls_security_options", *prefixes),
    )


WORDS = (
    # One word of a table, or a fatal error.
    Words(_each("address_preference", *SMTP), "smtp/smtp.c", "addr_pref_map"),
    Words(_each("address_verify_target", *SMTP), "smtp/smtp_proto.c", "vrfy_init_table"),
    Words(_each("dns_support_level", *SMTP), "smtp/smtp.c", "dns_support", also="empty"),
    Words(("header_from_format",), "cleanup/cleanup_init.c", "hfrom_format_table"),  # up to 3.6
    Words(("header_from_format",), "global/hfrom_format.c", "hfrom_format_table"),
    Words(("info_log_address_format",), "global/info_log_addr_form.c", "info_log_addr_form_table"),
    Words(
        ("maillog_file_permissions",),
        "util/logwriter.c",
        "sane_perms",
        also="leading zeros",
        otherwise="warning",
    ),
    Words(("mynetworks_style",), "global/mynetworks.c", "mask_styles", exact=True),
    Words(("non_bdb_migration_level",), "global/nbdb_util.c", "nbdb_level_table"),
    Words(("non_empty_end_of_header_action",), "cleanup/cleanup_init.c", "non_empty_eoh_actions"),
    Words(("sendmail_fix_line_endings",), "sendmail/sendmail.c", "sm_fix_eol_table", exact=True),
    Words(("smtpd_forbid_bare_newline",), "smtpd/smtpd.c", "bare_lf_mask_table"),
    Words(("smtpd_tls_eecdh_grade",), "tls/tls_dh.c", "eecdh_table"),
    Words(_each("eecdh_grade", "tlsproxy_tls"), "tls/tls_dh.c", "eecdh_table"),
    Words(
        (
            "reject_tempfail_action",
            "unknown_address_tempfail_action",
            "unknown_helo_hostname_tempfail_action",
            "unverified_recipient_tempfail_action",
            "unverified_sender_tempfail_action",
        ),
        "smtpd/smtpd_check.c",
        "tempfail_actions",
    ),
    # The word "continue" is an old name for "ignore".
    Words(
        tuple(
            f"postscreen_{test}_action"
            for test in (
                "bare_newline",
                "blacklist",
                "denylist",
                "dnsbl",
                "greet",
                "non_smtp_command",
                "pipelining",
            )
        ),
        "postscreen/postscreen.c",
        "actions",
    ),
    # TLS: levels that a server does not have become "encrypt", with a warning.
    Words(
        (
            "smtpd_tls_security_level",
            "postscreen_tls_security_level",
            "tlsproxy_tls_security_level",
        ),
        "tls/tls_level.c",
        "tls_level_table",
        but=("halfdane", "dane", "dane-only"),
        also="empty",
        coerced=("fingerprint", "verify", "secure"),
    ),
    Words(
        (
            *_each("tls_security_level", *SMTP),
            "tlsproxy_client_security_level",
            "tlsproxy_client_level",
        ),
        "tls/tls_level.c",
        "tls_level_table",
        but=("halfdane",),
        also="empty",
    ),
    Words(
        _each("tls_dane_insecure_mx_policy", *SMTP),
        "tls/tls_level.c",
        "tls_level_table",
        only=("may", "encrypt", "dane"),
    ),
    Words(
        _ciphers(),
        "tls/tls_misc.c",
        "tls_cipher_grade_table",
        but=("invalid",),
        otherwise="warning",
    ),
    Words(
        (*_each("tls_loglevel", "smtpd", *SMTP, "tlsproxy"), "tlsproxy_client_loglevel"),
        "tls/tls_misc.c",
        "tls_log_table",
        "words",
        otherwise="warning",
    ),
    Words(
        ("tls_disable_workarounds",),
        "tls/tls_misc.c",
        "ssl_bug_tweaks",
        "words",
        also="0xHEX",
        otherwise="warning",
    ),
    Words(
        ("tls_ssl_options",),
        "tls/tls_misc.c",
        "ssl_op_tweaks",
        "words",
        also="0xHEX",
        otherwise="warning",
    ),
    # Lists of words of a table, where any other word is a fatal error.
    Words(("allow_mail_to_commands",), "local/local.c", "command_mask", "words", exact=True),
    Words(("allow_mail_to_files",), "local/local.c", "file_mask", "words", exact=True),
    Words(("prepend_delivered_header",), "local/local.c", "deliver_mask", "words", exact=True),
    Words(
        ("canonical_classes",), "cleanup/cleanup_init.c", "canon_class_table", "words", exact=True
    ),
    Words(
        ("sender_canonical_classes",),
        "cleanup/cleanup_init.c",
        "send_canon_class_table",
        "words",
        exact=True,
    ),
    Words(
        ("recipient_canonical_classes",),
        "cleanup/cleanup_init.c",
        "rcpt_canon_class_table",
        "words",
        exact=True,
    ),
    Words(
        ("masquerade_classes",), "cleanup/cleanup_init.c", "masq_class_table", "words", exact=True
    ),
    Words(("inet_protocols",), "util/inet_proto.c", "proto_table", "words", exact=True),
    Words(("internal_mail_filter_classes",), "global/int_filt.c", "table", "words", exact=True),
    Words(
        ("mailbox_delivery_lock", "virtual_mailbox_lock"),
        "global/mbox_conf.c",
        "mbox_mask",
        "words",
        exact=True,
    ),
    Words(("notify_classes",), "global/mail_error.c", "mail_error_masks", "words", exact=True),
    Words(("propagate_unmatched_extensions",), "global/ext_prop.c", "table", "words", exact=True),
    Words(("receive_override_options",), "global/input_transp.c", "table", "words", exact=True),
    Words(("smtputf8_autodetect_classes",), "global/smtputf8.c", "table", "words", exact=True),
    Words(_each("host_lookup", *SMTP), "smtp/smtp.c", "lookup_masks", "words", exact=True),
    Words(
        _each("dns_resolver_options", *SMTP),
        "smtp/smtp.c",
        "dns_res_opt_masks",
        "words",
        exact=True,
    ),
    Words(("smtpd_proxy_options",), "smtpd/smtpd_proxy.c", "proxy_opts_table", "words", exact=True),
    # Lists where a word that is not known does nothing.
    Words(
        _each("pix_workarounds", *SMTP),
        "smtp/smtp_proto.c",
        "pix_bug_table",
        "words",
        otherwise="ignored",
    ),
    Words(
        _each("discard_ehlo_keywords", "smtpd", *SMTP, "postscreen"),
        "global/ehlo_mask.c",
        "ehlo_mask_table",
        "words",
        otherwise="ignored",
    ),
    # The client asks Cyrus, which is exact; the server may ask Dovecot, which is not.
    Words(
        _sasl(*SMTP),
        "xsasl/xsasl_cyrus_security.c",
        "xsasl_cyrus_sec_mask",
        "words",
        exact=True,
        otherwise="warning",
    ),
    Words(_sasl("smtpd"), "xsasl/xsasl_dovecot_server.c", "xsasl_dovecot_conf_sec_props", "words"),
    # Words that are compared one after the other.
    Words(
        ("milter_default_action",),
        "milter/milter8.c",
        r'def_action, ("\w+")',
        otherwise="warning",
    ),
    Words(
        ("smtpd_sasl_type",),
        "xsasl/xsasl_server.c",
        r"(XSASL_TYPE_\w+), *xsasl_\w+_init",
        exact=True,
    ),
    Words(
        _each("sasl_type", *SMTP),
        "xsasl/xsasl_client.c",
        r"(XSASL_TYPE_\w+), *xsasl_\w+_init",
        exact=True,
    ),
    Words(
        ("smtpd_upstream_proxy_protocol",),
        "smtpd/smtpd_peer.c",
        r"(HAPROXY_PROTO_NAME),",
        exact=True,
        also="empty",
    ),
    Words(
        ("postscreen_upstream_proxy_protocol",),
        "postscreen/postscreen_endpt.c",
        r"(HAPROXY_PROTO_NAME),",
        exact=True,
        also="empty",
    ),
    Words(
        ("tls_config_file",),
        "tls/tls_misc.c",
        r'var_tls_cnf_file, ("\w+")',
        exact=True,
        also="an absolute path",
        otherwise="warning",
    ),
)
