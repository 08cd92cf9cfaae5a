"""A Help Desk gateway: mail and chat become tickets, and answers find their way back."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("helpdesk-gateway")
except PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0+unknown"
