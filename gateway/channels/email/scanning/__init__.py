"""Looking for malware in mail, by a clamd that the operator runs."""

from gateway.channels.email.scanning.clamd import Clamd, ScanError
from gateway.channels.email.scanning.intake import ScanningIntake

__all__ = ["Clamd", "ScanError", "ScanningIntake"]
