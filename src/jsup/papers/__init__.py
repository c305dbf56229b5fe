"""Official papers: how they are filled, written and issued. They are Chinese always."""
