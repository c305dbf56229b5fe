"""Unified social credit codes, against the standard's own formula written here a second time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jsup import codes
from jsup.errors import UsageError

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"

pytestmark = pytest.mark.in_a_file


def check(first17: str) -> str:
    """GB 32100-2015: C18 = 31 - MOD(sum of Ci * Wi, 31), Wi = MOD(3 ** (i - 1), 31)."""
    return LETTERS[(31 - sum(LETTERS.index(c) * (3**i % 31) for i, c in enumerate(first17)) % 31) % 31]


heads = st.tuples(
    st.text(LETTERS, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(LETTERS, min_size=9, max_size=9),
).map("".join)


@given(heads)
def test_a_code_with_its_check_character_is_taken_and_no_other(head):
    assert codes.check_character(head) == check(head)
    assert codes.credit_code(f"\u3000{(head + check(head)).lower()} ") == head + check(head)
    for other in set(LETTERS) - {check(head)}:
        with pytest.raises(UsageError, match="does not agree"):
            codes.credit_code(head + other)


@given(heads, st.integers(0, 17), st.sampled_from(LETTERS))
def test_one_wrong_character_is_always_noticed(head, place, other):
    code = head + check(head)
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(UsageError):
            codes.credit_code(wrong)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has 0 characters"),
        ("91350100M000100Y4", "has 17 characters"),
        ("91350100M000100Y433", "has 19 characters"),
        ("9135O100M000100Y43", "O cannot stand in place 5, where only digits may"),
        ("913501A0M000100Y43", "A cannot stand in place 7, where only digits may"),
        ("9135010０M000100Y43", "０ cannot stand in place 8, where only digits may"),
        *((f"91350100{letter}000100Y43", f"{letter} cannot stand in place 9, where only digits and the capitals") for letter in "IOSVZ"),
        ("S1350100M000100Y43", "S cannot stand in place 1"),
        ("91350100M000100Yﬀ3", "ﬀ cannot stand in place 17"),
        ("91350100M000100Y4-", "- cannot stand in place 18"),
        ("91350100M000100Y34", "does not agree"),
        ("9.13501E+17", "Excel has turned the code into a number"),
        ("9.13501e17", "Excel has turned the code into a number"),
        ("913501000001000000E+1", "Excel has turned the code into a number"),
    ],
)  # fmt: skip
def test_the_sentence_says_why_a_code_is_none(text, reason):
    with pytest.raises(UsageError) as refused:
        codes.credit_code(text)
    assert reason in str(refused.value)
