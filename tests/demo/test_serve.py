"""What the first start makes, and what later starts leave alone."""

import socket

import pytest
from django.contrib.auth import authenticate
from django.core.management.base import CommandError
from django.test import RequestFactory

from accounts.models import Project, User
from demo.actions import remove_demo
from demo.management.commands.serve import create_first_user, refuse_taken_port
from demo.queries import demo_project, unfinished_demo
from tests.builders import make_user


def test_first_user_can_log_in_with_the_printed_password(db: None) -> None:
    login = create_first_user(with_demo=False)
    assert login is not None
    user = authenticate(RequestFactory().post("/login/"), username=login[0], password=login[1])
    assert isinstance(user, User)
    assert user.is_superuser
    assert not Project.objects.exists()


def test_first_start_makes_user_and_demo_and_the_second_nothing(db: None) -> None:
    assert create_first_user(with_demo=True) is not None
    assert create_first_user(with_demo=True) is None
    assert (User.objects.filter(is_superuser=True).count(), Project.objects.count()) == (1, 1)


def test_removed_demo_does_not_come_back(db: None) -> None:
    create_first_user(with_demo=True)
    project = demo_project()
    assert project is not None
    remove_demo(project=project)
    assert create_first_user(with_demo=True) is None
    assert unfinished_demo() is None


def test_installation_with_users_gets_no_demo(db: None) -> None:
    make_user()
    assert create_first_user(with_demo=True) is None
    assert demo_project() is None


def test_taken_port_is_refused_with_the_next_one_as_advice() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"make run PORT={port + 1}"):
            refuse_taken_port("127.0.0.1", port)
