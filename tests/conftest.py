"""How the tests run: the Hypothesis profiles.

`HYPOTHESIS_PROFILE` chooses: `default` for everyday work, `ci` for some more, the same on every run,
`thorough` for a long search by chance.
"""

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, max_examples=30)
settings.register_profile(
    "ci", deadline=None, max_examples=30, derandomize=True, database=None, print_blob=True
)
settings.register_profile("thorough", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
