"""Everything outside the core: platforms, models, the durable engine."""
