"""Where the program's own source mentions an attribute, asked when a run is over."""

import linecache
import os
import sys
import sysconfig
import tokenize

from rushlight.guard._places import _OWN, Place

#: Words by which a class reaches its layers without their names.
_DYNAMIC = frozenset("getattr children named_children _modules __dict__ vars".split())
_SKIPPED = frozenset((tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE))
_MOST = 300


def only_assignment(kind, attribute):
    """The line that makes an attribute that no line of the program reads.

    Args:
        kind: the class whose ``self.attribute`` it is.
        attribute: its name.

    Returns:
        Place: of the only mention, an assignment; None where there are others, where
        the class is an installed package's, or where its file reaches attributes in
        other ways.
    """
    home = _file_of(sys.modules.get(kind.__module__))
    home = home or _file_of_method(kind)
    if home is None:
        return None
    made, files = [], {home, *_files()}
    if len(files) > _MOST:
        return None
    for file in files:
        for token, assigned in _mentions(file, attribute, file == home):
            if not assigned or file != home:
                return None
            made.append(Place((file, token.start[0])))
    return made[0] if len(made) == 1 else None


def _mentions(file, attribute, is_home):
    """Pairs (token, whether it is self.attribute = ...)."""
    lines = linecache.getlines(file)
    if not is_home and not any(attribute in line for line in lines):
        return
    lines = iter(lines)
    try:
        found = tokenize.generate_tokens(lambda: next(lines, ""))
        tokens = [token for token in found if token.type not in _SKIPPED]
    except (tokenize.TokenError, SyntaxError):
        tokens = []
    words = [token.string for token in tokens]
    for place, token in enumerate(tokens):
        word = token.string
        if is_home and word in _DYNAMIC:
            yield token, False
        elif word == attribute:
            before, after = words[place - 2 : place], words[place + 1 : place + 2]
            yield token, before == ["self", "."] and after in (["="], [":"])
        elif token.type != tokenize.NAME and attribute in word:
            yield token, False


def _files():
    """The files of the program's own modules."""
    files = [_file_of(module) for module in list(sys.modules.values())]
    return [file for file in files if file is not None]


def _file_of(module):
    return _if_own(getattr(module, "__file__", None))


def _file_of_method(kind):
    """The file of a class's methods, where its module has none (a notebook's cell)."""
    code = getattr(kind.__init__, "__code__", None)
    return _if_own(getattr(code, "co_filename", None))


def _if_own(file):
    if not isinstance(file, str) or file.startswith(_installed()):
        return None
    return file if linecache.getlines(file) else None


def _installed():
    """Where Python's library, installed packages and this package lie."""
    paths = sysconfig.get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return (_OWN, "<frozen", *{paths[name] + os.sep for name in names})
