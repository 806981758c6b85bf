"""`python -m mnemoscope`: the command line without its script on the PATH."""

from mnemoscope.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
