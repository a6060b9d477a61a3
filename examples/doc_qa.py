"""Ask questions about a page: the one that comes with this example, or your own.

    python examples/doc_qa.py
    python examples/doc_qa.py IMAGE_OR_PDF "question" [--page 2] [--save regions.png]

No GPU, no key and no network: the embedded policy reads the page on the CPU.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from ergo_agent import ErgoError, VisionAnswer, ask
from ergo_agent.images import open_original
from ergo_agent.report import visible
from ergo_agent.report.drawing import draw_answer
from ergo_agent.views.geometry import Region

PAGE = Path(__file__).with_name("page.png")
QUESTIONS = (
    "What is the invoice number?",
    "What is the due date?",
    "What is the unit price of the coffee grinder?",
    "How long is the guarantee?",
    "Whom do I write to when it breaks?",
    "What is the IBAN?",
)


def main() -> int:
    """Answer, print, and draw; the exit status is 1 when something could not be used."""
    options = _options()
    image = options.image or str(PAGE)
    questions = [options.question] if options.question else QUESTIONS
    console = Console(stderr=True)
    answers = []
    try:
        for question in questions:
            with console.status(f"looking for: {question}"):
                answer = ask(image, question, page=options.page, view_budget=options.budget)
            _print(answer)
            answers.append(answer)
        if options.save:
            _save(answers, image=image, path=options.save)
    except (ErgoError, OSError) as error:
        print(visible(f"error: {error}"), file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask questions about a page.")
    parser.add_argument("image", nargs="?", help="image or PDF; the example's page if left out")
    parser.add_argument("question", nargs="?", help="what to answer")
    parser.add_argument("--page", type=int, default=1, help="page of a PDF, from 1")
    parser.add_argument("--budget", type=int, default=1280, help="vision tokens of one view")
    parser.add_argument("--save", type=Path, help="save the page with the regions drawn on it")
    options = parser.parse_args()
    if options.image and not options.question:
        parser.error("give a question about the image, in quotes")
    return options


def _print(answer: VisionAnswer) -> None:
    """The question, the answer, where it was read, and what it cost."""
    regions = ", ".join(str(found.region.as_tuple()) for found in answer.evidence) or "none"
    ledger = answer.ledger
    print(visible(f"Q: {answer.question}"))
    print(visible(f"A: {answer.answer or 'not found'}"))
    print(f"   regions (left, top, right, bottom in original pixels): {regions}")
    print(
        f"   vision tokens: {ledger.spent} of {ledger.full_resolution} for one full-resolution "
        f"pass ({ledger.share:.0%}); time: {sum(answer.timings.values()):.1f} s"
    )
    if answer.answer is None:
        print(visible(f"   {answer.reasoning}"))
    print(flush=True)


def _save(answers: list[VisionAnswer], *, image: str, path: Path) -> None:
    """Draw all regions on the page: evidence in red, what was looked at in blue."""
    original = open_original(image, page=answers[0].image.page)
    page = original.shown(Region.whole(original.size), original.size)
    for answer in answers:
        page = draw_answer(page, answer)
    page.save(path)
    print(f"regions drawn on {path}")


if __name__ == "__main__":
    sys.exit(main())
