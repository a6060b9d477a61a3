"""`python -m scripts.readme_followed FOLDER`."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

from scripts.readme_followed.shell import Done, Shell
from scripts.readme_followed.steps import Step, same_output, steps_of

ROOT = Path(__file__).parents[2]
_LEFT = shutil.ignore_patterns(
    *(".git", ".venv*", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "build", "dist")
)
"""What no clone of the project has."""


def main(folder: Path, checkout: Path = ROOT) -> int:
    """Follow the README of a checkout; the exit status is 1 where a step failed."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "here").mkdir(parents=True)
    folder = folder.resolve()
    repository, cloned = _repository(checkout, folder / "repository")
    shell = Shell(folder / "here", {"REPOSITORY": str(repository)})
    left_out, count = [], 0
    readme = checkout / "README.md"
    for step in steps_of(readme.read_text("utf-8")):
        where = f"{readme.name}:{step.line}"
        if step.needs:
            left_out.append(f"{where} {step.needs}: {_first(step)}")
            continue
        began = time.monotonic()
        done = _done(step if cloned else _copying(step), shell)
        problem = _problem(step, done)
        count += 1
        print(f"{where} {_first(step)} ({time.monotonic() - began:.0f} s)", flush=True)
        if problem:
            print(f"{where} failed: {problem}\n{done.printed}\n{done.said}".rstrip())
            return 1
    if not cloned:
        left_out.append("git is not installed: cloning; the checkout was copied")
    print(f"{count} steps, all run as the page says; left out:", *left_out, sep="\n  ")
    return 0 if count else 1


def _repository(checkout: Path, folder: Path) -> tuple[Path, bool]:
    """The checkout, as it is now, as a repository that can be cloned; a plain copy without git."""
    shutil.copytree(checkout, folder, symlinks=True, ignore=_LEFT)
    git = shutil.which("git")
    if git is None:
        return folder, False
    who = ("-c", "user.name=reader", "-c", "user.email=reader@example.org")
    for words in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "As it is now")):
        subprocess.run([git, *words], cwd=folder, check=True)
    return folder, True


def _copying(step: Step) -> Step:
    return step._replace(code=step.code.replace("git clone", "cp -R"))


def _done(step: Step, shell: Shell) -> Done:
    if step.language == "python":
        return shell.run_python(step.code)
    return shell.run_until(step.code, step.until) if step.until else shell.run(step.code)


def _problem(step: Step, done: Done) -> str:
    """What is wrong with what a step did; nothing where it did what the page says."""
    if done.problem or step.output is None or same_output(step.output, done.printed):
        return done.problem
    return f"it printed something else than:\n{step.output}"


def _first(step: Step) -> str:
    """How a step is named: its command, or what its Python begins with."""
    lines = [line for line in step.code.splitlines() if not line.startswith("#")]
    return lines[0].partition("  #")[0].strip()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
