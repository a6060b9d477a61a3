"""Every error this package raises on purpose.

```
ErgoError
├── FatalError                  ends the run: the caller must change something
│   ├── ImageError              the image cannot be used as given
│   │   ├── ImageNotFoundError      nothing is at that path
│   │   ├── ImageAccessError        it is there, but outside what the owner allowed, or not a file
│   │   ├── ImageFormatError        empty, truncated, hostile, or no image at all
│   │   ├── ImageFetchError         its host is allowed, but did not deliver it
│   │   ├── ImageTooLargeError      more bytes, pixels, frames, pages, memory or time than allowed
│   │   └── StoreFullError          episodes that go on hold all that the store has room for
│   ├── BudgetError             a budget that no view fits into, or one that makes no sense
│   ├── QuestionError           the question is empty or too long
│   ├── SettingsError           a setting outside its range
│   ├── DecisionError           what a person decided about a zoom cannot be carried out
│   ├── StateError              the state of an episode, or a graph's input, is not one
│   ├── RowError                a row of a batch's input cannot be read as one
│   ├── BatchError              a batch cannot go on: its inputs, its workspace, its cluster
│   ├── ThreadBusyError         another run of the same thread of a checkpointer has not ended
│   ├── PolicyError             the policy's model failed
│   │   ├── PolicyUnreachableError  no connection, or 5xx, however often it was tried
│   │   ├── PolicyBusyError         the server turns requests away (429, 503)
│   │   ├── PolicyTimeoutError      no whole reply within the time for one
│   │   ├── PolicyAccessError       the key is wrong, or allows too little
│   │   ├── UnknownModelError       the server does not serve that model
│   │   ├── ContextOverflowError    the conversation is longer than the model's context
│   │   ├── PolicyRequestError      the server refuses the request for another reason
│   │   ├── PolicyReplyError        what came back is no chat completion
│   │   ├── ViewCostError           a view cost other tokens than predicted: it was resized
│   │   └── ServingError            a server to be started did not start, or it ended
│   └── MissingExtraError       an optional dependency is not installed
└── MoveError                   a model may read it and act on it; the graph never raises it
    ├── ReplyFormatError            the reply holds neither a usable box nor an answer
    └── RegionError                 the box cannot be turned into a region of the image
```

`FatalError` is for the person who runs the program. `MoveError` is for the policy: its text is what
the policy is told in the one second question it gets. Every message says what was given, what was
expected and what to do.
"""

from ergo_agent._common.installation import install_command

__all__ = [
    "BatchError",
    "BudgetError",
    "ContextOverflowError",
    "DecisionError",
    "ErgoError",
    "FatalError",
    "ImageAccessError",
    "ImageError",
    "ImageFetchError",
    "ImageFormatError",
    "ImageNotFoundError",
    "ImageTooLargeError",
    "MissingExtraError",
    "MoveError",
    "PolicyAccessError",
    "PolicyBusyError",
    "PolicyError",
    "PolicyReplyError",
    "PolicyRequestError",
    "PolicyTimeoutError",
    "PolicyUnreachableError",
    "QuestionError",
    "RegionError",
    "ReplyFormatError",
    "RowError",
    "ServingError",
    "SettingsError",
    "StateError",
    "StoreFullError",
    "ThreadBusyError",
    "UnknownModelError",
    "ViewCostError",
]


class ErgoError(Exception):
    """Base of every error this package raises on purpose."""

    def __init__(self, text: str = "", *, owner: str | None = None) -> None:
        """Say what was given, what was expected and what to do.

        Args:
            text: For anybody, a model included: nothing in it is what only code can do.
            owner: What only who runs the program can do, such as `raise ImageLimits.max_bytes`.
        """
        super().__init__(text if owner is None else f"{text}, or {owner}")
        self._for_model = text
        self.owner = owner

    @property
    def for_model(self) -> str:
        """What a model, or somebody else who does not run the program, is told."""
        return self._for_model


class FatalError(ErgoError):
    """Ends the run: the caller must change something before trying again."""


class ImageError(FatalError):
    """The image cannot be used as given."""


class ImageNotFoundError(ImageError):
    """Nothing is stored under the path or name that was given."""


class ImageAccessError(ImageError):
    """The image lies outside what the owner allowed, or is not a regular file."""


class ImageFormatError(ImageError):
    """The bytes are empty, truncated, or not an image this package reads."""


class ImageFetchError(ImageError):
    """The image's host is allowed, but cannot be reached, is too slow, or refuses the image."""


class ImageTooLargeError(ImageError):
    """The image exceeds a limit on bytes, pixels, frames, pages, memory or time."""


class StoreFullError(ImageError):
    """The image store has no room for the image before other episodes have ended."""


class BudgetError(FatalError, ValueError):
    """The vision-token budget makes no sense or no view fits into it."""


class QuestionError(FatalError, ValueError):
    """The question is empty or too long."""


class SettingsError(FatalError, ValueError):
    """A setting lies outside its range."""


class DecisionError(FatalError, ValueError):
    """What a person decided about a zoom cannot be carried out; in a run they are asked again."""


class StateError(FatalError, ValueError):
    """The state of an episode is not one that the graph wrote, or its input is malformed."""


class RowError(FatalError, ValueError):
    """A row of a batch's input is not one; it stays a row of the results, with this error."""


class BatchError(FatalError):
    """A batch cannot go on: its inputs, its workspace or its cluster cannot be used."""


class ThreadBusyError(FatalError):
    """Another run of the same thread has not ended; both would pay for the same replies."""


class PolicyError(FatalError):
    """The policy's model failed, timed out or cannot be reached."""


class PolicyUnreachableError(PolicyError):
    """There was no connection, it broke, or the server failed (5xx), however often it was tried."""


class PolicyBusyError(PolicyError):
    """The server turned the request away each time (429, 503), or asked for too long a wait."""


class PolicyTimeoutError(PolicyError):
    """No whole reply came within the time that one may take."""


class PolicyAccessError(PolicyError):
    """The server does not accept the key (401), or the key does not allow this (403)."""


class UnknownModelError(PolicyError):
    """The server does not serve the model that was named, or it is not clear which is meant."""


class ContextOverflowError(PolicyError):
    """The conversation is longer than the model's context, or holds more images than it takes."""


class PolicyRequestError(PolicyError):
    """The server refuses the request (any other 4xx); sending it again would change nothing."""


class PolicyReplyError(PolicyError):
    """The server answered, but not with a chat completion."""


class ViewCostError(PolicyError):
    """A view cost another number of tokens than predicted: the server resized it, so boxes lie."""


class ServingError(PolicyError):
    """A server that was to be started did not start, or it ended without having been told to."""


class MissingExtraError(FatalError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, feature: str, *, extra: str) -> None:
        """Say in one line what is missing and how to install it.

        Args:
            feature: What the caller wanted, as the subject of a sentence.
            extra: The name of the extra that holds the dependency.
        """
        super().__init__(f"{feature} needs an extra: {install_command(extra)}")
        self._for_model = f'{feature} needs the extra "{extra}", which is not installed'

    @property
    def for_model(self) -> str:
        """Without the command, which may name a folder of this machine."""
        return self._for_model


class MoveError(ErgoError):
    """A mistake in a reply that the policy may correct; its text is shown to the policy."""


class ReplyFormatError(MoveError):
    """The reply holds neither a usable box nor an answer."""


class RegionError(MoveError, ValueError):
    """A box that cannot be turned into a region of the image."""
