"""The one shape of every API error."""

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ParseError, ValidationError

from common.api import error_response
from common.errors import Refused


def answered(error: Exception) -> tuple[int, list[tuple[str, str]]]:
    response = error_response(error, {})
    assert response is not None
    assert list(response.data) == ["errors"]
    return response.status_code, [(row["field"], row["message"]) for row in response.data["errors"]]


def test_refusal_names_the_field() -> None:
    assert answered(Refused("Too late.", field="state")) == (400, [("state", "Too late.")])


def test_plain_error_names_no_field() -> None:
    assert answered(ParseError("JSON parse error")) == (400, [("", "JSON parse error")])
    assert answered(ValidationError("No.")) == (400, [("", "No.")])


def test_nested_errors_are_named_by_their_path() -> None:
    error = ValidationError(
        {"steps": [{}, {"kind": ["Unknown.", "Too long."]}], "session": {"id": ["Missing."]}, "name": ["Missing."]}
    )
    assert answered(error) == (
        400,
        [
            ("steps.1.kind", "Unknown."),
            ("steps.1.kind", "Too long."),
            ("session.id", "Missing."),
            ("name", "Missing."),
        ],
    )


def test_errors_of_a_list_are_named_by_their_place() -> None:
    assert answered(ValidationError([{}, {"id": ["Missing."]}])) == (400, [("1.id", "Missing.")])


def test_errors_of_a_whole_object_name_the_object_or_nothing() -> None:
    error = ValidationError({"non_field_errors": ["Either, or."], "session": {"non_field_errors": ["Neither."]}})
    assert answered(error) == (400, [("", "Either, or."), ("session", "Neither.")])


def test_errors_of_a_serializer_come_out_flat() -> None:
    class Inner(serializers.Serializer[object]):
        kind = serializers.ChoiceField(choices=["user", "tool"])

    class Outer(serializers.Serializer[object]):
        steps = Inner(many=True)

    serializer = Outer(data={"steps": [{"kind": "user"}, {"kind": "x"}, {}]})
    assert not serializer.is_valid()
    assert answered(ValidationError(serializer.errors)) == (
        400,
        [("steps.1.kind", '"x" is not a valid choice.'), ("steps.2.kind", "This field is required.")],
    )


def test_missing_and_forbidden_tell_nothing_more() -> None:
    assert answered(Http404("Session 7 of acme")) == (404, [("", "Not found.")])
    assert answered(PermissionDenied("because of acme")) == (403, [("", "Not allowed.")])
    assert answered(NotFound()) == (404, [("", "Not found.")])


def test_oversized_body_is_413() -> None:
    assert answered(RequestDataTooBig()) == (413, [("", "The body is too large for this call.")])


def test_status_of_the_error_is_kept() -> None:
    class Teapot(APIException):
        status_code = 418

    assert answered(Teapot("short and stout")) == (418, [("", "short and stout")])


def test_real_fault_is_left_to_be_a_500() -> None:
    assert error_response(RuntimeError("bug"), {}) is None


def test_a_busy_database_is_worth_another_try() -> None:
    response = error_response(OperationalError("database is locked"), {})
    assert response is not None
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert response.data == {"errors": [{"field": "", "message": "Busy; please send it again."}]}
