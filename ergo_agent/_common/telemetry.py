"""The reports of use that onnxruntime sends its makers, switched off.

From 1.29 on its builds tell of the process and of each session as soon as they are imported, and
keep an id and what is not sent yet in the home and temporary folders. One variable prevents all of
it, where it is set before onnxruntime is imported; its function stops what comes after a call.
"""

import os
import sys

__all__ = ["switch_off_telemetry"]

_VARIABLE = "ORT_DISABLE_TELEMETRY"


def switch_off_telemetry() -> None:
    """Have onnxruntime report nothing in this process and in those that it starts.

    Where the program has set the variable, its value is left as it is. Where the program has
    imported onnxruntime already, that has reported the process, and reports no more.
    """
    if _VARIABLE in os.environ:
        return
    os.environ[_VARIABLE] = "1"
    imported = sys.modules.get("onnxruntime")
    if imported is not None:
        imported.disable_telemetry_events()
