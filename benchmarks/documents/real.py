"""Questions about whole manuals that Debian packages bring along, by the name of the package.

Those with an answer are such of `benchmarks/corpus/questions` as make sense to somebody who has not
seen the page; the others are about things that these manuals do not say.
"""

from collections.abc import Mapping, Sequence

from benchmarks.documents.book import Asked

__all__ = ["REAL"]


def _said(question: str, page: int, *gold: str) -> Asked:
    return Asked(question, gold, (page,), "prose")


def _unsaid(question: str) -> Asked:
    return Asked(question, (), (), "unanswerable")


REAL: Mapping[str, Sequence[tuple[str, tuple[Asked, ...]]]] = {
    "development": (
        (
            "tree-puzzle-doc",
            (
                _said("What is the executable of the parallel version called?", 10, "ppuzzle"),
                _said("Which variable names the compiler for MPI?", 10, "MPICC"),
                _said(
                    "How many globular protein sequences was the WAG matrix inferred from?",
                    21,
                    "3905",
                ),
                _said("From how many gene families was the WAG matrix made?", 21, "182"),
                _unsaid("What does a licence of the program cost?"),
                _unsaid("At which telephone number can the authors be reached?"),
            ),
        ),
        (
            "latexdiff",
            (
                _said(
                    "What does --show-preamble do?",
                    6,
                    "Print generated or included preamble commands to stdout",
                ),
                _said("Which float type must be chosen if the subtype is MARGIN?", 14, "FLOATSAFE"),
                _said("Which short option stands for excluding safe commands?", 6, "-A"),
                _said("What is the default of ARRENV?", 14, "(?:array|[pbvBV]matrix)"),
                _unsaid("Which graphics card does latexdiff need?"),
                _unsaid("How many people have downloaded latexdiff?"),
            ),
        ),
    ),
    "reported": (
        (
            "developers-reference",
            (
                _said(
                    "Which mailing list is for novice maintainers?",
                    14,
                    "debian-mentors@lists.debian.org",
                    "debian-mentors",
                ),
                _said("How often is the update to testing launched each day?", 31, "twice"),
                _said(
                    "Who decides that testing is frozen?",
                    31,
                    "the release manager",
                    "release manager",
                ),
                _said(
                    "Against what is a bug filed that asks to remove an obsolete package name?",
                    52,
                    "ftp.debian.org",
                ),
                _unsaid("What does it cost to become a member?"),
                _unsaid("In which building does the release team meet?"),
            ),
        ),
        (
            "nauty-doc",
            (
                _said("What is the default of the origin for vertex numbering?", 8, "0"),
                _said(
                    "How many earlier values of the origin for vertex numbering are kept?",
                    8,
                    "one previous value",
                    "Only one previous value",
                    "one",
                ),
                _said("Which option sets the length of the longest line?", 8, "linelength", "l"),
                _said(
                    "In the example, what is the grpsize when vertex 2 is fixed?",
                    14,
                    "6",
                    "grpsize=6",
                ),
                _unsaid("Which graphics card does nauty need?"),
                _unsaid("At which telephone number can the authors be reached?"),
            ),
        ),
    ),
}
