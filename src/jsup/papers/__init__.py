"""Official papers: what they say, the Word templates they are filled into, and how they are drafted, numbered and issued."""
