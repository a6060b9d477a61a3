"""Made-up high-resolution scenes: the coarse view tells where to look, and not what is there."""

from ergo_agent.training.scenes.scene import FAMILIES, HELD_OUT, Scene, make_scene, scenes

__all__ = ["FAMILIES", "HELD_OUT", "Scene", "make_scene", "scenes"]
