"""mobilegen: a trained model in, a tested mobile SDK out."""

__version__ = "0.1.0"
