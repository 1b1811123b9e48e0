"""What the schema refuses, in words of the profile, at the line that is meant."""

from __future__ import annotations

from tests.building import added, refusal

KEYS = (
    "hostname, domain, platform, extends, interfaces, proxy_interfaces, trusted_networks, tls, mx, "
    "submission, outbound, milters, limits, ipv6, log, aliases, waive, main, services"
)


# --- keys -----------------------------------------------------------------------------------------


def test_an_unknown_key_is_shown_with_the_nearest_known_one() -> None:
    assert added("submision: {}\nmx: {listen: any, domans: []}") == [
        "3:1+9 unknown-key: submision is not a key of a profile (did you mean submission?)",
        "4:19+6 unknown-key: mx.domans is not a key of a profile (did you mean domains?)",
    ]


def test_an_unknown_key_that_is_like_none_is_shown_with_all_that_may_stand_there() -> None:
    assert added("queue: fast\noutbound: {port: 25}") == [
        f"3:1+5 unknown-key: queue is not a key of a profile (the keys here are {KEYS})",
        (
            "4:12+4 unknown-key: outbound.port is not a key of a profile "
            "(the keys here are tls, relayhost, credentials, policies, bind, mta_sts)"
        ),
    ]


def test_an_unknown_key_of_a_choice_is_found_in_the_mapping_that_was_chosen() -> None:
    assert added("mx: {listen: any, delivery: {lmpt: 'unix:private/lmtp'}}") == [
        "3:30+4 unknown-key: mx.delivery.lmpt is not a key of a profile (did you mean lmtp?)"
    ]


def test_unknown_keys_that_an_alias_brings_are_named_in_their_order() -> None:
    unknown = [f"key{number}" for number in range(20)]
    found = added(f"main: &x {{{': a, '.join(unknown)}: a}}\ntls: *x")
    assert found == [
        f"4:1+3 unknown-key: tls.{key} is not a key of a profile (did you mean key?)"
        for key in unknown
    ]


def test_a_key_that_took_its_value_in_lacks_the_blank_behind_its_colon() -> None:
    assert added("tls:{loglevel: 2}") == [
        "3:1+13 unknown-key: tls:{loglevel is not a key of a profile (put a blank behind the colon)"
    ]


def test_the_merge_key_of_yaml_is_no_key() -> None:
    assert added("mx: {listen: any, <<: {tls: none}}") == [
        (
            "3:19+2 unknown-key: mx.<< is not a key of a profile "
            "(YAML's merge key is not used here; extends inherits from a file)"
        )
    ]


def test_a_missing_key_is_reported_at_the_key_above_it_with_an_example() -> None:
    assert refusal("mx:\n  domains:\n    - delivery: local\n") == [
        "1:1+1 missing-key: hostname is missing (for example hostname: mail.example.com)",
        "1:1+1 missing-key: platform is missing (for example platform: debian-12)",
        "1:1+2 missing-key: mx.listen is missing (for example listen: wan)",
        "3:7+15 missing-key: mx.domains[0].domain is missing (for example domain: example.org)",
    ]


def test_a_key_whose_value_is_null_is_missing_where_it_was_taken_away() -> None:
    assert refusal("hostname: mail.example.com\nplatform: null\n") == [
        "2:1+8 missing-key: platform is missing (for example platform: debian-12)"
    ]


def test_the_name_of_a_parameter_is_no_sentence() -> None:
    expected = "is not the name of a Postfix parameter, of letters, digits, _ and -"
    assert added('main: {smtpd banner: a, "": b, -o: c, "a=b": d, soft_bounce: true}') == [
        f'3:8+12 bad-key: main: "smtpd banner" {expected}',
        f'3:25+2 bad-key: main: "" {expected}',
        f'3:32+2 bad-key: main: "-o" {expected}',
        f'3:39+5 bad-key: main: "a=b" {expected}',
    ]


def test_the_name_of_a_key_may_have_a_format_with_a_reason() -> None:
    assert added(
        "mx: {listen: any, postscreen: {access: {10.0.0.1/8: permit, lan: reject}}}\n"
        "outbound: {policies: {192.0.2.7: none}}\n"
        "submission: {listen: any, senders: {a b: a@example.com}}"
    ) == [
        (
            '3:41+10 bad-key: mx.postscreen.access: "10.0.0.1/8" is not a network like '
            "192.168.1.0/24 or fd00::/64, without host bits, or one address "
            "(it has host bits set; the network is 10.0.0.0/8)"
        ),
        (
            '3:61+3 bad-key: mx.postscreen.access: "lan" is not a network like 192.168.1.0/24 or '
            "fd00::/64, without host bits, or one address"
        ),
        (
            '4:23+9 bad-key: outbound.policies: "192.0.2.7" is not a domain, .domain, or a next '
            "hop like [host]:port (an address stands in brackets)"
        ),
        (
            '5:37+3 bad-key: submission.senders: "a b" is not a login name, of letters, digits '
            "and . _ + = @ -"
        ),
    ]


