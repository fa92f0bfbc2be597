"""The version of this package. Apart from `jetplan` itself, whose names lead up to the use cases."""

__version__ = "0.1.0"
