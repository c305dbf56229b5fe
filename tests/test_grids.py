"""Files that flow: read block by block they say what they say read whole, and one that changes meanwhile is refused."""

from hashlib import sha256

import pytest

from jsup import grids
from jsup.errors import JsupError
from jsup.grids import BULK

TEXT = '编号,名称\r\nJ1,"甲,\n乙"\nJ2,é€𠀀\r\n'

FILES = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "GB18030": TEXT.encode("gb18030"),
    "UTF-8 cut off": TEXT.encode()[:-4],
    "UTF-8 with GB18030 in it": TEXT.encode() + "丙".encode("gb18030"),
    "marked UTF-8 with GB18030 in it": b"\xef\xbb\xbfa,b\n" + "丙".encode("gb18030"),
    "Latin letters, then GB18030": "aé\nb\n".encode() + "丙,丁\n".encode("gb18030"),
    "neither": b"a\nb,\xff\xff\n",
    "UTF-16": TEXT.encode("utf-16"),
    "a zero byte behind what is no text": b"a\n\xff\xff\n\0\n",
    "a workbook called csv": b"PK\x03\x04" + TEXT.encode(),
    "a quote that does not end": b'a,b\nc,"d\n',
    "nothing": b"",
}


def read(rows):
    """Return the rows of a file, or the sentence that refuses it."""
    try:
        return [*rows()]
    except JsupError as error:
        return error.message, {key: str(value) for key, value in error.values.items()}


@pytest.mark.parametrize("block", [4, 5, 7, 1 << 18])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_flows_says_what_it_says_read_whole(name, block, tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(FILES[name])
    monkeypatch.setattr(grids, "_BLOCK", block)
    assert read(lambda: grids.flowing(path, BULK)[1]) == read(lambda: grids.grid(path, BULK))


@pytest.mark.parametrize("after", [TEXT.replace("J2", "J3").encode(), TEXT.encode() + b"J3,b\n", TEXT.encode("gb18030"), b""])
def test_a_file_that_changes_while_it_is_read_is_refused(after, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode())
    digest, rows = grids.flowing(path, BULK)
    assert digest == sha256(TEXT.encode()).hexdigest()
    path.write_bytes(after)
    assert read(lambda: rows)[0].startswith("{file} was changed while it was read")
