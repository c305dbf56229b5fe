"""The draw against its own definition, written here a second time with hashlib alone.

frame: `uid TAB stratum TAB weight TAB wait LF` for each unit, sorted by bytes.
seed: sha256("jsup-seed/1|" + draw_id + "|" + frame_sha256 + "|" + public_value).
ticket: sha256("jsup-draw/1|" + seed + "|" + uid + "|" + k) for k = 1..weight; the smallest gives the place.
size: max(1, ceil(N * p / q)).
"""

import ast
import hashlib
import inspect
import shutil
import subprocess
import sys
import unicodedata
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jsup import sampling
from jsup.errors import RefusedError, UsageError
from jsup.sampling import Unit

FLOOR = Fraction(1, 10)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def frame_bytes(units: list[Unit]) -> bytes:
    return b"".join(sorted(f"{uid}\t{stratum}\t{weight}\t{wait}\n".encode() for uid, stratum, weight, wait in units))


def places(seed: str, units: list[Unit]) -> list[tuple[str, str]]:
    """Each unit's ticket and uid, in the order of the draw."""
    found = [(min(sha(f"jsup-draw/1|{seed}|{unit.uid}|{k + 1}") for k in range(unit.weight)), unit.uid) for unit in units]
    return sorted(found, key=lambda place: (place[0], place[1].encode()))


def order(seed: str, units: list[Unit]) -> list[str]:
    return [place.unit.uid for place in sampling.sequence(seed, units)]


UIDS = st.text("aZ09-._@ !\u00e9\u00ff\uff21金山區😀", min_size=1, max_size=6).filter(lambda text: text == text.strip())
UNITS = st.builds(Unit, UIDS, st.sampled_from(["all", "district", "town", "park"]), st.integers(1, 9), st.integers(0, 30))
FRAMES = st.lists(UNITS, min_size=1, max_size=12, unique_by=lambda unit: unit.uid)
SEEDS = st.binary(min_size=32, max_size=32).map(bytes.hex)


# The draw from its bytes to its order


@settings(max_examples=60, deadline=None)
@given(FRAMES, st.sampled_from(["2026Q4", "2026Q4/2"]), UIDS, st.randoms(use_true_random=False))
def test_frame_seed_tickets_and_order_are_those_of_the_definition(units, draw_id, public_value, random):
    frame = sampling.frame(units)
    assert frame.encode("utf-8") == frame_bytes(units)
    frame_sha256 = sampling.digest(frame)
    assert frame_sha256 == hashlib.sha256(frame_bytes(units)).hexdigest()
    seed = sampling.seed(draw_id, frame_sha256, public_value)
    assert seed == sha(f"jsup-seed/1|{draw_id}|{frame_sha256}|{public_value}")
    for unit in units:
        for k in range(1, unit.weight + 1):
            assert sampling.ticket(seed, unit.uid, k) == sha(f"jsup-draw/1|{seed}|{unit.uid}|{k}")
        assert sampling.ticket(seed, unit.uid) == sampling.ticket(seed, unit.uid, 1)
    assert [(place.ticket, place.unit.uid) for place in sampling.sequence(seed, units)] == places(seed, units)
    assert sorted(place.unit for place in sampling.sequence(seed, units)) == sorted(units)
    shuffled = random.sample(units, len(units))
    assert sampling.frame(shuffled) == frame
    assert sampling.sequence(seed, shuffled) == sampling.sequence(seed, units)


def command_line_sha256(data: bytes) -> str:
    """SHA-256 by the command that an outsider would use, where the machine has it."""
    command = shutil.which("sha256sum")
    if command is None:
        return hashlib.sha256(data).hexdigest()
    return subprocess.run([command], input=data, capture_output=True, check=True).stdout.split()[0].decode()


