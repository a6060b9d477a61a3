"""Ask questions about a page or a document: what comes with this example, or your own.

    python examples/doc_qa.py
    python examples/doc_qa.py examples/manual.pdf "How long is the guarantee?"
    python examples/doc_qa.py IMAGE_PDF_OR_FOLDER "question" [--pages 2-5] [--save regions.png]

No GPU, no key and no network: the embedded policy reads the pages on the CPU. Of a document of
several pages those that promise an answer are opened; it is said which were not.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from ergo_agent import ErgoError, VisionAnswer, ask
from ergo_agent.episode.pages import place_of
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
    document = options.document or str(PAGE)
    questions = [options.question] if options.question else QUESTIONS
    console = Console(stderr=True)
    answers = []
    try:
        for question in questions:
            with console.status(f"looking for: {question}"):
                answer = ask(
                    document,
                    question,
                    page=options.page,
                    pages=options.pages,
                    view_budget=options.budget,
                )
            _print(answer)
            answers.append(answer)
        if options.save:
            _save(answers, document=document, path=options.save)
    except (ErgoError, OSError) as error:
        print(visible(f"error: {error}"), file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask questions about a page or a document.")
    parser.add_argument(
        "document", nargs="?", help="image, PDF or folder of images; the example's page if left out"
    )
    parser.add_argument("question", nargs="?", help="what to answer")
    parser.add_argument("--page", type=int, help="the only page to look at, from 1")
    parser.add_argument("--pages", help='pages to look at, such as "2-5"; all if left out')
    parser.add_argument("--budget", type=int, default=1280, help="vision tokens of one view")
    parser.add_argument("--save", type=Path, help="save the page with the regions drawn on it")
    options = parser.parse_args()
    if options.document and not options.question:
        parser.error("give a question about the document, in quotes")
    return options


def _print(answer: VisionAnswer) -> None:
    """The question, the answer, where it was read, and what it cost."""
    document, ledger = answer.document, answer.ledger
    on = "" if document is None else f"page {answer.image.page}: "
    regions = ", ".join(str(found.region.as_tuple()) for found in answer.evidence)
    where = f"{on}{regions}" if regions else "none"
    print(visible(f"Q: {answer.question}"))
    print(visible(f"A: {answer.answer or 'not found'}"))
    print(f"   regions (left, top, right, bottom in original pixels): {where}")
    if document is not None:
        print(f"   {document.in_words}")
    print(
        f"   vision tokens: {ledger.spent} of {ledger.full_resolution} for one full-resolution "
        f"pass ({ledger.share:.0%}); time: {sum(answer.timings.values()):.1f} s"
    )
    if answer.answer is None:
        print(visible(f"   {answer.reasoning}"))
    print(flush=True)


def _save(answers: list[VisionAnswer], *, document: str, path: Path) -> None:
    """Draw the regions on the page: evidence in red, what was looked at in blue."""
    number, source = answers[0].image.page, document
    if answers[0].document is not None:
        place = place_of(answers[0].document.parts, number)
        number, source = place.page, place.part.source or document
    original = open_original(source, page=number)
    page = original.shown(Region.whole(original.size), original.size)
    for answer in answers:
        page = draw_answer(page, answer)
    page.save(path)
    print(f"regions drawn on {path}")


if __name__ == "__main__":
    sys.exit(main())
