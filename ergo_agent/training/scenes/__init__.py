"""Made-up high-resolution scenes: the coarse view tells where to look, and not what is there."""

from ergo_agent.training.scenes.families import FAMILIES, HELD_OUT
from ergo_agent.training.scenes.marks import MARKS
from ergo_agent.training.scenes.scene import LARGEST, SIZE, SMALLEST, Scene, make_scene, scenes

__all__ = [
    "FAMILIES",
    "HELD_OUT",
    "LARGEST",
    "MARKS",
    "SIZE",
    "SMALLEST",
    "Scene",
    "make_scene",
    "scenes",
]