def test_one_draw_recomputed_with_sha256sum_has_these_very_hashes():
    units = [Unit("金山", weight=2), Unit("A02", weight=3, wait=2), Unit("B 7", wait=1), Unit("A01")]
    frame = "A01\tall\t1\t0\nA02\tall\t3\t2\nB 7\tall\t1\t1\n金山\tall\t2\t0\n"
    frame_sha256 = "98f36185af0ff529f9caa9c685d5da3fefa2d6da4768c72949f3a38c9ec2d74d"
    public_value = "快乐8 2026300: 03 17 42"
    seed = "48b240a0214a04623a7cab498db75e294c2ef3462ebfba9ceaaaab83c9b34e58"
    drawn = [
        ("28edc3a50c7d5ddabf0a7ce2da40aec8532b0367f776866ed91b1fbd3c913374", "A02", 2),
        ("4f13a3db5edd43608b71edffd4c5a80da9a9b0131d844d8f8ea3545ac89d1bf4", "B 7", 1),
        ("6f75f021a0b8214915ab956a26011d5257bd9657e55b38b2d147e9c4abfd23db", "A01", 1),
        ("87499a28c795617f4d74405eee5bf353cffb9bf0eb8165da55388f5384d78bac", "金山", 2),
    ]
    others = [
        ("cfc0469f1fbc25e2b3bc282ad6accc3cb0aa6a2c2bbbeef8b5b15cfc069888ff", "金山", 1),
        ("e1d206fdcbcb8a79b6b928b628cbba9e20debfba59878145a32f884b15fcf2f6", "A02", 3),
        ("e43f20532e914786c29867f7f6afd8ae512d09e1b52322e36b72c3f7979e45de", "A02", 1),
    ]
    assert command_line_sha256(frame.encode()) == frame_sha256
    assert command_line_sha256(f"jsup-seed/1|2026Q4|{frame_sha256}|{public_value}".encode()) == seed
    for ticket, uid, k in drawn + others:
        assert command_line_sha256(f"jsup-draw/1|{seed}|{uid}|{k}".encode()) == ticket
        assert sampling.ticket(seed, uid, k) == ticket
    assert sampling.frame(units) == frame
    assert sampling.digest(frame) == frame_sha256
    assert sampling.seed("2026Q4", frame_sha256, public_value) == seed
    found = sampling.sequence(seed, units)
    assert [(place.ticket, place.unit.uid) for place in found] == [(ticket, uid) for ticket, uid, _ in drawn]
    assert sampling.size(len(units), FLOOR) == 1


@pytest.mark.parametrize(
    "changed",
    [
        ("2026Q4/2", "0" * 64, "value"),
        ("2026Q4", "0" * 63 + "1", "value"),
        ("2026Q4", "0" * 64, "value "),
    ],
)
def test_the_seed_depends_on_the_draw_the_frame_and_the_public_value(changed):
    assert sampling.seed(*changed) != sampling.seed("2026Q4", "0" * 64, "value")


@pytest.mark.parametrize(
    "changed", [Unit("a", "town", 2, 3), Unit("b", "park", 2, 3), Unit("b", "town", 1, 3), Unit("b", "town", 2, 4)]
)
def test_every_field_of_a_unit_is_in_the_frame_hash(changed):
    assert sampling.digest(sampling.frame([changed])) != sampling.digest(sampling.frame([Unit("b", "town", 2, 3)]))


# Order


@settings(max_examples=60, deadline=None)
@given(FRAMES, SEEDS, st.data())
def test_a_unit_that_is_added_or_struck_never_reorders_the_others(units, seed, data):
    struck = data.draw(st.sampled_from(units))
    rest = [unit for unit in units if unit != struck]
    assert order(seed, rest) == [uid for uid in order(seed, units) if uid != struck.uid]
    added = data.draw(UNITS.filter(lambda unit: all(unit.uid != other.uid for other in units)))
    place = data.draw(st.integers(0, len(units)))
    more = order(seed, [*units[:place], added, *units[place:]])
    assert [uid for uid in more if uid != added.uid] == order(seed, units)


