"""`python -m auditor` is the same as the console script."""

from auditor.cli.main import main

if __name__ == "__main__":  # a process that helps out imports this module anew
    main()
