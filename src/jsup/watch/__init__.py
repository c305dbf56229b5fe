"""Plans, inspections, the monthly look, and what is wrong in them."""
