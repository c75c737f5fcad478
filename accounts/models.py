"""Users, the projects they belong to, and the keys their programs use."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes users whose name is their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Deactivated, never deleted: judgements keep their author."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a member may do. Each role may do all that the ones before it may (`Role.at_least`)."""

    VIEWER = "viewer", "Viewer"
    REVIEWER = "reviewer", "Reviewer"
    LEAD = "lead", "Lead"
    ADMIN = "admin", "Admin"

    def at_least(self, other: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class Scope(models.TextChoices):
    """What an API key may do."""

    INGEST = "ingest", "Send sessions"
    READ = "read", "Read sessions, failures and issues"
    WRITE = "write", "Change issues and failures, delete sessions"

    @property
    def missing(self) -> str:
        """What a key without this scope is told, in the words of the form that makes keys."""
        return f'This key lacks the scope "{self.label}". Make one that has it under Project settings, API keys.'


class Project(models.Model):
    """The tenant: every other row belongs to exactly one, and no query crosses it."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    is_demo = models.BooleanField(default=False)
    idle_seconds = models.PositiveIntegerField(default=300, help_text="A session is over after this long without news.")
    session_keys = models.JSONField(default=list, blank=True, help_text="Extra attribute keys that name the session.")
    whole_since = models.DateTimeField(
        null=True,
        blank=True,
        help_text="All sessions that came since are here. Of older ones those that nobody judged may be gone.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's role in a project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REVIEWER)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once_per_project"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.project}: {self.role}"

    def may(self, role: Role) -> bool:
        return Role(self.role).at_least(role)


class Invitation(models.Model):
    """An address asked to join. It is no membership until its owner accepts it."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.REVIEWER)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                "project",
                condition=models.Q(accepted_at__isnull=True),
                name="invitation_open_once_per_email",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.project}"

    def is_open(self) -> bool:
        return self.accepted_at is None and self.expires_at > timezone.now()


class ApiKey(models.Model):
    """A program's key to one project: shown once, stored as a hash. `prefix` is what people recognise it by."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16)
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def allows(self, scope: Scope) -> bool:
        return self.revoked_at is None and scope.value in self.scopes

    @property
    def scope_labels(self) -> list[str]:
        """What the key may do, in the form's words and order."""
        return [scope.label for scope in Scope if scope.value in self.scopes]
