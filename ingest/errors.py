"""Errors of the library and the weights.

OutsourcingError (settings.py)
├── SettingsError (settings.py)
├── LibraryError
│   ├── LibraryMissing     nothing has been ingested yet
│   ├── LibraryMismatch    made by another embedding model or chunking
│   └── LibraryDamaged     a file of it cannot be read
├── DocumentError          one document cannot be read; ingestion goes on with the others
└── WeightsError           model files are missing, damaged, or cannot be fetched
"""

from settings import OutsourcingError


class LibraryError(OutsourcingError):
    """The library cannot be used as it is."""


class LibraryMissing(LibraryError):
    """Nothing has been ingested yet."""


class LibraryMismatch(LibraryError):
    """The library was made by another embedding model or chunking than the settings ask for."""


class LibraryDamaged(LibraryError):
    """A file of the library cannot be read; nothing is deleted."""


class DocumentError(OutsourcingError):
    """A document cannot be read."""


class WeightsError(OutsourcingError):
    """Model files are missing, damaged, or cannot be fetched."""
