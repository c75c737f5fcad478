"""Calls of the API, as a program makes them."""

from typing import Any

from django.test import Client

from accounts.models import Project, Scope
from tests.builders import make_key


def program(project: Project, *scopes: Scope) -> Client:
    """A program with a key to the project; without `scopes` it may do everything."""
    return Client(headers={"authorization": f"Bearer {make_key(project, *scopes)}"})


def get(client: Client, path: str, **query: Any) -> Any:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def send(client: Client, path: str, **data: Any) -> Any:
    return client.post(f"/api/v1/{path}", data, content_type="application/json")


def post(client: Client, path: str, **data: Any) -> Any:
    response = send(client, path, **data)
    assert response.status_code == 200, response.content
    return response.json()


def error_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["errors"][0]["field"]


def words_of(response: Any) -> str:
    return str(response.json()["errors"][0]["message"])
