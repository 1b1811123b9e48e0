"""The script that writes the catalogue: what it reads of a source tree, and of real programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfix_profiles.postfix.catalogue.timeline import at
from tests.catalogue import inventory
from tests.catalogue.measure import FOLDER, Data, ask_built, defaults, main, measured, write
from tests.catalogue.source import Source, SourceError
from tests.real_postfix import installed, why_none

# As much of Postfix's source as the script looks at, in its style; the sentences are our own.
FILES = {
    "src/global/mail_version.h": '#define MAIL_VERSION_NUMBER "3.12"\n',
    "src/global/mail_params.h": r"""
#define VAR_LEVEL "security_level"
#define VAR_COUNT  "count_limit"  /* what it is for */
#define MAX_COUNT    99
#define VAR_BOTH    VAR_LEVEL "_of_both"
#define VAR_SWITCH    "switch"
#define PERMIT_ALL "permit"
#define REJECT_OLD "reject_it"
#define REJECT_NEW "reject_it_all"
#define CHECK_IT "check_it_access"
#define REJECT_SENDER_LOGIN_MISMATCH "reject_sender_login_mismatch"
""",
    "src/thing/thing.c": r"""
    static const CONFIG_STR_TABLE str_table[] = {
    VAR_LEVEL, DEF_LEVEL, &var_level, 1, 0,
#ifdef USE_BOTH
    VAR_BOTH, "a b", \
    &var_both, 0, 0,
#endif
    0,
    };
    static const CONFIG_NINT_TABLE nint_table[] = {
    VAR_COUNT, "1", &var_count, 0, MAX_COUNT,
    0,
    };
    static const CONFIG_BOOL_TABLE bool_table[] = {
    VAR_SWITCH, 0, &var_switch,
    0,
    };
    static const NAME_CODE levels[] = {
    "none", 0, /* not the least */
#if 0
#ifdef NEVER
    "never", 9,
#endif
    "later", 8,
#endif
    {"some", 1},
    NAMEBUG(SOME_BUG),
    VAR_SWITCH, 2,
    0, -1,
    };
    trigger_server_main(argc, argv, thing_service,
            CA_MAIL_SERVER_SOLITARY,
            CA_MAIL_SERVER_PRIVILEGED,
            0);
""",
    "src/postconf/postconf_builtin.c": r"""
static const CONFIG_STR_TABLE pcf_legacy_str_table[] = {
    {"old_level", ""},
    0,
};
static CONFIG_INT_TABLE pcf_adhoc_pid = {VAR_COUNT};
""",
    "src/postconf/postconf_unused.c": """
    "old_level", "specify \\"security_level\\"",
    "switch", "do not specify",
""",
    "src/smtpd/smtpd_check.c": """
static int generic_checks(SMTPD_STATE *, ARGV *);

