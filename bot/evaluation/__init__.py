"""Plays a labelled corpus through the product and scores what comes out."""
