"""What the document cannot say in JSON Schema: which texts are phone numbers."""

import schemathesis
from hypothesis import strategies as st


def _numbers(prefix: str, digits: int) -> st.SearchStrategy[str]:
    return st.integers(0, 10**digits - 1).map(lambda number: f"{prefix}{number:0{digits}}")


# Numbers of several countries, as people type them.
PHONES = st.one_of(
    _numbers("+1415555", 4),
    _numbers("+1 (212) 555-", 4),
    _numbers("+90555123", 4),
    _numbers("+49 1512 34", 5),
    _numbers("44740012", 4),
)

schemathesis.openapi.format("phone-number", PHONES)
# An e-mail address would do as well, where an application sends to such.
schemathesis.openapi.format("recipient", PHONES)
