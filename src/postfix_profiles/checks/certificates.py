"""The files of keys and certificates that the SMTP server is given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from postfix_profiles.checks.check import Fault, Spot, error, warning
from postfix_profiles.checks.host import Host
from postfix_profiles.checks.tls_values import CERTIFICATES, encrypting

_CHAIN, *_LEGACY = CERTIFICATES

_PRIVATE_KEY = re.compile(r"^-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----\s*$", re.MULTILINE)
_PEM = re.compile(
    r"^-----BEGIN (?:X509 |RSA |EC |DSA )?(?P<kind>CERTIFICATE|PRIVATE KEY)-----", re.MULTILINE
)
_IS_CERTIFICATE = re.compile(r"(.*/)?(fullchain\d*\.pem|[^/]*\.(crt|cer))")
_IS_KEY = re.compile(r"(.*/)?(privkey\d*\.pem|[^/]*\.key)")


@warning("chain-legacy-mix")
def chain_legacy_mix(host: Host) -> Iterator[Fault]:
    """Certificates are named in two ways, and one of them is ignored.

    Why: where smtpd_tls_chain_files is set Postfix reads nothing else, and logs a warning for every
    smtpd. Who renews the certificate in the other file wonders why the old one is still used.

    Fires: on smtpd_tls_cert_file, smtpd_tls_eccert_file, smtpd_tls_dcert_file and the three for
    their keys, when one is set to a file beside smtpd_tls_chain_files, on a listener with TLS.

    Does not fire: on one that is set to nothing; on smtpd_tls_key_file and its kin at their
    default, which is the name of the certificate.

    Fix: keep smtpd_tls_chain_files and take the others out.

    Source: postconf(5) smtpd_tls_chain_files.
    """
    for listener, session, _ in encrypting(host):
        if not host.value(_CHAIN, session).text:
            continue
        for parameter in _LEGACY:
            for name in (parameter, parameter.replace("cert_", "key_")):
                value = host.value(name, session)
                if value.text and not value.is_default:
                    yield Fault(
                        f"{name} is ignored: {_CHAIN} is set as well",
                        f"take {name} out, once what it names is in {_CHAIN}",
                        value,
                        listener,
                    )


@error("chain-order")
def chain_order(host: Host) -> Iterator[Fault]:
    """A chain begins with the certificate, and the key has to come first.

    Why: Postfix gives up the whole chain, and with it TLS: STARTTLS is answered 454. In the other
    parameters, and in most other programs, the order is free, or the other way round.

    Fires: on smtpd_tls_chain_files of a listener with TLS, where the first file lies beside main.cf
    and has a certificate before any key, or where names leave no doubt: fullchain.pem, .crt or .cer
    first, and privkey.pem or .key behind it.

    Does not fire: on one file, or names, that may hold both; their contents only the host can
    tell.

    Fix: key, then certificate, then intermediates: smtpd_tls_chain_files = privkey.pem,
    fullchain.pem.

    Source: postconf(5) smtpd_tls_chain_files; load_chain_files() of Postfix.
    """
    for listener, session, _ in encrypting(host):
        value = host.value(_CHAIN, session)
        if value.items and _begins_with_certificate(host, value.items):
            first = value.items[0]
            yield Fault(
                f"{first} in {_CHAIN} comes before its key: Postfix turns TLS off",
                "put the file of the key first, then certificate and intermediates",
                value,
                listener,
                mark=first,
            )


@error("key-exposed", needs="files")
def key_exposed(host: Host) -> Iterator[Fault]:
    """A private key lies beside main.cf.

    Why: this folder is what goes to git and to every host, and everybody may read it. Who has the
    key can pose as the host, and nobody notices; it stays in the history of the repository after it
    has been deleted. No client can see it: the host keeps all that it promises, and whoever has the
    key does so elsewhere.

    Fires: on a file beside main.cf, of whatever name, in which a private key in PEM form stands.

    Does not fire: on certificates and parameters of Diffie-Hellman; on files that the check may not
    read, as it should be for a key on a host.

    Fix: keep keys on the host alone, readable by root alone, as in /etc/ssl/private; take a new key
    and a new certificate in place of one that has been in git.

    Source: TLS_README, server-side certificate and private key configuration.
    """
    for name, text in host.files.items():
        if _PRIVATE_KEY.search(text):
            naming = (
                value
                for value in (
                    host.config.of_setting(one, service) for service, one in host.settings
                )
                if any(item.endswith(f"/{name}") for item in value.items)
            )
            yield Fault(
                f"{name} beside main.cf holds a private key, for everyone with this folder to read",
                "keep it on the host, outside of this folder and readable by root alone, and "
                "replace the key",
                next(naming, None) or Spot("main.cf", 1, 1),
                mark=name,
            )


def _begins_with_certificate(host: Host, files: tuple[str, ...]) -> bool:
    """Say whether a chain is certain to begin with a certificate, by content or else by names."""
    first, *others = files
    text = host.table(f"file:{first}")
    if text is None:
        return bool(_IS_CERTIFICATE.fullmatch(first)) and any(map(_IS_KEY.fullmatch, others))
    found = _PEM.search(text)
    return found is not None and found["kind"] == "CERTIFICATE"