@settings(max_examples=40, deadline=None)
@given(UIDS, SEEDS, st.integers(1, 9))
def test_a_unit_of_weight_w_goes_by_the_smallest_of_its_tickets_1_to_w(uid, seed, weight):
    (place,) = sampling.sequence(seed, [Unit(uid, weight=weight)])
    tickets = [sha(f"jsup-draw/1|{seed}|{uid}|{k}") for k in range(1, weight + 1)]
    assert place.ticket == sorted(tickets)[0]


@settings(max_examples=40, deadline=None)
@given(FRAMES, SEEDS, st.data())
def test_more_weight_never_gives_a_later_place(units, seed, data):
    chosen = data.draw(st.sampled_from(units))
    heavier = chosen._replace(weight=data.draw(st.integers(chosen.weight, sampling.MAX_WEIGHT)))
    after = order(seed, [heavier if unit == chosen else unit for unit in units])
    assert after.index(chosen.uid) <= order(seed, units).index(chosen.uid)


def test_stratum_and_wait_do_not_enter_the_tickets():
    seed = "5" * 64
    plain = sampling.sequence(seed, [Unit(uid) for uid in "abcdef"])
    other = sampling.sequence(seed, [Unit(uid, "town", 1, 7) for uid in "abcdef"])
    assert [(place.ticket, place.unit.uid) for place in plain] == [(place.ticket, place.unit.uid) for place in other]


class FakeHash:
    """A hash whose hex digits are what `digits` makes of the data."""

    def __init__(self, digits, data=b""):
        self.digits, self.data = digits, data

    def copy(self):
        return FakeHash(self.digits, self.data)

    def update(self, data):
        self.data += data

    def hexdigest(self):
        return self.digits(self.data)

    def digest(self):
        return bytes.fromhex(self.hexdigest())


def test_equal_tickets_go_by_the_bytes_of_the_uid(monkeypatch):
    monkeypatch.setattr(sampling, "sha256", lambda data: FakeHash(lambda _: "0" * 64, data))
    # In UTF-16 the face would stand before the full-width letter; lower case would be folded by a locale.
    uids = ["a", "B", "\uff21", "😀", "é", "金", "A", "a b", "a.b", "a-b"]
    assert order("seed", [Unit(uid) for uid in uids]) == ["A", "B", "a", "a b", "a-b", "a.b", "é", "金", "\uff21", "😀"]


def test_a_smaller_ticket_goes_before_a_smaller_uid(monkeypatch):
    tickets = {b"a": "2", b"b": "1", b"c": "1"}
    monkeypatch.setattr(sampling, "sha256", lambda data: FakeHash(lambda whole: tickets[whole.split(b"|")[2]] * 64, data))
    assert order("seed", [Unit(uid) for uid in "abc"]) == ["b", "c", "a"]


def test_every_place_is_held_by_every_unit_about_as_often():
    """Five units over 500 seeds: each stands first some 100 times, within five standard deviations."""
    firsts = [order(sha(f"seed {number}"), [Unit(uid) for uid in "abcde"])[0] for number in range(500)]
    assert all(55 <= firsts.count(uid) <= 145 for uid in "abcde")


# Size


@pytest.mark.parametrize(
    ("number", "share", "size"),
    [
        (34, "10%", 4),
        (100, "7%", 7),
        (37, "10%", 4),
        (1, "10%", 1),
        (9, "10%", 1),
        (10, "10%", 1),
        (11, "10%", 2),
        (20, "10%", 2),
        (30, "10%", 3),
        (40, "12.5%", 5),
        (41, "12.5%", 6),
        (3, "1/3", 1),
        (4, "1/3", 2),
        (57, "100%", 57),
        (0, "10%", 1),  # what the formula says; a draw without units is refused before it is asked
        (1000, "29%", 290),  # 0.29 * 1000 is a little more than 290 in floating point
    ],
)
def test_a_share_of_so_many_units_is(number, share, size):
    assert sampling.size(number, sampling.read_share(share, Fraction(1, 100), "")) == size


