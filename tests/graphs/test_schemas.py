"""The JSON schemas of the graph: what a stranger's form or client is built from."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from ergo_agent import create_vision_graph
from ergo_agent.episode.settings import VisionSettings
from tests.support.pictures import save_picture
from tests.support.scripted import scripted

GRAPH = create_vision_graph(policy=scripted("<answer>red</answer>"))
SCHEMAS: dict[str, Any] = {
    "input": GRAPH.get_input_jsonschema(),
    "output": GRAPH.get_output_jsonschema(),
    "context": GRAPH.get_context_jsonschema(),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema_without_loose_ends(name: str):
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    assert schema["description"]
    text = json.dumps(schema)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        assert reference.removeprefix("#/$defs/") in schema["$defs"]


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_field_has_a_type_and_says_what_it_is(name: str):
    for field, schema in SCHEMAS[name]["properties"].items():
        assert {"type", "anyOf", "$ref"} & schema.keys(), field
        assert schema["description"], field


def test_the_input_is_an_image_and_a_question():
    schema = SCHEMAS["input"]
    assert set(schema["properties"]) == {"image", "question", "page", "options"}
    assert schema["required"] == ["image", "question"]
    assert schema["properties"]["image"]["type"] == "string"
    valid = Draft202012Validator(schema)
    valid.validate({"image": "a.png", "question": "q", "page": 2, "options": ["A. red"]})
    for wrong in ({"image": "a.png"}, {"image": "a.png", "question": 5}):
        with pytest.raises(ValidationError):
            valid.validate(wrong)


def test_the_output_is_what_the_graph_returns(tmp_path: Path):
    page = save_picture(tmp_path, size=(600, 400))
    output = GRAPH.invoke({"image": str(page), "question": "q"})
    valid = Draft202012Validator(SCHEMAS["output"])
    valid.validate(output)
    with pytest.raises(ValidationError):
        valid.validate({**output, "result": {**output["result"], "views": "none"}})


def test_the_context_is_the_settings_and_none_of_them_has_to_be_given():
    schema = SCHEMAS["context"]
    assert set(schema["properties"]) == set(VisionSettings.model_fields)
    assert "required" not in schema
    assert not any("default" in field for field in schema["properties"].values())
    valid = Draft202012Validator(schema)
    valid.validate({})
    valid.validate({"max_zooms": 1, "deadline": 2.5, "max_vision_tokens": None})
    for wrong in ({"max_zooms": -1}, {"max_zoom": 1}, {"view_budget": 0}):
        with pytest.raises(ValidationError):
            valid.validate(wrong)
