"""How long the functions and modules are: `python -m benchmarks.code_profile`."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("bot", "adapters", "knowledge_store", "prompts", "training", "tests")


def main() -> None:
    """A Markdown table, a row for each package."""
    print("| package | modules | lines | largest module | functions | median | 90th | longest |")
    print("|---|---|---|---|---|---|---|---|")
    for package in PACKAGES:
        print(_row(package))


def _row(package: str) -> str:
    modules = sorted(Path(package).rglob("*.py"))
    sizes = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in modules}
    largest = max(sizes, key=lambda module: sizes[module])
    lengths = sorted(length for module in modules for length in _function_lengths(module))
    return (
        f"| {package} | {len(modules)} | {sum(sizes.values())} | {largest.name} "
        f"({sizes[largest]}) | {len(lengths)} | {statistics.median(lengths):.0f} "
        f"| {lengths[len(lengths) * 9 // 10]} | {lengths[-1]} |"
    )


def _function_lengths(module: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1


if __name__ == "__main__":
    main()