def is_the_size(size: int, number: int, p: int, q: int) -> bool:
    """The smallest whole number of at least one that is at least number * p / q."""
    return type(size) is int and 1 <= size <= number and size * q >= number * p and (size == 1 or (size - 1) * q < number * p)


def test_ten_percent_is_never_less_than_a_tenth_for_up_to_5000_units():
    assert [n for n in range(1, 5001) if not is_the_size(sampling.size(n, FLOOR), n, 1, 10)] == []


def test_every_percentage_takes_the_smallest_number_that_is_not_less_for_up_to_300_units():
    shares = {p: Fraction(p, 100) for p in range(1, 100)}
    wrong = [(n, p) for n in range(1, 301) for p in shares if not is_the_size(sampling.size(n, shares[p]), n, p, 100)]
    assert wrong == []


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**12), st.integers(1, 10**6), st.integers(1, 10**6))
def test_any_share_of_any_number_takes_the_smallest_number_that_is_not_less(number, one, other):
    p, q = sorted((one, other))
    assert is_the_size(sampling.size(number, Fraction(p, q)), number, p, q)


# Tokens

GOOD = ["A01", "金山区应急管理局", "a b", "\u00e9", "😀", "@stratum/x", "local:" + "0" * 64, "91310116MA1J8KKK0K", "a\u3000b"]
BAD = {
    "empty": "",
    "a bar": "A|01",
    "a tab": "A\t01",
    "a line feed": "A01\n",
    "a line feed inside": "A\n01",
    "a carriage return": "A\r01",
    "a null": "A\x0001",
    "a delete": "A\x7f01",
    "a C1 control": "A\x8501",
    "a leading blank": " A01",
    "a trailing blank": "A01 ",
    "only a blank": " ",
    "a leading ideographic blank": "\u3000A01",
    "a trailing no-break blank": "A01\u00a0",
    "a letter and an accent": "e\u0301",
    "the angstrom sign": "\u212b",
    "a compatibility ideograph": "\uf90a",
    "a zero-width blank": "A\u200b01",
    "a byte order mark": "\ufeffA01",
    "a right-to-left override": "A\u202e01",
    "a line separator": "A\u202801",
    "half a character": "A\ud800",
}


@pytest.mark.parametrize("text", GOOD)
def test_a_token_is_handed_back_unchanged_if_the_bytes_of_a_draw_can_hold_it(text):
    assert sampling.token(text, "code") == text


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_token_is_refused_with(text):
    with pytest.raises(UsageError) as refused:
        sampling.token(text, "code")
    assert refused.value.values == {"what": "code", "text": text}
    assert str(refused.value).startswith(f"code {text!r} ")


@settings(max_examples=150, deadline=None)
@given(st.text("aZ0|\t\n \u3000\u00e9\u0301e\u200b\u00a0金", max_size=5) | st.text(max_size=5))
def test_any_text_is_a_token_or_refused_by_the_words_of_the_definition(text):
    blank = text[:1].isspace() or text[-1:].isspace()
    unseen = any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text)
    if text == "" or "|" in text or blank or unseen or unicodedata.normalize("NFC", text) != text:
        with pytest.raises(UsageError):
            sampling.token(text, "code")
    else:
        assert sampling.token(text, "code") is text


# Frames read back


@settings(max_examples=60, deadline=None)
@given(FRAMES)
def test_a_frame_is_read_back_into_its_units_in_the_order_of_their_bytes(units):
    found = sampling.units(sampling.frame(units))
    assert sorted(found) == sorted(units)
    assert all(one.uid.encode() < other.uid.encode() for one, other in pairwise(found))
    assert sampling.frame(found) == sampling.frame(units)
    assert all((type(unit.weight), type(unit.wait)) == (int, int) for unit in found)


