"""The Microsoft Teams channel; the only place that imports botbuilder and botframework."""