def test_the_name_of_an_interface_is_a_word_and_not_one_of_ours() -> None:
    assert added("interfaces: {any: 10.0.0.1, 2nd: 10.0.0.2, loopback: 10.0.0.3}") == [
        "3:14+3 bad-key: interfaces: the name any is always there (choose another name)",
        (
            '3:29+3 bad-key: interfaces: "2nd" is not the name of an interface: a letter, then '
            "letters, digits, - or _"
        ),
        "3:44+8 bad-key: interfaces: the name loopback is always there (choose another name)",
    ]


# --- words that others read differently -----------------------------------------------------------


def test_words_that_others_read_differently_are_refused_where_text_is_meant() -> None:
    assert added("aliases: {info: on, root: [0755, 'no']}\nmain: {x: 0x10}") == [
        (
            "3:17+2 ambiguous-scalar: aliases.info: on is true to other readers of YAML "
            '(write "on" if text is meant)'
        ),
        (
            "3:28+4 ambiguous-scalar: aliases.root[0]: 0755 is a number to other readers of YAML "
            '(write "0755" if text is meant)'
        ),
        (
            "4:11+4 ambiguous-scalar: main.x: 0x10 is a number to other readers of YAML "
            '(write "0x10" if text is meant)'
        ),
    ]


def test_a_parameter_may_be_yes_or_no_as_postfix_says_it_but_not_on_or_off() -> None:
    assert added("main: {a: yes, b: no, c: on, d: Yes, e: [no]}") == [
        (
            "3:26+2 ambiguous-scalar: main.c: on is true to other readers of YAML "
            '(write "on" if text is meant)'
        ),
        (
            "3:33+3 ambiguous-scalar: main.d: Yes is true to other readers of YAML "
            '(write "Yes" if text is meant)'
        ),
        (
            "3:42+2 ambiguous-scalar: main.e[0]: no is false to other readers of YAML "
            '(write "no" if text is meant)'
        ),
    ]


def test_what_is_no_key_is_not_called_ambiguous_too() -> None:
    found = added("queue: no")
    assert found[0].startswith("3:1+5 unknown-key: queue is not a key of a profile")


def test_the_value_of_an_unknown_key_is_not_looked_at() -> None:
    assert len(added("queue: no")) == 1


def test_a_parameter_may_be_yes_behind_an_anchor() -> None:
    assert added("main: {a: &x yes, b: on}") == [
        (
            "3:22+2 ambiguous-scalar: main.b: on is true to other readers of YAML "
            '(write "on" if text is meant)'
        )
    ]


# --- together -------------------------------------------------------------------------------------


def test_all_that_is_wrong_is_reported_at_once_in_the_order_of_the_file() -> None:
    assert refusal("hostnam: mail\ntls: {loglevel: 9, loglevel: 1}\nplatform: debian\n") == [
        "1:1+7 unknown-key: hostnam is not a key of a profile (did you mean hostname?)",
        "1:1+1 missing-key: hostname is missing (for example hostname: mail.example.com)",
        "2:17+1 bad-value: tls.loglevel is 9; it may be 0 to 4",
        (
            "2:20+8 duplicate-key: the key tls.loglevel stands here twice "
            "(it was first written in line 2; keep one of the two)"
        ),
        (
            '3:11+6 bad-value: platform is "debian"; it may be debian-11, debian-12, debian-13, '
            "debian-14, ubuntu-22.04, ubuntu-24.04, ubuntu-26.04, rhel-8, rhel-9, rhel-10, "
            "alpine-3.20, alpine-3.21, alpine-3.22, alpine-3.23, alpine-3.24 "
            "(of debian there are debian-11, debian-12, debian-13, debian-14; any other is "
            "{postfix: 3.x.y, family: debian})"
        ),
    ]


def test_of_one_place_the_loader_has_said_enough() -> None:
    assert refusal("hostname:\nplatform: debian-12\naliases: {no: [no]}\n") == [
        (
            "1:1+8 empty-value: hostname has no value (give it one, leave the key out, or write "
            "null to take an inherited one away)"
        ),
        '3:11+2 ambiguous-scalar: the key no is false to other readers of YAML (write "no")',
        (
            "3:16+2 ambiguous-scalar: aliases.no[0]: no is false to other readers of YAML "
            '(write "no" if text is meant)'
        ),
    ]