@pytest.mark.parametrize("text", ["a\tall\t1\n", "a\tall\t1\t0\t0\n", "a\tall\tone\t0\n", "a\tall\t1\t0\n\n", "a\tall\t1.0\t0\n"])
def test_a_frame_with_a_broken_line_is_not_read(text):
    with pytest.raises(ValueError, match=r"unpack|invalid literal"):
        sampling.units(text)


# Shares


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("10%", Fraction(1, 10)),
        ("10.0%", Fraction(1, 10)),
        ("0.1", Fraction(1, 10)),
        ("1/10", Fraction(1, 10)),
        ("12.5%", Fraction(1, 8)),
        ("1/8", Fraction(1, 8)),
        ("33.3%", Fraction(333, 1000)),
        ("1/3", Fraction(1, 3)),
        ("29%", Fraction(29, 100)),
        ("100%", Fraction(1)),
        ("1", Fraction(1)),
    ],
)
def test_a_share_is_read_exactly(text, share):
    found = sampling.read_share(text, FLOOR, "二（一）1")
    assert (found, type(found)) == (share, Fraction)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(1, 10), "10%"),
        (Fraction(1), "100%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(1, 16), "6.25%"),
        (Fraction(1, 32), "3.125%"),
        (Fraction(1, 64), "1/64"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 2000), "0.05%"),
        (Fraction(10005, 100000), "10.005%"),
    ],
)
def test_a_share_is_written_in_percent_if_that_is_exact(share, text):
    assert sampling.write_share(share) == text


@settings(max_examples=150, deadline=None)
@given(st.fractions(FLOOR, 1, max_denominator=10**9) | st.integers(10_000, 100_000).map(lambda number: Fraction(number, 100_000)))
def test_a_share_that_is_written_is_read_back_as_the_same_share(share):
    assert sampling.read_share(sampling.write_share(share), FLOOR, "") == share


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 150), st.integers(0, 999))
def test_a_share_in_percent_is_read_refused_or_no_share_by_its_value_alone(whole, thousandths):
    text, scaled = f"{whole}.{thousandths:03}%", whole * 1000 + thousandths
    if 10_000 <= scaled <= 100_000:
        assert sampling.read_share(text, FLOOR, "") == Fraction(scaled, 100_000)
    else:
        with pytest.raises(RefusedError if 0 < scaled < 10_000 else UsageError):
            sampling.read_share(text, FLOOR, "")


@pytest.mark.parametrize("text", ["9%", "9.999%", "0.0999", "1/11", "7%", "1/10%", "0.001%"])
def test_a_share_under_the_floor_is_refused_with_the_clause(text):
    with pytest.raises(RefusedError, match="10%") as refused:
        sampling.read_share(text, FLOOR, "二（一）1")
    assert refused.value.clause == "二（一）1"
    assert refused.value.values == {"share": sampling.write_share(sampling.share(text)), "floor": "10%"}


@pytest.mark.parametrize(
    "text",
    ["0", "0%", "-0%", "101%", "100.001%", "1.01", "2", "9/8", "-10%", "1/0", "0/0%", "ten", "十%", "nan", "inf%", "", "%"]
    + ["10%%", "%10", "10 per cent", "1/8/2", "1e400%", "1e", "0x10%", "1/-8", "10%\x00"]
    + [pytest.param("9" * 5000, id="5000 digits"), pytest.param("9" * 5000 + "%", id="5000 digits%")],
)
def test_what_is_no_share_of_at_most_the_whole_is_refused_as_a_mistake_in_typing(text):
    with pytest.raises(UsageError, match="is not a share") as refused:
        sampling.read_share(text, FLOOR, "二（一）1")
    assert refused.value.values == {"text": text}


