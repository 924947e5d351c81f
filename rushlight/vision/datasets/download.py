"""Fetching files: several addresses, resumed, checked, whole or not at all.

# Note [Downloads]
# A file grows as NAME.part and takes its name when it has passed its checks, so whoever
# sees the name sees a whole file.  What a broken connection left is continued (an HTTP
# range), by the next address too, for all give the same bytes; what then fails the
# checks is thrown away and fetched once more from the start.  One process downloads,
# others wait at the part's lock and find the file there.
"""

import gzip
import hashlib
import http.client
import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager

from rushlight._base.errors import RushlightError, explain
from rushlight.serialization.atomic import atomic_file

#: Seconds that an address may keep silent.
TIMEOUT = 20.0
_CHUNK = 1 << 18
_AGENT = "rushlight"

#: By MD5, as torchvision publishes it: the size in bytes and the SHA-256.
KNOWN = {
    # MNIST
    "f68b3c2dcbeaaa9fbdd348bbdeb94873": (
        9912422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "d53e105ee54ea40749a09fcbcd1e9432": (
        28881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "9fb629c4189551a2d022fa330f9573f3": (
        1648877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "ec29112dd5afa0611ce80d1b7f02629c": (
        4542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    # Fashion-MNIST
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d": (
        26421880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    ),
    "25c81989df183df01b3e8a0aad5dffbe": (
        29515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    ),
    "bef4ecab320f06d8554ea6380940ec79": (
        4422102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    ),
    "bb300cfdad3c16e7a12a480ee83cd310": (
        5148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    # KMNIST
    "bdb82020997e1d708af4cf47b453dcf7": (
        18165135,
        "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
    ),
    "e144d726b3acfaa3e44228e80efcd344": (
        29497,
        "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17",
    ),
    "5c965bf0a639b31b8f53240b1b52f4d7": (
        3041136,
        "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5",
    ),
    "7320c461ea6c1c855c0b718fb2a4b134": (
        5120,
        "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c",
    ),
}


class DownloadError(RushlightError, RuntimeError):
    """A file that no address gave."""


class _BadFile(Exception):
    """What came is not what was wanted."""


# What can go wrong with one address, and is no reason not to try the next.
_FAILURES = (OSError, http.client.HTTPException, _BadFile, ValueError)


def fetch(urls, folder, name, md5=None, *, who="download", timeout=TIMEOUT):
    """Fetch a file into a folder, from the first address that gives it.

    Args:
        urls: addresses of the same file, tried in turn.
        folder: where to; made if it is not there.
        name: the file's.
        md5: its MD5 in hexadecimal digits, or None: not checked.  Of known files the
            size and SHA-256 are checked too.
        who: names the asker in an error.
        timeout: seconds that an address may keep silent.

    Returns:
        The file's path; a file that is there and passes the checks is left alone.

    Raises:
        DownloadError (a RuntimeError): where no address gives a file that passes.
    """
    path = os.path.join(folder, name)
    if problem_with(path, md5) is None:
        return path
    os.makedirs(folder, exist_ok=True)
    failures = []
    with _locked(f"{path}.part") as part:
        if problem_with(path, md5) is None:  # another process was quicker
            part.discard()
            return path
        for url in urls:
            try:
                _fetch_from(url, part, md5, timeout)
            except _FAILURES as error:
                failures.append(f"{_host(url)}: {_words(error)}")
            else:
                part.rename(path)
                return path
    raise DownloadError(
        explain(
            who,
            expected=f"to download {name}",
            got="; ".join(failures) or "no address to download it from",
            do=f"Put the file into {os.path.abspath(folder)} by hand.",
        )
    )


def problem_with(path, md5=None):
    """What is wrong with a file, in words; None for one that is there and right.

    Args:
        path: of the file.
        md5: its MD5 in hexadecimal digits, or None: any content is right.

    >>> problem_with("no/such/file")
    'it is not there'
    """
    if not os.path.isfile(path):
        return "it is not there"
    if md5 is None:
        return None
    size, sha256 = KNOWN.get(md5, (None, None))
    found = os.path.getsize(path)
    if size is not None and found != size:
        return f"{found} bytes instead of {size}"
    checks = [("MD5", "md5", md5), ("SHA-256", "sha256", sha256)]
    for label, algorithm, wanted in checks:
        if wanted is not None and digest(path, algorithm) != wanted:
            return f"its {label} is wrong"
    return None


def digest(path, algorithm):
    """A file's checksum in hexadecimal digits.

    Args:
        path: of the file.
        algorithm: "md5" or "sha256".
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def unpack(packed, target):
    """Unpack a .gz file; the target is there whole or not at all.

    Args:
        packed: path of the .gz file.
        target: path to write.

    Raises:
        DownloadError (a RuntimeError): for a file that cannot be unpacked.
    """
    try:
        with gzip.open(packed) as source, atomic_file(target) as file:
            shutil.copyfileobj(source, file, _CHUNK)
    except (EOFError, gzip.BadGzipFile, gzip.zlib.error) as error:
        raise DownloadError(
            explain(
                os.path.basename(packed),
                expected="a whole .gz file",
                got=f"one that cannot be unpacked ({error})",
                do=f"Delete {packed} and download it again.",
            )
        ) from error


# -------------------------------------------------------------------------- one address


def _fetch_from(url, part, md5, timeout):
    resumed = part.size() > 0
    _receive(url, part, timeout)
    problem = problem_with(part.path, md5)
    if problem and resumed:  # the beginning was something else's
        part.empty()
        _receive(url, part, timeout)
        problem = problem_with(part.path, md5)
    if problem:
        part.empty()
        raise _BadFile(f"what came is not the file ({problem})")


def _receive(url, part, timeout):
    """Append what is still missing to the part."""
    start = part.size()
    headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=timeout)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and start:
            return  # nothing is missing; the checks tell whether it is right
        raise
    with response:
        if start and response.status != http.client.PARTIAL_CONTENT:
            part.empty()
            start = 0
        _copy(response, part, start, url)


def _copy(response, part, start, url):
    length = response.headers.get("Content-Length")
    total = start + int(length) if length else None
    progress = _Progress(os.path.basename(urllib.parse.urlsplit(url).path), total)
    done = start
    with progress, open(part.path, "ab") as file:
        while chunk := response.read(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            progress.show(done)
    if total is not None and done < total:
        raise _BadFile(f"the connection ended after {done} of {total} bytes")


class _Progress:
    """A line on the terminal while a file comes; nothing elsewhere."""

    def __init__(self, name, total):
        self.name, self.total = name, total
        self.live = sys.stderr is not None and sys.stderr.isatty()

    def show(self, done):
        if self.live:
            of = f" of {self.total / 1e6:.1f}" if self.total else ""
            sys.stderr.write(f"\r{self.name}  {done / 1e6:.1f}{of} MB")
            sys.stderr.flush()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        if self.live:
            sys.stderr.write("\n")


def _host(url):
    return urllib.parse.urlsplit(url).netloc or url


def _words(error):
    """A failure in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "no answer"
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)


# ----------------------------------------------------------------------------- the part


class _Part:
    """The beginning of a file."""

    def __init__(self, path):
        self.path = path

    def size(self):
        return os.path.getsize(self.path)

    def empty(self):
        os.truncate(self.path, 0)

    def rename(self, path):
        os.replace(self.path, path)

    def discard(self):
        os.unlink(self.path)


@contextmanager
def _locked(path):
    """The part of a file, for this process alone where the system has locks."""
    try:
        import fcntl
    except ImportError:  # Windows: two processes that download at once may both fail
        open(path, "ab").close()
        yield _Part(path)
        return
    while True:
        file = open(path, "ab")
        fcntl.flock(file, fcntl.LOCK_EX)
        if _is_still(file, path):
            break
        file.close()  # it was renamed or discarded while we waited
    try:
        yield _Part(path)
    finally:
        file.close()


def _is_still(file, path):
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False
