"""Draw the graph as it is now; see the package."""

from scripts.graph_picture import PICTURE, compiled_structure, drawn

PICTURE.write_text(drawn(compiled_structure()), "utf-8")
print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")
