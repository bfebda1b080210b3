"""What can go wrong with a text; each message says what was found, what was wanted and what to do.

::

    CorpusError
    ├── FrontMatterError          a Markdown file of ours with front matter that is missing or wrong
    ├── LocatorError              words that name no place in a document
    ├── ReadError                 a file that is not taken in; the rest of a batch goes on
    │   ├── UnsupportedFormatError
    │   ├── FileTooLargeError
    │   ├── EmptyFileError
    │   ├── EncryptedFileError    needs a password
    │   ├── ScannedFileError      pages are pictures and no OCR is installed
    │   ├── BrokenFileError
    │   ├── UnsafeArchiveError    a zip bomb, or a name that leaves the folder
    │   ├── ConverterMissingError LibreOffice is needed and absent
    │   └── DuplicateDocumentError  the same document twice in one batch
    └── LibraryError
        ├── DocumentNotFoundError
        └── AmendmentError        a field that may not be amended, or dates out of order
"""

from __future__ import annotations


class CorpusError(Exception):
    """Base of every error of the corpus package."""


class FrontMatterError(CorpusError):
    """A Markdown file of ours lacks front matter, or a value in it is unknown."""


class LocatorError(CorpusError, ValueError):
    """The words name no place in a document."""


class ReadError(CorpusError):
    """Base of the reasons for which a file is not taken in."""


class UnsupportedFormatError(ReadError):
    """No reader knows the content."""


class FileTooLargeError(ReadError):
    """The file, or what it unpacks to, is above the limit."""


class EmptyFileError(ReadError):
    """The file holds no text."""


class EncryptedFileError(ReadError):
    """The file needs a password."""


class ScannedFileError(ReadError):
    """The pages are pictures and no OCR is installed."""


class BrokenFileError(ReadError):
    """The content contradicts its format."""


class UnsafeArchiveError(ReadError):
    """An archive that unpacks to far too much, or that names files outside its folder."""


class ConverterMissingError(ReadError):
    """LibreOffice is needed for this format and is not installed, or it failed."""


class DuplicateDocumentError(ReadError):
    """Another file of the same batch already gave this document."""


class LibraryError(CorpusError):
    """Base of what the library refuses."""


class DocumentNotFoundError(LibraryError, LookupError):
    """No document, or no such version of it, in the library."""


class AmendmentError(LibraryError, ValueError):
    """A field that may not be amended by hand, or dates out of order."""
