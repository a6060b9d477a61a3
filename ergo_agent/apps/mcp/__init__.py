"""The eyes as an MCP server: `ask_image`, `extract`, `observe` and `zoom` for any MCP client.

```
server.py      the server: its tools, and stdio or HTTP
tools.py       what the tools do
replies.py     what they return
progress.py    what is told while a question is answered
roots.py       which folders images may come from
sdk.py         the SDK, of major version 1 or 2 (sdk_v1.py, sdk_v2.py)
```

Absent on purpose: tools that list or search folders, and any way to write. A client is told which
folders images come from; what lies in them is for its own tools to find.
"""

from ergo_agent.errors import MissingExtraError

try:
    import mcp  # noqa: F401  # first, so that a missing SDK is told from an old one
except ImportError as error:
    raise MissingExtraError("an MCP server", extra="mcp") from error

from ergo_agent.apps.mcp.server import create_mcp_server, serve_http, serve_stdio
from ergo_agent.apps.mcp.tools import ServerOptions

__all__ = ["ServerOptions", "create_mcp_server", "serve_http", "serve_stdio"]