def outcome(text: str) -> Fraction | type[Exception]:
    try:
        return sampling.read_share(text, FLOOR, "二（一）1")
    except (RefusedError, UsageError) as error:
        assert str(error) != ""
        return type(error)


@pytest.mark.parametrize("text", ["\u0661\u0660%", "\uff11\uff10%", "1_0%", " 10%", "10 %", "+10%", "1e1%"])
def test_an_odd_way_of_writing_ten_percent_means_ten_percent_or_is_refused(text):
    assert outcome(text) in (FLOOR, UsageError)


@pytest.mark.parametrize("text", ["1e-400%", "1e-400", "1e-5000%", "1e-5000"])
def test_a_share_too_small_to_be_written_is_refused_all_the_same(text):
    assert outcome(text) in (RefusedError, UsageError)


def test_an_exponent_that_no_machine_can_write_out_is_refused_at_once():
    code = f"from fractions import Fraction; from jsup.sampling import read_share; read_share('1e999999999%', {FLOOR!r}, '')"
    try:
        refused = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=5)
    except subprocess.TimeoutExpired:
        pytest.fail("the number is still being written out after five seconds")
    assert "UsageError" in refused.stderr


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789./%e-+_ \u0661naif", max_size=6))
def test_any_text_is_a_share_between_the_floor_and_the_whole_or_refused(text):
    found = outcome(text)
    assert found in (RefusedError, UsageError) or (type(found) is Fraction and FLOOR <= found <= 1)


# No floating point


def floats(source: str) -> list[str]:
    """Every place in a source at which a floating-point number could arise, as far as its syntax shows.

    A true division is exact if what is divided is a Fraction: the word itself, or a name that is
    declared as one or set to such a division. A power is exact if its exponent is not negative.
    """
    tree = ast.parse(source)
    fractions: set[str] = set()

    def exact(node: ast.expr) -> bool:
        if isinstance(node, ast.BinOp):
            return exact(node.left)
        if isinstance(node, ast.Call):
            return ast.unparse(node.func) == "Fraction"
        return isinstance(node, ast.Name) and node.id in fractions

    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation and ast.unparse(node.annotation) == "Fraction":
            fractions.add(node.arg if isinstance(node, ast.arg) else ast.unparse(node.target))
        elif isinstance(node, ast.Assign) and exact(node.value):
            fractions |= {ast.unparse(target) for target in node.targets}
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
            or (isinstance(node, ast.Name | ast.Attribute) and ast.unparse(node).split(".")[-1] in ("float", "round", "fsum"))
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not exact(node.left))
            or (isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div) and not exact(node.target))
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and isinstance(node.right, ast.UnaryOp))
            or (isinstance(node, ast.FormattedValue) and node.format_spec is not None)
            or (isinstance(node, ast.Import) and any(name.name in INEXACT for name in node.names))
            or (isinstance(node, ast.ImportFrom) and node.module in INEXACT)
        ):
            found.append(ast.unparse(node))
    return found


INEXACT = ("math", "random", "decimal", "statistics", "numbers", "struct", "time", "numpy")


def test_no_floating_point_number_can_arise_in_the_draw():
    source = inspect.getsource(sampling)
    assert "Fraction(match[1])" in source  # the source that is read is the module's
    assert floats(source) == []


@pytest.mark.parametrize(
    "source",
    ["n * 0.1", "n / q", "float(n)", "round(n, 1)", "import math", "from random import random", "n /= 2", "2 ** -1", "f'{n:.2f}'"]
    + ["1j", "1e3", "s = Fraction(1, 2).numerator / 3", "n.numerator / n.denominator", "x = builtins.float('1')"],
)
def test_the_search_for_floating_point_finds(source):
    assert floats(source) != []


@pytest.mark.parametrize(
    "source", ["Fraction(text) / 100", "def f(s: Fraction): return s / 2", "s = Fraction(t)\ns /= 100", "n // q"]
)
def test_the_search_for_floating_point_allows(source):
    assert floats(source) == []
