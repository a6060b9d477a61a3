"""The official `mcp` SDK behind one face, whichever of its majors is installed.

vLLM wants 2.x, langchain-mcp-adapters 1.x, and both must be able to share an environment with this
package. Three things differ: where the server class is, how a tool is given the client's roots, and
how HTTP is set up. Results are built from the names of the protocol (`structuredContent`), which
are the same in both.
"""

try:
    from ergo_agent.apps.mcp.sdk_v2 import (
        Context,
        Server,
        ToolError,
        given_roots,
        http_app,
        new_server,
    )
except ModuleNotFoundError:
    from ergo_agent.apps.mcp.sdk_v1 import (
        Context,
        Server,
        ToolError,
        given_roots,
        http_app,
        new_server,
    )

__all__ = ["Context", "Server", "ToolError", "given_roots", "http_app", "new_server"]
