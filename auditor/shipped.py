"""Where `rules/`, `reports/` and `fixtures/` lie: inside the installed package, or beside it in a checkout."""

from pathlib import Path


def shipped(folder: str) -> Path:
    """The folder `folder` as installed with the package, else the one at the top of the checkout."""
    package = Path(__file__).parent
    installed = package / folder
    return installed if installed.is_dir() else package.parent / folder
