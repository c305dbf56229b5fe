"""Keep the packaged policy ready beside its text, so that a command without a ledger reads no TOML: `python tools/policies.py`.

To be run after each change of the policy or of what is read of it; a test holds the two files against each other.
"""

from pathlib import Path

from jsup import policy, ready

PLACE = Path(policy.__file__).parent / "policies" / f"{policy.DEFAULT}.json"


def main() -> None:
    """Write what the policy says."""
    text = policy.packaged_text()
    kept = ready.of(text, policy.parse(text, policy.DEFAULT))
    assert kept is not None
    PLACE.write_text(f"{kept}\n", "utf-8")


if __name__ == "__main__":
    main()
