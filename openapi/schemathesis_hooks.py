"""What schemathesis cannot know about the API: bodies of several JSON documents, one a line."""

import json

import schemathesis
from hypothesis import strategies as st

CHILD = {
    "methodology": "children-2023",
    "date": "2023-03-01",
    "birth_date": "2013-01-01",
    "special_care": True,
    "criteria": [{"criterion": "mobility"}],
}
ADULT = {
    "methodology": "adults-2023",
    "date": "2023-05-02",
    "care_level": 2,
    "living_arrangement": "lives_with_family",
    "additional_needs": [{"need": "mobility"}],
}

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def requests(draw):
    """A right request with a member or two replaced, added or left out."""
    request = dict(draw(st.sampled_from([CHILD, ADULT])))
    if draw(st.booleans()):
        request["id"] = draw(st.text(max_size=20))
    for name in draw(st.lists(st.sampled_from(sorted(request)), max_size=2, unique=True)):
        if draw(st.booleans()):
            request[name] = draw(any_json)
        else:
            del request[name]
    return request


def as_line(value):
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


lines = st.lists(st.one_of(requests().map(as_line), any_json.map(as_line), st.binary(max_size=60)), max_size=8)
schemathesis.openapi.media_type("application/x-ndjson", lines.map(b"\n".join))
