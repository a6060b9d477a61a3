"""What agents need to look at images: names for them, tools that show them, a middleware.

- `blocks.py`, `conversation.py`: the images in an agent's messages, and what a model calls them
- `image_tool.py`: what every tool that takes an image by name has in common
- `views.py`, `boxes.py`: the views that tools show, and boxes in a stated frame
- `looking.py`: `ObserveTool` and `ZoomTool`, for models that look for themselves
- `middleware.py`: `VisionMiddleware`, made of `shrinking.py` and `rerouting.py`

`middleware.py` needs the extra `langchain`, so nothing here imports it.
"""

from ergo_agent.agents.looking import ObserveTool, ZoomTool

__all__ = ["ObserveTool", "ZoomTool"]
