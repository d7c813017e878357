"""Add data: from your files to a dashboard."""

from dashboards.add_data.flow import show

show()
