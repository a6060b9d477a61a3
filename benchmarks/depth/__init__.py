"""Small type in large images: what is found of it, and what that costs, over the pixels."""
