"""Run the command line as `python -m jsup`."""

from jsup.cli import main

main()
