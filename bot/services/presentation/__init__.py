"""Every sentence the bot says, in one voice."""