static int generic_checks(SMTPD_STATE *state, ARGV *restrictions)
{
    /*
     * Pseudo restrictions.
     * Generic restrictions.
     */
    if (strcasecmp(name, PERMIT_ALL) == 0) {
    /*
     * Client name/address restrictions.
     */
    if (strcasecmp(name, REJECT_NEW) == 0
        || strcasecmp(name, REJECT_OLD) == 0) {
    /*
     * HELO/EHLO parameter restrictions.
     * Sender mail address restrictions.
     * Recipient mail address restrictions.
     */
    if (is_map_command(state, name, CHECK_IT, &cpp)) {
    /*
     * ETRN domain name restrictions.
     */
}

char   *smtpd_check_rewrite(SMTPD_STATE *state)
{
    if (strcasecmp(name, PERMIT_ALL) == 0) {
}
""",
    "src/global/server_acl.c": 'static const NAME_CODE acl_map[] = {\n "dunno", 1,\n 0, 0,\n};\n',
    "src/util/dict_open.c": """
    DICT_TYPE_A, dict_a_open, 0,
#ifdef HAS_B
    DICT_TYPE_B, dict_b_open, 0,
#endif
""",
    "src/util/dict_a.h": '#define DICT_TYPE_A "a"\n#define DICT_TYPE_B "b"\n',
    "src/global/mail_dict.c": "",
    "src/global/dict_ldap.c": 'x = cfg_get_str(parser, "server_host", "localhost", 0, 0);\n',
    "src/postconf/postconf_service.c": '#define _MAXTIME "_time_limit"\n_MAXTIME, VAR_COUNT,\n',
    "src/global/mail_conf.h": '#define _MAXTIME "_time_limit"\n',
    "conf/master.cf": "thing     unix  n       -       n       -       1       thing\n",
    "conf/postfix-files": "$daemon_directory/other:h:$daemon_directory/thing\n",
    "README_FILES/DEPRECATION_README": (
        "    |check_it_access|  3.9 | 3.13 |something_else,  |\n"
        "    |              |      |      |another           |\n"
        "    |reject_it     |  3.9 | 3.12 |reject_it_all     |\n"
    ),
}


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A small source tree, in which it is enough to declare a few parameters."""
    monkeypatch.setattr("tests.catalogue.source.FEWEST", 1)
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1")
    return Source(tmp_path)


class TestSource:
    def test_its_release_has_three_numbers(self, source: Source) -> None:
        assert source.release == (3, 12, 0)

    def test_a_parameter_has_its_kind_and_bounds(self, source: Source) -> None:
        assert source.parameters() == {
            "config_directory": ("str", "1", ""),
            "debugger_command": ("str", "1", ""),
            "security_level": ("str", "1", ""),
            "security_level_of_both": ("str", "0", ""),
            "count_limit": ("int", "", ""),
            "switch": ("bool", "", ""),
            "old_level": ("legacy", "", ""),
        }

    def test_a_bound_that_is_no_number_is_noticed(self, source: Source) -> None:
        path = source.folder / "src/thing/thing.c"
        path.write_text(FILES["src/thing/thing.c"].replace("MAX_COUNT", "sizeof(x)"))
        with pytest.raises(SourceError, match=r"the bound sizeof\(x\) is no number$"):
            source.parameters()

    def test_a_tree_that_declares_nothing_is_noticed(
        self, source: Source, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tests.catalogue.source.FEWEST", 100)
        with pytest.raises(SourceError, match=r"hardly any program declares its parameters$"):
            source.parameters()

    def test_a_macro_that_nobody_defines_is_noticed(self, source: Source) -> None:
        with pytest.raises(SourceError, match=r"NO_SUCH_MACRO is defined nowhere$"):
            source.string("NO_SUCH_MACRO")

    def test_words_are_those_of_the_table_that_are_compiled(self, source: Source) -> None:
        assert source.words("thing/thing.c", "levels") == ("none", "some", "SOME_BUG", "switch")

    def test_words_of_no_table_are_found_by_a_pattern(self, source: Source) -> None:
        assert source.words("thing/thing.c", r"(VAR_SWITCH), 2") == ("switch",)

    def test_a_table_that_is_not_there_has_no_words(self, source: Source) -> None:
        assert source.words("thing/thing.c", "grades") == ()
        assert source.words("thing/other.c", "levels") == ()


class TestInventory:
    def test_words_are_found_where_they_are_said_to_be(self, source: Source) -> None:
        (source.folder / "src/milter").mkdir()
        text = 'x = strcasecmp(milter->def_action, "accept") || y(def_action, "reject");\n'
        (source.folder / "src/milter/milter8.c").write_text(text)
        header = FILES["src/global/mail_params.h"] + '#define VAR_ACT "milter_default_action"\n'
        (source.folder / "src/global/mail_params.h").write_text(header)
        table = FILES["src/thing/thing.c"].replace("VAR_LEVEL, DEF", "VAR_ACT, DEF")
        (source.folder / "src/thing/thing.c").write_text(table)
        assert inventory.words(source) == {
            "milter_default_action": ("word", "any", "", "warning", "", "accept reject")
        }

    def test_restrictions_are_told_by_the_part_of_the_function(self, source: Source) -> None:
        assert inventory.restrictions(source) == {
            "permit": ("generic rewrite", "", ""),
            "reject_it_all": ("client", "", ""),
            "check_it_access": ("recipient", "table", ""),
            "permit_mynetworks": ("postscreen", "", ""),
            "dunno": ("postscreen", "", ""),
        }

    def test_a_function_in_other_parts_is_noticed(self, source: Source) -> None:
        path = source.folder / "src/smtpd/smtpd_check.c"
        path.write_text(FILES["src/smtpd/smtpd_check.c"].replace("ETRN", "VRFY"))
        with pytest.raises(SourceError, match=r"is no longer in the parts that it had$"):
            inventory.restrictions(source)

    def test_a_function_that_is_not_there_is_noticed(self, source: Source) -> None:
        path = source.folder / "src/smtpd/smtpd_check.c"
        path.write_text(FILES["src/smtpd/smtpd_check.c"].replace("smtpd_check_rewrite", "x"))
        with pytest.raises(SourceError, match=r"smtpd_check.c has no smtpd_check_rewrite\(\)$"):
            inventory.restrictions(source)

    def test_what_is_deprecated_names_what_replaces_it(self, source: Source) -> None:
        assert inventory.deprecated(source) == {
            "old_level": "security_level",
            "switch": "",
            "check_it_access": "something_else, another",
            "reject_it": "reject_it_all",
        }

    def test_a_program_is_told_by_its_skeleton_and_has_its_links(self, source: Source) -> None:
        row = ("unix fifo pass", "n", "n", "y", "1")
        assert inventory.programs(source) == {"thing": row, "other": row}

    def test_a_type_of_table_is_told_with_what_it_needs(self, source: Source) -> None:
        assert inventory.map_types(source) == {"a": ("-",), "b": ("HAS_B",)}

    def test_names_are_made_by_services_and_tables(self, source: Source) -> None:
        assert inventory.derived(source) == {
            "pipe _time_limit": ("count_limit",),
            "spawn _time_limit": ("count_limit",),
            "ldap _domain": ("",),
            "ldap _server_host": ("",),
        }


class TestData:
    def test_a_source_that_is_built_brings_new_parameters(self, source: Source) -> None:
        found = {name: f"of {name}" for name, row in source.parameters().items()}
        data = Data.read(source.folder / "nothing").with_source(source, found)
        assert data.files["parameters"]["security_level"] == (
            ((3, 12), ("str", "1", "", "of security_level")),
        )
        assert data.files["parameters"]["old_level"] == (((3, 12), ("legacy", "", "", "")),)
        assert data.releases == {(3, 12, 0): "source"}

    def test_a_source_that_is_built_is_asked_for_its_defaults(self, source: Source) -> None:
        names = [name for name, row in source.parameters().items() if row[0] != "legacy"]
        program = source.folder / "bin/postconf"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\n" + "".join(f"echo {name} = no\n" for name in names))
        program.chmod(0o755)
        data = measured(Data.read(source.folder / "nothing"), [source], [])
        assert data.files["parameters"]["switch"] == (((3, 12), ("bool", "", "", "no")),)
        assert data.files["parameters"]["config_directory"][0][1][3] == "(package)"

    def test_a_source_that_is_not_built_has_no_defaults_for_them(self, source: Source) -> None:
        assert ask_built(source) is None
        with pytest.raises(RuntimeError, match=r"is new in 3\.12\.0: build its source$"):
            Data.read(source.folder / "nothing").with_source(source, None)

    def test_a_package_does_not_tell_what_a_new_parameter_is(self) -> None:
        with pytest.raises(RuntimeError, match=r"^brand_new is new in 3\.12\.0: give its --source"):
            Data.read().with_package((3, 12, 0), {"brand_new": "1"})

    def test_a_package_of_a_new_release_changes_what_it_changes(self) -> None:
        data = Data.read()
        found = {
            name: row[3]
            for name, timeline in data.files["parameters"].items()
            if (row := at(timeline, (3, 12))) and row[0] != "legacy"
        }
        later = data.with_package((3, 12, 0), found | {"soft_bounce": "maybe"})
        old, new = (one.texts() for one in (data, later))
        assert sorted(name for name, text in new.items() if text != old[name]) == [
            "parameters.tsv",
            "releases.tsv",
        ]
        added = set(new["parameters.tsv"].splitlines()) - set(old["parameters.tsv"].splitlines())
        assert added == {"soft_bounce\t3.12\tbool\t\t\tmaybe"}

    def test_what_the_release_does_not_decide_is_not_recorded(self) -> None:
        assert defaults("mail_owner = postfix\nrelayhost =\nsoft_bounce = no\n") == {
            "mail_owner": "(package)",
            "relayhost": "",
            "soft_bounce": "no",
        }

    def test_files_that_are_so_already_are_not_written(self, tmp_path: Path) -> None:
        data = Data.read()
        assert sorted(write(data, tmp_path)) == sorted(path.name for path in FOLDER.glob("*.tsv"))
        assert write(data, tmp_path) == []

    def test_the_files_are_as_the_script_writes_them(self) -> None:
        texts = Data.read().texts()
        assert texts == {
            path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.tsv")
        }


@pytest.mark.postfix
def test_the_installed_releases_say_what_the_files_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not installed():
        pytest.skip(why_none())
    texts = Data.read().texts()
    assert measured(Data.read(), [], installed()).texts() == texts
    assert main([]) == 0
    assert capsys.readouterr().out == "nothing has changed\n"
