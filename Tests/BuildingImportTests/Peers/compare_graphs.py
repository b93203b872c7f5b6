"""Says how two navigation graphs differ, read by PyYAML: "same", or a line for every difference.

Numbers may differ by a micrometre; everything else, types too, must be equal.
"""

import sys

import yaml


def differences(a, b, path):
    if isinstance(a, bool) or isinstance(b, bool):
        if a is not b:
            yield f"{path}: {a!r} is not {b!r}"
    elif isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if abs(a - b) > 1e-6:
            yield f"{path}: {a!r} is not {b!r}"
    elif type(a) is not type(b):
        yield f"{path}: {a!r} is not {b!r}"
    elif isinstance(a, dict):
        for key in sorted(set(a) | set(b), key=str):
            if key in a and key in b:
                yield from differences(a[key], b[key], f"{path}.{key}".lstrip("."))
            else:
                yield f"{path}.{key}: only in {'the first' if key in a else 'the second'}"
    elif isinstance(a, list):
        if len(a) != len(b):
            yield f"{path}: {len(a)} elements, not {len(b)}"
        for index, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}[{index}]")
    elif a != b:
        yield f"{path}: {a!r} is not {b!r}"


first, second = (yaml.safe_load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
found = list(differences(first, second, ""))
print("\n".join(found) if found else "same")
