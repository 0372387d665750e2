"""The operator's door: `goldenthread load-place essex` is `manage.py load_place essex`."""

from __future__ import annotations

import ast
import os
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("goldenthread", "groundwork", "vision", "collaboration", "notifications", "frontend")
OF_DJANGO = {
    "migrate": "Bring the database up to date.",
    "check": "Look for mistakes in the settings (--deploy for production).",
    "dbshell": "Open the database's own command line.",
    "shell": "Open Python with the product loaded.",
}


def main(argv: list[str] | None = None) -> None:
    """Run one command. Exits with 2 and a sentence when the environment cannot be used."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "goldenthread.settings")
    arguments = list(sys.argv if argv is None else argv)
    if len(arguments) < 2 or arguments[1] in ("-h", "--help") or arguments[1:] == ["help"]:
        print(overview())
        return
    if not arguments[1].startswith("-"):
        arguments[1] = arguments[1].replace("-", "_")
    if arguments[1] == "demo":
        os.environ.setdefault("GOLDENTHREAD_MODE", "demo")

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(arguments)
    except ImproperlyConfigured as refusal:
        print(f"{refusal}", file=sys.stderr)
        sys.exit(2)


def overview() -> str:
    """What `--help` prints. Read from the sources, so that it also helps where the settings do not load yet."""
    ours = commands()
    width = max(len(name) for name in (*ours, *OF_DJANGO)) + 2
    lines = ["Golden Thread: goldenthread <command> [options]; add --help after a command for its options.", ""]
    for name, meaning in sorted((ours | OF_DJANGO).items()):
        lines.append(f"  {name:<{width}}{meaning}")
    return "\n".join(lines)


def commands() -> dict[str, str]:
    """Our commands in kebab case, each with the first line of its help."""
    found = {}
    for package in PACKAGES:
        spec = find_spec(package)
        for root in spec.submodule_search_locations or () if spec else ():
            for source in Path(root).glob("**/management/commands/[!_]*.py"):
                found[source.stem.replace("_", "-")] = _meaning(source)
    return found


def _meaning(source: Path) -> str:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "help" for t in node.targets):
            for part in ast.walk(node.value):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    return part.value.strip().splitlines()[0]
    return ""
