"""No message lacks a translation, and every translation takes the same values."""

import gettext
import io
import re
import string
import subprocess
import sys
from pathlib import Path

import messages
import pytest

from jsup import console

ROOT = Path(__file__).parents[1]


def texts(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def fields(text: str) -> set[str]:
    return {name.split(".")[0] for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def test_every_message_of_jsup_click_and_typer_has_chinese_words():
    wanted = {str(message.id) for message in messages.template() if message.id}
    stored = messages.stored()
    assert wanted == {str(message.id) for message in stored if message.id}
    assert messages.missing(stored) == []
    assert len(wanted) > 400


def test_no_sentence_stands_within_another_one_where_what_reads_the_sources_does_not_look():
    files = (ROOT / "src" / "jsup").rglob("*.py")
    assert [said for file in files for said in re.findall(r"\{N?_\(['\"]([^'\"]+)['\"]\)", file.read_text("utf-8"))] == []


def test_every_translation_takes_the_values_of_its_message():
    for message in messages.stored():
        if message.id:
            singular, *_plural = texts(message.id)
            for words in texts(message.string):
                assert fields(words) <= set().union(*(fields(text) for text in texts(message.id))), singular
                if isinstance(message.id, str):
                    assert fields(words) == fields(singular), singular


def test_the_compiled_catalogue_is_the_one_in_the_repository():
    kept, made = (
        gettext.GNUTranslations(io.BytesIO(data))._catalog
        for data in (messages.MO.read_bytes(), messages.compiled(messages.stored()))
    )
    for one in (kept, made):
        del one[""]  # the heading names the Babel that wrote it
    assert kept == made


def test_each_sentence_is_looked_up_as_the_standard_library_would(tmp_path):
    with messages.MO.open("rb") as file:
        every = gettext.GNUTranslations(file)
    catalogue = console.Catalogue()
    catalogue.open(messages.MO)
    asked = [texts(message.id)[0] for message in messages.stored() if message.id]
    for message in (*asked, "", "no such sentence", "zzz", asked[0][:-1], f"{asked[0]}x", "检查"):
        assert catalogue(message) == every.gettext(message), message
    catalogue.open(tmp_path / "none.mo")
    assert [catalogue(message) for message in asked] == asked


def test_a_column_without_a_heading_has_none_in_chinese_either(monkeypatch, capsys):
    catalogue = console.Catalogue()
    catalogue.open(messages.MO)
    monkeypatch.setattr(gettext, "gettext", catalogue)
    console.table([1], [console.Column("", str)])
    assert capsys.readouterr().out == "\n1\n"


def test_chinese_words_are_chinese():
    same = [message.id for message in messages.stored() if message.id and message.id == message.string]
    assert same == ["For English: JSUP_LANG=en jsup demo DIR  |  中文：JSUP_LANG=zh jsup demo DIR"]


def speak(lang: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", "PYTHONUTF8": "1", **lang}
    return subprocess.run(
        [sys.executable, "-m", "jsup", *args], env=env, capture_output=True, text=True, check=False, encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("lang", "chinese"),
    [
        ({}, True),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX"}, True),
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "JSUP_LANG": "zh"}, True),
        ({"LANG": "zh_CN.UTF-8", "JSUP_LANG": "en"}, False),
    ],
)
def test_the_language_is_jsup_lang_else_the_locale_and_chinese_where_there_is_none(lang, chinese):
    result = speak(lang, "due", "--from", "2026-02-30", "--days", "1")
    assert result.returncode == 2
    assert ("不是日期" in result.stderr) is chinese
    assert ("is not a date" in result.stderr) is not chinese


def test_a_sentence_of_click_s_that_asks_ends_once():
    said = speak({"JSUP_LANG": "zh"}, "agency", "lst").stderr
    assert "'list'？ 用 'jsup agency --help'" in said


def test_the_sentences_of_click_and_typer_are_chinese_too():
    result = speak({"JSUP_LANG": "zh"}, "due", "--days", "x")
    assert result.stderr == "jsup: '--days' 的值无效：'x' 不是有效的整数。 用 'jsup due --help' 查看帮助。\n"
    page = speak({"JSUP_LANG": "zh"}, "due", "--help").stdout
    assert "用法：" in page
    assert "选项" in page
    assert "Show this message" not in page
    assert "[必填]" in page
