"""The policy behind an OpenAI-compatible endpoint: a chat completion with an image runs an episode.

```
requests.py      what a completion asks: images, question, settings
replies.py       an answer as a completion, with its evidence in a field of its own
app.py           the calls, the key, errors as clients know them
server.py        the address, start and end
```

Absent on purpose: conversations. An episode answers one question; a request with several is
refused, and what of a request has no meaning here is named in the reply.
"""

from ergo_agent.errors import MissingExtraError

try:
    from ergo_agent.apps.openai.server import CompletionOptions, serve_completions
except ImportError as error:
    raise MissingExtraError("serving as OpenAI does", extra="ui") from error

__all__ = ["CompletionOptions", "serve_completions"]
