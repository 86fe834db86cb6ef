"""Check the wheel that was built: what it holds, and what it asks for.

Usage: python check_wheel.py WHEEL
"""

import re
import sys
from email import message_from_bytes
from pathlib import PurePosixPath
from zipfile import ZipFile

RUN_TIME = {"attrs", "cattrs", "pycountry", "python-dateutil"}

with ZipFile(sys.argv[1]) as wheel:
    names = [PurePosixPath(name) for name in wheel.namelist()]
    metadata = message_from_bytes(wheel.read(next(str(n) for n in names if n.name == "METADATA")))

needs = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
unknown_keys = {name.parts[0] for name in names if not name.parts[0].endswith(".dist-info")} - {"custsync"}

assert not unknown_keys, f"the wheel also holds {unknown_keys}"
assert PurePosixPath("custsync/py.typed") in names, (
    "py.typed is missing: type checkers would not read the types"
)
assert any(name.name == "LICENSE" for name in names), "the license is missing"
assert {re.split(r"[<>=!~;\[ ]", line)[0] for line in needs} == RUN_TIME, f"run-time dependencies are {needs}"
print(
    f"{sum(name.suffix == '.py' for name in names)} modules, py.typed, the license; needs {', '.join(needs)}"
)
