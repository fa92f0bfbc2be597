"""jetplan: transfer jobs and deliveries of Signiant Jet as YAML in git, each object submitted once."""

__version__ = "0.1.0"
