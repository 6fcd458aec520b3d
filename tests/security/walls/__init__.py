"""Who is told what, played at random against a small model of the rules."""
