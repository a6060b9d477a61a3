"""The chat template of a rollout: the checkpoint's own, told what an environment's turns are.

TRL knows two kinds of turn, those of the policy, which call tools, and those of tools. Both are
turned back into what they are at inference before the checkpoint's own template sees them: what a
tool returns is a user turn, and a call of `reply` is the text of the reply. So both render alike by
construction.
"""

import re
from typing import Any

from ergo_agent.errors import PolicyError

__all__ = ["own_template", "take_turns"]

_PRELUDE = """
{%- set turns = namespace(messages=[]) -%}
{%- for message in messages -%}
{%- if message['role'] == 'tool' -%}
{%- set turn = {'role': 'user', 'content': message['content']} -%}
{%- elif message['tool_calls'] is defined and message['tool_calls'] -%}
{%- set said = namespace(text='') -%}
{%- for call in message['tool_calls'] -%}
{%- set function = call['function'] -%}
{%- if function['name'] == 'reply' and 'text' in function['arguments'] -%}
{%- set said.text = said.text + function['arguments']['text'] -%}
{%- else -%}
{%- set said.text = said.text + function['name'] + (function['arguments'] | tojson) -%}
{%- endif -%}
{%- endfor -%}
{%- set turn = {'role': message['role'], 'content': said.text} -%}
{%- else -%}
{%- set turn = message -%}
{%- endif -%}
{%- set turns.messages = turns.messages + [turn] -%}
{%- endfor -%}
{%- set messages = turns.messages -%}
"""
_ASKED = ({"role": "user", "content": "?"},)


def own_template(processor: Any) -> str:  # noqa: ANN401  # transformers'
    """The chat template that a checkpoint came with.

    Raises:
        PolicyError: If it came with none.
    """
    template = processor.chat_template or processor.tokenizer.chat_template
    if not isinstance(template, str):
        raise PolicyError(
            "the checkpoint has no chat template, so nobody knows how it is asked; train from one "
            "of the Qwen2.5-VL family"
        )
    return template.removeprefix(_PRELUDE)


def take_turns(processor: Any) -> None:  # noqa: ANN401
    """Let a processor render and read the turns of a rollout; nothing else of it changes.

    Rows are filled up on the left, as TRL does with their tokens: it computes what kind of token
    each one is with the processor, and with the other side every position would be off by the
    padding, without a word.

    Args:
        processor: A processor with its tokenizer, changed in place.

    Raises:
        PolicyError: If it has no chat template, or none that says where a reply begins.
    """
    template = _PRELUDE + own_template(processor)
    tokenizer = processor.tokenizer
    processor.chat_template = tokenizer.chat_template = template
    tokenizer.padding_side = "left"
    tokenizer.response_template = {
        "defaults": {"role": "assistant"},
        "start_anchor": _reply_header(processor),
        "fields": {
            "tool_calls": {
                # a reply that has not come to its own end is no call, and ends the rollout
                "open_pattern": rf"(?P<text>.*){re.escape(tokenizer.eos_token)}",
                "repeats": True,
                "content": "text",
                "transform": {
                    "type": "function",
                    "function": {"name": "reply", "arguments": {"text": "{text}"}},
                },
            },
            "content": {"content": "text"},
        },
    }


def _reply_header(processor: Any) -> str:  # noqa: ANN401
    """What the template writes before a reply."""
    asked = list(_ASKED)
    without = str(processor.apply_chat_template(asked, tokenize=False))
    header = str(
        processor.apply_chat_template(asked, tokenize=False, add_generation_prompt=True)
    ).removeprefix(without)
    if not header:
        raise PolicyError(
            "the checkpoint's chat template does not say where a reply begins "
            "(add_generation_prompt); train from one of the Qwen2.5-VL family"
        )
    return header
