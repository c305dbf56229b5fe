"""The parts of the report, one file each: a section with its figures, gathered by the queries that its columns name."""
