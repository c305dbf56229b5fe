"""Keep the packaged policy ready beside its text, so that a command without a ledger reads no TOML: `python tools/policies.py`.

To be run after each change of the policy or of what policy.py reads of it; a test holds the two files against each other.
"""

from pathlib import Path

from jsup import policy

PLACE = Path(policy.__file__).parent / "policies" / f"{policy.DEFAULT}.json"


def main() -> None:
    """Write what the policy says."""
    text = policy.packaged_text()
    ready = policy.kept_ready(text, policy.parse(text, policy.DEFAULT))
    assert ready is not None
    PLACE.write_text(f"{ready}\n", "utf-8")


if __name__ == "__main__":
    main()
