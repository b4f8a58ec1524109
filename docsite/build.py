"""`make docs`: writes every page's Markdown, lets Zensical build it, adds Markdown copies and llms.txt, and looks all of it over."""

import shutil
import subprocess
import sys
from pathlib import Path

from assemble import CARRIED, ROOT, all_pages
from links import mistakes_of
from llms import llms_full, llms_index
from navigation import configuration
from page import Page

OUT = ROOT / "build" / "docs"


def main(out: Path) -> None:
    """Build the site into `out`/site. Ends with code 1 and the list of mistakes if anything is broken."""
    shutil.rmtree(out, ignore_errors=True)
    source, site = out / "source", out / "site"
    pages = all_pages()
    for page in pages:
        write(source / page.path, placed(page))
    for name, place in CARRIED.items():
        (source / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / place)
    shutil.copytree(Path(__file__).parent / "look", source / "look")
    (out / "zensical.toml").write_text(configuration(pages))
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", "zensical.toml"]
    done = subprocess.run(command, cwd=out, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    for page in pages:
        write(site / page.path, placed(page))
    write(site / "llms.txt", llms_index(pages))
    write(site / "llms-full.txt", llms_full(pages))
    if mistakes := mistakes_of(site):
        raise SystemExit("\n".join([*mistakes[:50], f"{len(mistakes)} mistakes in the built site"]))
    sys.stdout.write(f"{len(pages)} pages: {site / 'index.html'}\n")


def placed(page: Page) -> str:
    """The page's text with its links to the site's root resolved."""
    return page.text.replace("{root}", "../" * page.path.count("/"))


def write(path: Path, text: str) -> None:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else OUT)
