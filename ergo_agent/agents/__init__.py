"""What agents need to look at images: names for them, tools that show them, a middleware.

- `conversation.py`: the images in an agent's messages, and what a model calls them
- `image_tool.py`: what every tool that takes an image by name has in common
- `views.py`: the views that tools show, and their names
- `vision_tool.py`: `ErgoVisionTool`, which answers a question
- `extract_tool.py`: `ExtractTool`, which fills a model
- `look_tools.py`: `ObserveTool` and `ZoomTool`, for models that look for themselves
- `middleware.py`: `VisionMiddleware`, made of `reduction.py` and `reroute.py`

`middleware.py` needs the extra `langchain`, so nothing here imports it.
"""

from ergo_agent.agents.look_tools import ObserveTool, ZoomTool

__all__ = ["ObserveTool", "ZoomTool"]
