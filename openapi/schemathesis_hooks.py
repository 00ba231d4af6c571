"""What schemathesis cannot know about the API: bodies of several JSON documents, one a line (NDJSON)."""

import json

import schemathesis
from hypothesis import strategies as st

NDJSON = "application/x-ndjson"

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


line = requests().map(as_line) | any_json.map(as_line) | st.binary(max_size=60)
schemathesis.openapi.media_type(NDJSON, st.lists(line, max_size=8).map(b"\n".join))


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Examples of a media type with a strategy of its own must be bytes."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            body = operation.get("requestBody", {}).get("content", {}).get(NDJSON)
            if body:
                body["example"] = body["example"].encode()


@schemathesis.check
def one_answer_for_each_line(ctx, response, case):
    """Whatever is in a line, it has an answer in its place, and the lines around it have theirs."""
    if case.media_type != NDJSON or response.status_code != 200 or not isinstance(case.body, bytes):
        return
    asked = [line for line in case.body.split(b"\n") if line.strip(b" \t\r\n\f")]
    answers = [json.loads(line) for line in response.content.decode().splitlines()]
    assert len(answers) == len(asked), f"{len(asked)} lines are answered by {len(answers)}"
    for line, answer in zip(asked, answers):
        told = ({"id", "result"}, {"id", "problem"}, {"row", "id", "status", "application_id"}, {"row", "id", "status", "problem"})
        assert set(answer) in told, f"{line!r} is answered by {answer}"
