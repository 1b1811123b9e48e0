"""Our reading of main.cf and master.cf, held against that of every real Postfix that is here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from postfix_profiles.postfix import main_cf, master_cf
from postfix_profiles.postfix.logical_lines import SyntaxProblem
from postfix_profiles.postfix.main_cf import Setting, format_list, format_setting
from postfix_profiles.postfix.master_cf_print import column_widths, format_header, format_service
from postfix_profiles.postfix.service import Service
from tests.postfix import comparison
from tests.postfix.comparison import MAIN, MASTER, ask_each, one_blank, table_line
from tests.real_postfix import RealPostfix, write_pair

pytestmark = pytest.mark.postfix

SMTP = "smtp inet n - y - - smtpd"
PIPE = "other unix - n n - 10 pipe"

READ_MAIN = [
    "",
    "relayhost = a # b\nmyorigin = # c\n",
    "relayhost=a",
    "relayhost\t\v= \f\r a \v\t\n",
    "relayhost =\nmyorigin = \n",
    "relayhost == a = b\n",
    "relayhost = 'a' \"b\n",
    "relayhost = a,\n   b,\n# c\n\n   # d\n \t\n\te\n",
    "relayhost\n =\n a\n",
    "relayhost = a\n\vb\n\fc\n\rd\n",
    "relayhost = a\r\nmyorigin = b,\r\n c\r\n\r\n d\r\n",
    "relayhost = \u00e4\udce4\nmyorigin = \u00a0a\u00a0\n",
    "relayhost = a\nmyorigin = b\nrelayhost = c\nrelayhost = c\n",
    "relayhost = a\0b\n c\nmyorigin = d\n",
    "#\0\nrelayhost = a\n",
    "relayhost = $mua_a\nmua_a = ${mua_b?{c}:{d e}}\nmua_b = f\n",
    "relayhost = a $$b {c\n",
]
READ_AFTER_DROPPING = [" relayhost = a\n myorigin = b\n#c\n", "\n\t\n  a\n\n\tb\n"]
REFUSED_MAIN = [
    "relayhost\n",
    "relayhost a = b\n",
    "= a\n",
    "relayhost\0 = a\n",
    "\0\n",
    "relayhost = a\nb\n c\n",
]
READ_MASTER = [
    f"{SMTP}\n",
    f"# a\n\n{SMTP}\n# b\n",
    f"{SMTP}",
    "smtp\tinet  n\r- y\n - -\n# a\n\n\tsmtpd\r\n",
    f"{SMTP} -o a=b -o c= -o d==e\n",
    f"{SMTP}\n  -o a=b\n# c\n\n  # d\n  -o\n\te=f\n",
    f"{SMTP} -o a=b c -o d=e\n",
    f"{SMTP} -o 'a=b c' -o d=e\n",
    f"{SMTP} -o {{ a = b,  c }} -o {{d=e}} -o {{ f = }} -o {{\v g\v=\fh\f}}\n",
    f"{SMTP} -o {{ a = ${{b?{{c d}}:{{e}}}} }} -o f={{g h}}{{i}}j -o k=l}}\n",
    f"{SMTP} -o {{ a = b,\n\n# c\n   d }}\n",
    f"{SMTP} -oa=b -vd -D -vv -o e=f\n",
    f"{SMTP} -o a=b -o a=c\n{PIPE}\n{SMTP} -v -o d=e\n",
    f"{PIPE} flags=DRhu user=a argv=/b -c ${{d}} {{e f}} {{{{g}}}} {{}} h{{i j}} #k\n",
    f"{PIPE} -v -- -o a=b\n",
    f"{SMTP} -o a=b\0 -o c=d\n",
    f" a b\n c\n{SMTP}\n",
    "[::1]:25 inet n n n 60 0 a\n127.0.0.1:25 inet n y n 60? 1 b\n:25 inet n - - 0? - c\n",
    "- unix y - - - - a\nb unix-dgram - - - - - c\nd fifo n - - - - e\nf pass - - - - - g\n",
]
REFUSED_MASTER = [
    "smtp inet n - y - -\n",
    "\0smtp inet n - y - - smtpd\n",
    "a{b unix - - - - - c\n",
    "smtp INET n - y - - smtpd\n",
    "smtp inet no - y - - smtpd\n",
    "smtp inet n Y y - - smtpd\n",
    "smtp inet n - x - - smtpd\n",
    "smtp inet n - y 1m - smtpd\n",
    "smtp inet n - y - 1? smtpd\n",
    "smtp\vinet n - y - - smtpd a\n",
]
READ_BY_PROGRAM = [["-o", "a=b"], ["-o", "a = b c"], ["-oa=bo"], ["-o", "a="], ["-", "-o", "a"]]
REFUSED_BY_PROGRAM = [["-o", "a"], ["-o", "=a"], ["-o{ a = b }"], ["-o"], ["-x"], ["-oa"]]


def fatal(errors: tuple[SyntaxProblem, ...]) -> list[str]:
    return [error.message for error in errors if error.fatal]


def test_every_main_cf_reads_the_same(every_postfix: tuple[RealPostfix, ...]) -> None:
    texts = [MAIN + text for text in READ_MAIN] + [text + MAIN for text in READ_AFTER_DROPPING]
    ours = [
        {name: one_blank(value) for name, value in main_cf.parse(text).values.items()}
        for text in texts
    ]
    assert [fatal(main_cf.parse(text).errors) for text in texts] == [[]] * len(texts)
    for postfix, answers in ask_each(every_postfix, [(text, MASTER) for text in texts], "-n"):
        for text, answer, expected in zip(texts, answers, ours, strict=True):
            shown = comparison.settings(answer)
            assert (postfix.release, text, shown) == (postfix.release, text, expected)


def test_what_is_dropped_of_a_main_cf_is_dropped_by_postfix(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    texts = [text + MAIN for text in READ_AFTER_DROPPING]
    for text in texts:
        assert [error.fatal for error in main_cf.parse(text).errors] == [False]
    for _, answers in ask_each(every_postfix, [(text, MASTER) for text in texts], "-n"):
        for answer in answers:
            assert "logical line must not start with whitespace" in answer.complaints


def test_what_postconf_refuses_in_a_main_cf_is_an_error(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    texts = [MAIN + text for text in REFUSED_MAIN]
    assert [len(fatal(main_cf.parse(text).errors)) for text in texts] == [1] * len(texts)
    for postfix, answers in ask_each(every_postfix, [(text, MASTER) for text in texts], "-n"):
        assert [answer.status for answer in answers] == [1] * len(texts), postfix.release


def test_every_master_cf_reads_the_same(every_postfix: tuple[RealPostfix, ...]) -> None:
    ours = [master_cf.parse(text) for text in READ_MASTER]
    assert [fatal(master.errors) for master in ours] == [[]] * len(ours)
    pairs = [(MAIN, text) for text in READ_MASTER]
    for postfix, answers in ask_each(every_postfix, pairs, "-M"):
        for master, answer in zip(ours, answers, strict=True):
            expected = tuple(table_line(words) for words in master_cf.table_view(master))
            assert (postfix.release, comparison.table(answer)) == (postfix.release, expected)
    for postfix, answers in ask_each(every_postfix, pairs, "-P"):
        for master, answer in zip(ours, answers, strict=True):
            shown = tuple((k, n, one_blank(v)) for k, n, v in master_cf.options_view(master))
            assert (postfix.release, comparison.options(answer)) == (postfix.release, shown)


def test_what_postconf_refuses_in_a_master_cf_is_an_error(
    every_postfix: tuple[RealPostfix, ...],
) -> None:
    for text in REFUSED_MASTER:
        assert fatal(master_cf.parse(text).errors), text
    pairs = [(MAIN, text) for text in REFUSED_MASTER]
    for postfix, answers in ask_each(every_postfix, pairs, "-M"):
        assert [answer.status for answer in answers] == [1] * len(answers), postfix.release


def test_options_that_a_program_refuses_are_errors(
    every_postfix: tuple[RealPostfix, ...], tmp_path: Path
) -> None:
    """Postconf and master(8) let them pass."""
    write_pair(tmp_path, MAIN, MASTER)
    expand_templates = ["bounce", "-SVnexpand_templates", "-o", "queue_directory=."]

    def refuses(case: tuple[RealPostfix, list[str]]) -> bool:
        postfix, words = case
        return postfix.run([*expand_templates, *words], tmp_path).returncode != 0

    for words in READ_BY_PROGRAM + REFUSED_BY_PROGRAM:
        # What master(8) hands over as one word, master.cf has within braces.
        written = (f"{{{word}}}" if " " in word and word[0] != "-" else word for word in words)
        errors = master_cf.parse(f"{SMTP} {' '.join(written)}\n").errors
        assert bool(fatal(errors)) == (words in REFUSED_BY_PROGRAM), words
    cases = [(postfix, words) for postfix in every_postfix for words in READ_BY_PROGRAM]
    cases += [(postfix, words) for postfix in every_postfix for words in REFUSED_BY_PROGRAM]
    with ThreadPoolExecutor(len(cases)) as pool:  # a program that refuses sleeps for a second
        for case, refused in zip(cases, pool.map(refuses, cases), strict=True):
            assert refused == (case[1] in REFUSED_BY_PROGRAM), case


def test_what_we_print_postfix_reads_as_it_was(every_postfix: tuple[RealPostfix, ...]) -> None:
    items = ["permit_mynetworks", "check_client_access inline:{{a = b}, c=d}", "reject"]
    main = "\n".join(
        [
            format_setting("mynetworks", "127.0.0.0/8 [::1]/128"),
            format_setting("relayhost", ""),
            format_setting("smtpd_banner", "$myhostname # \u00e4 'b' {"),
            format_list("smtpd_recipient_restrictions", items),
        ]
    )
    service = Service(
        *("[2001:db8::25]:587", "inet", "n", "-", "y", "-", "-", "smtpd"),
        options=(
            Setting("smtpd_client_restrictions", ", ".join(items)),
            Setting("smtpd_sasl_path", ""),
            Setting("syslog_name", "postfix/a#b"),
        ),
        flags=("-v",),
        arguments=("a", "b  c", "{d}", "#e"),
    )
    widths = column_widths([service])
    master = f"{format_header(widths)}\n{format_service(service, widths)}\n"
    given = ", ".join(items)
    expected = (
        "[2001:db8::25]:587 inet n - y - - smtpd -v "
        f"-o {{smtpd_client_restrictions={given}}} -o smtpd_sasl_path= "
        "-o syslog_name=postfix/a#b a {b c} {d} #e"
    )
    for postfix, (answer,) in ask_each(every_postfix, [(main, master)], "-n"):
        assert (postfix.release, comparison.settings(answer)) == (
            postfix.release,
            {
                "mynetworks": "127.0.0.0/8 [::1]/128",
                "relayhost": "",
                "smtpd_banner": "$myhostname # \u00e4 'b' {",
                "smtpd_recipient_restrictions": given,
            },
        )
    for postfix, (answer,) in ask_each(every_postfix, [(main, master)], "-M"):
        assert (postfix.release, comparison.table(answer)) == (postfix.release, (expected,))
