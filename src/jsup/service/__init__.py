"""What comes of the supervision for agencies and enterprises: guidance, meetings, guides, cases. They do not know each other."""
