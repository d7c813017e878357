"""Zoom: the participants of mentoring meetings, by API or from the portal's CSV reports."""
