"""What a LangSmith trace shows of images: thumbnails, unless the owner asks for more or less.

A trace repeats the whole conversation with every call of the model. With the views as they were
sent, an 8K episode posts megabytes; with thumbnails it posts tens of kilobytes.

```
images.py      which images a trace keeps, and what stands for the others
thumbnails.py  small JPEGs, each made once
langsmith.py   gives LangSmith's tracer light messages where the policy is asked
```

Nothing here changes what a model is sent, nor any LangSmith client or setting.
"""

from ergo_agent.tracing.images import TraceImages, light_images
from ergo_agent.tracing.langsmith import lightly_traced

__all__ = ["TraceImages", "light_images", "lightly_traced"]
