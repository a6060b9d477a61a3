"""The local page of `ergo-agent ui`: drop an image, ask, and watch the answer being looked for.

```
server.py      the address, the token, and the server's start and end
app.py         which call is answered by what
guard.py       who may call: this machine's own page, and nobody else
entrance.py    the browser's way in, without the token on its command line
answers.py     errors as answers, and bodies that are read within bounds
images.py      images that were uploaded or named, as facts and as pictures
files.py       what lies in the folder that was opened
policies.py    who can be asked, and why not
forms.py       what a question and its settings may be
runs.py        the runs that are remembered
run.py         one run: an episode of the graph, and what it says
log.py         what a run said, for whoever listens, whenever they come
forks.py       a run that goes on from an earlier zoom with other boxes
reports.py     the report, as a download
static/        the page itself: static files without a build step
```

Absent on purpose: anything that writes a file, fetches from a network, or listens on one.
"""

from ergo_agent.errors import MissingExtraError

try:
    import sse_starlette  # noqa: F401
    import starlette  # noqa: F401
    import uvicorn  # noqa: F401
except ImportError as error:
    raise MissingExtraError("the local page", extra="ui") from error

from ergo_agent.apps.page.server import PageOptions, serve_page

__all__ = ["PageOptions", "serve_page"]
