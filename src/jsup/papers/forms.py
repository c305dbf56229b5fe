"""The Word templates: what is wrong with one, filling it, and what comes with the signature."""

import base64
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jsup import grids
from jsup.clocks import Desk
from jsup.errors import N_, LedgerError, RefusedError, file_name, read_bytes, visible
from jsup.ledger import Ledger
from jsup.models import PaperTemplate
from jsup.papers.contents import Contents, form_of
from jsup.reads import Reads

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2.sandbox import SandboxedEnvironment

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of a template or a draft, packed; unpacked it may have twice as many."""
LONGEST: Final = 256 * 1024
"""Characters of all the texts of a template, their XML included; one that is shipped has some ten thousand."""
MOST_TEXTS: Final = 64
"""Texts of templates that are kept compiled: a document has nine."""
COMMON: Final = (
    "bureau", "title", "number", "date", "to", "agency", "document", "plan", "basis", "quote", "copies", "officer", "seal",
)  # fmt: skip
OF_FINDING: Final = (
    "index", "numeral", "number", "title", "category", "prohibition", "found_on", "source", "facts", "basis", "clause", "quote",
    "warnings", "evidence", "demand", "course", "remaining", "result", "reviewed_on", "by",
)  # fmt: skip

LISTS: Final = (
    "copies", "attachments", "ways", "items", "clue", "text", "problem", "opinions", "facts", "warnings", "evidence", "course",
)  # fmt: skip
"""Fields of several paragraphs or entries."""


def shipped(kind: str) -> bytes:
    """Return the package's template of a kind.

    Raises:
        UnknownError: jsup does not know the kind.
    """
    form_of(kind)
    return (files("jsup") / "papers" / "templates" / f"{kind}.docx").read_bytes()


def current(ledger: Reads, kind: str) -> bytes:
    """Return the template of a kind that is in use: the bureau's own where it set one, else the package's."""
    rows = ledger.rows("SELECT document FROM paper_template WHERE kind = :kind ORDER BY id DESC LIMIT 1", kind=kind)
    return base64.b64decode(rows[0]["document"]) if rows and rows[0]["document"] else shipped(kind)


def set_own(ledger: Ledger, kind: str, path: Path | None) -> str | None:
    """Set the bureau's own template of a kind, or (without a path) go back to the package's; return its SHA-256.

    Raises:
        RefusedError: a field is unknown or missing in it; the sentence names each.
        LedgerError: it is no Word document or no template.
    """
    document = read(path) if path is not None else None
    with ledger.change() as session:
        desk = Desk(session, ledger)
        desk.policy.paper(kind)
        if document is not None and path is not None:
            _check(document, kind, str(path))
        row = PaperTemplate(
            kind=kind, set_on=ledger.entry.today, officer=ledger.entry.officer,
            file_name=file_name(path) if path is not None else None,
            sha256=sha256(document).hexdigest() if document is not None else None,
            document=base64.b64encode(document).decode() if document is not None else None,
        )  # fmt: skip
        session.add(row)
        return row.sha256


def read(path: Path) -> bytes:
    """Return the bytes of a Word file, a template or a draft.

    Raises:
        UnknownError: it is not there, or no ordinary file.
        LedgerError: it is too large to be one.
    """
    with suppress(OSError):  # read_bytes says what is wrong
        if path.stat().st_size > LARGEST:
            raise _too_large(str(path))
    return read_bytes(path)


def _too_large(source: str) -> LedgerError:
    return LedgerError(
        N_("{source} is larger than a paper can be ({most} MiB): leave pictures out"), source=source, most=LARGEST // 1024**2
    )


# Reading a template -----------------------------------------------------------------------------


@cache
def _environment() -> "SandboxedEnvironment":
    """Return how templates are read: nothing but their fields is in reach, and an unknown one is an error.

    A text that was compiled once is kept: of many papers from one template, each has the same.
    """
    from jinja2 import StrictUndefined  # noqa: PLC0415 - with docxtpl, only where a paper is written
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415

    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    environment.globals.clear()
    environment.from_string = lru_cache(MOST_TEXTS)(environment.from_string)  # type: ignore[method-assign, assignment]
    return environment


def fields(kind: str) -> tuple[set[str], set[str]]:
    """Return the fields that a kind's template may have, and those that it must have; a finding's with a dot before them."""
    form = form_of(kind)
    may = {*COMMON, *form.required, *form.optional}
    must = {*form.required, "bureau", "seal", *(key for key in ("signer", "findings") if key in form.optional)}
    if form.letter:
        must |= {"number", "date", "basis"}
    if "findings" in form.optional:
        may |= {f".{key}" for key in OF_FINDING}
        must |= {f".{key}" for key in ("title", *form.of_finding)}
    return may, must


DEEPEST: Final = 3
"""Loops, or filters, that may stand in each other."""
_PROPERTIES: Final = ("author", "comments", "identifier", "language", "subject", "title")
_TAG = re.compile("<[^>]*>")
_MARK = re.compile("[{][{%#]|[%}#][}]")
FILTERS: Final = ("replace", "trim", "join", "length", "first", "last", "default")
"""What a field may be passed through."""


def _check(document: bytes, kind: str, source: str) -> None:
    """Refuse a template that asks for what there is not, or leaves out what a paper of its kind cannot do without."""
    may, must = fields(kind)
    unknown = sorted(used_fields(document, source) - may)
    if unknown:
        raise RefusedError(
            N_("{source}: {title} has no field {fields}; it can have {known}"),
            source=source, title=kind, fields=", ".join(unknown), known=", ".join(sorted(may)),
        )  # fmt: skip
    shown = "".join(_shown(render(document, _sample(may), source), source))
    missing = sorted(key for key in must - {"findings"} if f"‹{key}›" not in shown)
    if missing:
        raise RefusedError(
            N_("{source}: the field {fields} is missing, and {title} cannot do without: put it back"),
            source=source, title=kind, fields=", ".join(missing),
        )  # fmt: skip


def _sample(may: set[str]) -> Contents:
    """Return contents in which every field is its own name, so that it can be seen what a template prints."""

    def value(key: str) -> Any:
        return [f"‹{key}›"] if key.removeprefix(".") in LISTS else f"‹{key}›"

    finding = {key[1:]: value(key) for key in may if key.startswith(".")}
    sample = {key: value(key) for key in may if not key.startswith(".")}
    return sample | ({"findings": [finding | {"index": 1}]} if finding else {})


def _shown(document: bytes, source: str) -> Iterator[str]:
    """Return the text of each paragraph of a document."""
    import docx  # noqa: PLC0415

    with _reading(document, source):
        for pieces in _paragraphs(docx.Document(io.BytesIO(document))):
            yield "".join(piece.text or "" for piece in pieces)


def _paragraphs(paper: Any) -> Iterator[list[Any]]:
    """Return the pieces of text of each paragraph: of the body, its tables and frames, of heads and feet."""
    from docx.oxml.ns import qn  # noqa: PLC0415

    for part in paper.part.package.iter_parts():
        for paragraph in part.element.iter(qn("w:p")) if hasattr(part, "element") else ():
            yield list(paragraph.iter(qn("w:t")))


def used_fields(document: bytes, source: str) -> set[str]:
    """Return the fields that a template prints or asks for; those of a finding, or any other's part, with a dot before them.

    Raises:
        LedgerError: it is no Word document, or its marks are not fields, `for` and `if`; the sentence says which.
    """
    from jinja2 import TemplateError, meta, nodes  # noqa: PLC0415 - with docxtpl, only where a paper is written

    plain = (
        nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Const,
        nodes.Tuple, nodes.For, nodes.If, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Not, nodes.And, nodes.Or, nodes.Compare,
        nodes.Operand, nodes.Add,
    )  # fmt: skip
    found: set[str] = set()
    template = _opened(document, source)
    parts: list[str] = []
    with _reading(document, source):
        for part in _texts(template):
            parts.append(part)
            if sum(map(len, parts)) > LONGEST:
                raise _unreadable(source, f"> {LONGEST // 1024} KiB")
    for part in parts:
        _closed(part, source)
        try:
            tree = _environment().parse(template.patch_xml(part))
            endless = max(_nested(tree, nodes.For), _nested(tree, nodes.Filter)) > DEEPEST
        except (TemplateError, RecursionError, SyntaxError) as error:
            raise _unreadable(source, error) from error
        for node in tree.find_all(nodes.Node):
            if not isinstance(node, plain) or (isinstance(node, nodes.Filter) and node.name not in FILTERS):
                raise _unreadable(source, getattr(node, "name", type(node).__name__))
        if endless:
            raise _unreadable(source, f"> {DEEPEST}")
        try:  # which reckons what is constant, and so only now
            found |= meta.find_undeclared_variables(tree) - {"loop"}
        except (TemplateError, RecursionError, SyntaxError) as error:
            raise _unreadable(source, error) from error
        found |= {f".{node.attr}" for node in tree.find_all(nodes.Getattr) if not _of_loop(node)}
    return found


def _closed(part: str, source: str) -> None:
    """Refuse a mark that begins before the last one has ended: docxtpl would look for the end of each through all the text."""
    for text in (_TAG.sub("", part), "".join(_TAG.findall(part))):
        for before, mark in pairwise(_MARK.findall(text)):
            if before[0] == mark[0] == "{":
                raise _unreadable(source, f"{before} {mark}")


def _nested(node: Any, kind: type) -> int:
    """Count how deep loops, or filters, stand in each other: a few of them could make a paper without end."""
    return isinstance(node, kind) + max((_nested(child, kind) for child in node.iter_child_nodes()), default=0)


def _unreadable(source: str, error: object) -> LedgerError:
    return LedgerError(N_("{source}: its marks cannot be read ({error}): mend them in Word"), source=source, error=error)


def _of_loop(node: Any) -> bool:
    return getattr(node.node, "name", None) == "loop"


def _opened(document: bytes, source: str) -> "DocxTemplate":
    from docxtpl import DocxTemplate  # noqa: PLC0415

    with _reading(document, source):
        template = DocxTemplate(io.BytesIO(document))
        template.init_docx()
        template.get_xml()
    return template


@contextmanager
def _reading(document: bytes, source: str) -> Iterator[None]:
    """Turn what goes wrong while a Word document is read into one sentence; one that would unpack to too much is not read."""
    from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415

    broken = (*grids.BROKEN, PackageNotFoundError, SyntaxError, LookupError, AttributeError, TypeError, UserWarning)
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as packed:
            if sum(part.file_size for part in packed.infolist()) > 2 * LARGEST:
                raise _too_large(source)
        yield
    except broken as error:
        raise LedgerError(N_("{source} is no Word document (.docx): save it as one"), source=source) from error


def _texts(template: "DocxTemplate") -> Iterator[str]:
    """Yield each text that docxtpl fills in: the body, heads and feet, properties, and the footnotes once for each section."""
    yield template.get_xml()
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _key, part in template.get_headers_footers(uri):
            yield template.get_part_xml(part)
    for name in _PROPERTIES:
        yield getattr(template.core_properties, name)
    for section in template.sections:
        for part in section.part.package.parts:
            if part.content_type.endswith("footnotes+xml"):
                yield part.blob.decode()


# Filling ----------------------------------------------------------------------------------------


def render(document: bytes, contents: Contents, source: str) -> bytes:
    """Return a template filled with a paper's contents, whose text stays text whatever it holds.

    Raises:
        LedgerError: the template asks for a field that this paper does not have, or cannot be read.
    """
    from docxtpl import DocxTemplate  # noqa: PLC0415
    from jinja2 import TemplateError  # noqa: PLC0415

    template = DocxTemplate(io.BytesIO(document))
    with _reading(document, source):
        try:
            template.render(_plain(contents), jinja_env=_environment())
        except (TemplateError, TypeError, NameError, ArithmeticError, SyntaxError) as error:
            raise _unreadable(source, error) from error
        return _saved(template)


class _Open(io.BytesIO):
    """A file in memory that nothing closes: one that was left off half written would be closed before what writes it."""

    def close(self) -> None:
        """Stay open."""


def _saved(document: Any) -> bytes:
    file = _Open()
    with warnings.catch_warnings(action="error", category=UserWarning):  # of a part that the document has twice
        document.save(file)
    return file.getvalue()


_NO_XML = re.compile("[\ufffe\uffff]")
"""What XML cannot hold besides what nobody could see."""


def plain(text: str) -> str:
    """Return a text that a document can hold: characters that nobody could see get a visible sign.

    So does what docxtpl would read as a mark of its own: tab, line feed and the like.
    """
    return _NO_XML.sub("\ufffd", visible(text, spelt=lambda found: chr(0x2400 + ord(found)) if found < " " else "\ufffd"))


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def complete(document: bytes, to_come: Mapping[str, str], source: str) -> tuple[bytes, list[str]]:
    """Put what was to come into a finished draft, edited or not; return it, and what has no place there any more.

    `to_come` maps a text as the draft shows it to what it becomes. A text may have been cut into several runs by Word.

    Raises:
        LedgerError: it is no Word document any more.
    """
    import docx  # noqa: PLC0415

    found: set[str] = set()
    with _reading(document, source):
        paper = docx.Document(io.BytesIO(document))
        for pieces in _paragraphs(paper):
            found |= {old for old, new in to_come.items() if _replace(pieces, old, new)}
        return _saved(paper), [new for old, new in to_come.items() if old not in found]


def _replace(pieces: list[Any], old: str, new: str) -> bool:
    """Replace a text that stands in one or several pieces, in the first of them; tell whether it stood there."""
    texts = [piece.text or "" for piece in pieces]
    whole = "".join(texts)
    found = [(match.start(), match.end()) for match in re.finditer(re.escape(old), whole)]
    at = begin = done = 0  # the place in the whole, where a piece begins, and how many of the found are behind it
    for piece, text in zip(pieces, texts, strict=True):
        end, kept = begin + len(text), ""
        while done < len(found) and found[done][0] < end:
            start, stop = found[done]
            if start >= begin:
                kept += whole[at:start] + new
            at = min(stop, end)
            if stop > end:
                break
            done += 1
        kept += whole[at:end]
        at = begin = end
        if kept != text:
            piece.text = kept
    return bool(found)
