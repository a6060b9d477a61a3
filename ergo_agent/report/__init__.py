"""An episode as a page that one can look at: one HTML file that needs nothing else.

`VisionAnswer.save_report` and `VisionAnswer._repr_html_` are the ways in.
"""

from ergo_agent._common.text import visible
from ergo_agent.report.notebook import notebook_html
from ergo_agent.report.report import report_html, save_report

__all__ = ["notebook_html", "report_html", "save_report", "visible"]
