"""The ASGI application: health, metrics, and the playground page."""
