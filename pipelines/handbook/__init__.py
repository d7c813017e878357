"""The handbook of a programme: what mentors and mentees need from the first meeting to the last, with the programme's own facts."""
