"""What connectors of several systems share; no system imports another one, and nothing here imports a system."""
