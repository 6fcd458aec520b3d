"""The ASGI application: what every channel's routes are hung into, and the playground page."""
