"""Start the MCP server, ask it about an image, and look at the place that it read.

    python examples/mcp_client.py
    python examples/mcp_client.py IMAGE_OR_PDF "question" [--save FOLDER]

It needs the extra "mcp". No GPU, no key and no network: the embedded policy reads on the CPU. The
server may read from the image's folder only.
"""

import argparse
import asyncio
import base64
import os
import sys
from pathlib import Path
from typing import Any

from ergo_agent import MissingExtraError
from ergo_agent.report import visible

try:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client
except ImportError:
    sys.exit(f"error: {MissingExtraError('this example', extra='mcp')}")

PAGE = Path(__file__).with_name("page.png")
QUESTION = "What is the invoice number?"


async def main() -> int:
    """Talk to a server that is started for it; the exit status is 1 when a tool reports an error.

    The names of results differ between versions 1 and 2 of the SDK; those of the protocol do not,
    so each result is read as the protocol has it.
    """
    options = _options()
    async with (
        stdio_client(_server(options.image.parent)) as (incoming, outgoing),
        ClientSession(incoming, outgoing) as session,
    ):
        await session.initialize()
        tools = await session.list_tools()
        print("tools:", ", ".join(tool.name for tool in tools.tools))
        image = {"image": options.image.name}
        asked = await _called(session, "ask_image", **image, question=options.question)
        seen = await _called(session, "observe", **image)
        if asked["isError"] or seen["isError"]:
            return 1
        boxes = [place["region"] for place in asked["structuredContent"]["places"][:4]]
        results = [seen]
        if boxes:
            results.append(await _called(session, "zoom", **image, boxes=boxes, frame="original"))
    if options.save:
        _save(results, folder=options.save)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ask an MCP server about an image.")
    parser.add_argument("image", nargs="?", type=Path, default=PAGE, help="image or PDF")
    parser.add_argument("question", nargs="?", default=QUESTION, help="what to answer")
    parser.add_argument("--save", type=Path, help="folder for the pictures that were shown")
    options = parser.parse_args()
    options.image = options.image.absolute()
    return options


def _server(folder: Path) -> StdioServerParameters:
    """How the server is started; clients pass on little of their environment by themselves."""
    command = ["-m", "ergo_agent.apps.cli", "mcp", "--root", str(folder)]
    return StdioServerParameters(command=sys.executable, args=command, env=dict(os.environ))


async def _called(session: ClientSession, tool: str, **arguments: Any) -> dict[str, Any]:
    """A tool's result as the protocol has it; its progress and its text are printed."""
    result = await session.call_tool(tool, arguments, progress_callback=_progress)
    wire: dict[str, Any] = result.model_dump(by_alias=True)
    print(f"\n{tool}: {'error' if wire['isError'] else 'done'}")
    for block in wire["content"]:
        if block["type"] == "text":
            print(visible(block["text"]))
        else:
            print(f"[{block['mimeType']}, {len(block['data']) * 3 // 4:,} bytes]")
    return wire


async def _progress(progress: float, total: float | None, message: str | None) -> None:
    of = f" of {total:.0f}" if total else ""
    print(f"  step {progress:.0f}{of}: {message}", file=sys.stderr)


def _save(results: list[dict[str, Any]], *, folder: Path) -> None:
    """Write the pictures: the whole image first, then what was zoomed into."""
    folder.mkdir(parents=True, exist_ok=True)
    content = [block for result in results for block in result["content"]]
    pictures = [block for block in content if block["type"] == "image"]
    for number, picture in enumerate(pictures, start=1):
        path = folder / f"view-{number}.{picture['mimeType'].partition('/')[2]}"
        path.write_bytes(base64.b64decode(picture["data"]))
        print(f"saved {path}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
