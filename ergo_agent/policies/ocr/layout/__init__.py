"""Works out how the lines of a page are arranged."""
