"""Models filled from invented invoices, receipts and forms by the embedded reader.

Run `python -m benchmarks.extraction`; `--write` puts the table into `docs/performance.md`. A
document has three quarters of the fields of its model, half of the documents are scans, half write
a decimal comma. `--split development` draws other layouts, with other names, on which questions may
be tuned.
"""

import argparse
import sys
import time
from statistics import median

from benchmarks.extraction.documents import Made, documents
from benchmarks.extraction.score import Scored, scored
from benchmarks.extraction.table import table
from benchmarks.page import measured_on, write_section
from ergo_agent import extract


def main() -> int:
    """Measure and print the table."""
    options = _options()
    found: list[Scored] = []
    seconds = []
    made = documents(options.split, options.documents, seed=options.seed)
    for number, document in enumerate(made, start=1):
        clock = time.perf_counter()
        own = _filled(document)
        seconds.append(time.perf_counter() - clock)
        found += own
        _tell(number, len(made), document, own, seconds[-1])
        if options.errors:
            _tell_errors(own)
    shown = table(found)
    print(shown)
    if options.write:
        section = f"extraction-{options.split}"
        write_section(section, _report(shown, options, seconds))
    return 0


def _filled(document: Made) -> list[Scored]:
    return scored(document, extract(document.source, document.model, policy="ocr"))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.extraction", description=__doc__)
    parser.add_argument("--split", choices=["development", "held_out"], default="held_out")
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--errors", action="store_true", help="print what is not right")
    parser.add_argument(
        "--write", action="store_true", help="rewrite the section in docs/performance.md"
    )
    return parser.parse_args()


def _tell(number: int, of: int, document: Made, own: list[Scored], seconds: float) -> None:
    fields = [each for each in own if each.sort == "field" and each.there]
    right = sum(each.right for each in fields)
    print(
        f"{number} of {of}: {document.layout}, {document.habit}, {right} of {len(fields)} fields, "
        f"{seconds:.0f} s",
        file=sys.stderr,
    )


def _tell_errors(own: list[Scored]) -> None:
    for each in own:
        if each.told or (each.right and not each.box):
            print(f"  {each.field}: {each.told or 'another box'}", file=sys.stderr)


def _report(shown: str, options: argparse.Namespace, seconds: list[float]) -> str:
    command = (
        f"python -m benchmarks.extraction --split {options.split} "
        f"--documents {options.documents} --seed {options.seed} --write"
    )
    return (
        f"{measured_on()}, CPU only, with\n\n```shell\n{command}\n```\n\n"
        f"{options.documents} documents, median {median(seconds):.0f} seconds each.\n\n{shown}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
