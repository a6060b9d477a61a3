"""Takes PDF files out of Debian packages, which apt downloads."""

import gzip
import hashlib
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.corpus.model import DebianSource
from ergo_agent._common.whole_files import write_whole


class CorpusError(RuntimeError):
    """A page of the corpus cannot be rebuilt; the message says what to do."""


def fetch_pdf(source: DebianSource, *, cache: Path) -> bytes:
    """Gives the PDF that a document comes from, out of the cache or a fresh download.

    Raises:
        CorpusError: apt is missing, has no such package, or brought another file.
    """
    kept = cache / "pdf" / f"{source.sha256}.pdf"
    if not kept.is_file():
        pdf = _download(source)
        _verify(source, pdf=pdf)
        write_whole(kept, pdf)
    return kept.read_bytes()


def _download(source: DebianSource) -> bytes:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise CorpusError(
                f"{tool} is not installed, so {source.package} cannot be downloaded. Run this on "
                "Debian 12 (a container will do), or copy a filled cache folder from there."
            )
    with TemporaryDirectory(prefix="ergo-agent-corpus-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _run_apt(source, folder=folder)
        archive = next(folder.glob("*.deb"))
        unpacked = folder / "unpacked"
        subprocess.run(["dpkg-deb", "-x", str(archive), str(unpacked)], check=True)
        return _read_pdf(source, unpacked=unpacked)


def _run_apt(source: DebianSource, *, folder: Path) -> None:
    """Downloads the version that was used, or else the one the mirror has now."""
    complaint = ""
    for wanted in (f"{source.package}={source.version}", source.package):
        command = ["apt-get", "download", "-q", wanted]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode == 0 and list(folder.glob("*.deb")):
            return
        complaint = complaint or done.stderr.strip()
    raise CorpusError(
        f"apt-get cannot download {source.package} {source.version}: {complaint}\n"
        "Run `apt-get update` and try again; the packages are those of Debian 12 (bookworm), "
        "section main."
    )


def _read_pdf(source: DebianSource, *, unpacked: Path) -> bytes:
    path = unpacked / source.file
    if not path.is_file():
        raise CorpusError(
            f"{source.package} has no file {source.file}. The corpus was made with version "
            f"{source.version} from Debian 12 (bookworm)."
        )
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _verify(source: DebianSource, *, pdf: bytes) -> None:
    found = hashlib.sha256(pdf).hexdigest()
    if found != source.sha256:
        raise CorpusError(
            f"{source.file} of {source.package} is not the file the questions were written for "
            f"(sha256 {found}, expected {source.sha256}). Install version {source.version} from "
            "Debian 12 (bookworm) or leave out the questions on this document."
        )
