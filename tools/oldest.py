"""Print the oldest versions that pyproject.toml lets jsup and its tests run with, as pip's constraints: see `make oldest`."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
BOUND = re.compile(r"([A-Za-z0-9-]+)(?:\[[a-z,]+\])?>=([0-9.]+)")


def oldest(text: str) -> Iterator[str]:
    r"""Return a constraint for each dependency that has a lower bound, of jsup itself and of its tests.

    >>> [*oldest('[project]\ndependencies = ["a>=1.2", "b-c>=3,<4"]\n[project.optional-dependencies]\ntest = ["d[x]>=5"]')]
    ['a==1.2', 'b-c==3', 'd==5']
    """
    project = tomllib.loads(text)["project"]
    for wanted in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        found = BOUND.match(wanted)
        if found is None:
            raise SystemExit(f"{PROJECT.name}: {wanted} has no lower bound")
        yield f"{found[1]}=={found[2]}"


if __name__ == "__main__":
    print("\n".join(oldest(PROJECT.read_text("utf-8"))))
