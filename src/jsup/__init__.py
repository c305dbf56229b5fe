"""jsup 涉企行政检查执法监督台账: the ledger of a supervising justice bureau."""

__version__ = "0.1.0"

SCHEMA = "0007"
"""The schema that this code reads and writes; a test holds it against the newest migration."""
