"""What people start: the command line, the MCP server, the local page, a model server."""
