"""A real Dovecot on the mail host: logins for Postfix, and mailboxes that it delivers to over LMTP.

Postfix's side of the configuration is what the README tells the reader to write.
"""

from __future__ import annotations

import email
import re
import shutil
from collections.abc import Mapping
from email.message import Message

from tests.e2e.host import MailHost
from tests.e2e.staging import add_accounts
from tests.rendered import ROOT

ACCOUNT, UID = "vmail", 2000
MAIL = "/var/vmail"
USERS = "/etc/dovecot/users"
COMPLAINTS = "/var/log/dovecot"
# 2.4 has another syntax than 2.3, and wants to be told which of them a file is in.
VERSIONS = {
    "2.3": f"""
mail_location = maildir:~/Maildir
auth_username_format = %Ln
passdb {{
  driver = passwd-file
  args = {USERS}
}}
userdb {{
  driver = passwd-file
  args = {USERS}
}}
""",
    "2.4": f"""
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = ~/Maildir
auth_username_format = %{{user | username | lower}}
passdb passwd-file {{
  passwd_file_path = {USERS}
}}
userdb passwd-file {{
  passwd_file_path = {USERS}
}}
""",
}
COMMON = """
protocols = lmtp
ssl = no
auth_mechanisms = plain login
# A wrong password costs its client some seconds, and each further one twice as many.
auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
"""


def start(host: MailHost, passwords: Mapping[str, str]) -> None:
    """Have Dovecot serve these logins, each with its mailbox; ValueError when it does not start."""
    add_accounts(host, [ACCOUNT])
    home = host.path(MAIL)
    home.mkdir()
    shutil.chown(home, UID, UID)
    release = host.run("dovecot", "--version").stdout
    syntax = next(text for version, text in VERSIONS.items() if release.startswith(version))
    # 2.4 takes the version for the first line of the file, and nothing else.
    host.path("/etc/dovecot/dovecot.conf").write_text(syntax.lstrip() + COMMON + from_readme())
    users = [
        f"{login}:{{PLAIN}}{password}:{UID}:{UID}::{MAIL}/{login}::\n"
        for login, password in passwords.items()
    ]
    host.path(USERS).write_text("".join(users))
    # The daemon keeps its stderr: on a pipe we would wait for its end.
    done = host.run("sh", "-c", f"dovecot >{COMPLAINTS} 2>&1")
    complaints = host.path(COMPLAINTS).read_text()
    if done.returncode or complaints:
        raise ValueError(f"dovecot: {complaints}")


def from_readme() -> str:
    """The listeners for Postfix's logins and for its mail, as the README shows them."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"\n\n( {4}service auth \{\n(?: {4}.*\n)+)", readme)
    assert shown is not None
    return shown[1]


def messages(host: MailHost, login: str, subject: str) -> list[Message]:
    """The messages with that subject in the mailbox of a login."""
    folder = host.path(f"{MAIL}/{login}/Maildir")
    # Dovecot 2.3 and 2.4.1 leave a new message in new/, 2.4.5 has it in cur/ from the beginning.
    files = [file for name in ("new", "cur") for file in (folder / name).glob("*")]
    found = [email.message_from_bytes(file.read_bytes()) for file in files]
    return [message for message in found if message["Subject"] == subject]
