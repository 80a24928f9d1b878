"""Who works here: people, departments, the roles they hold and for how long."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from ulid import ULID

from tenglong.apps.accounts.roles import ROLE_CHOICES, SCOPE_CHOICES, SEPARATED


def new_ulid() -> str:
    return str(ULID())


class Department(models.Model):
    """A node of the tree; `divisions` (GB/T 2260 or township codes) and `zones` say whose land it looks after."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    name = models.CharField(_("部门名称"), max_length=100)
    short_name = models.CharField(_("简称"), max_length=32, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children",
                               verbose_name=_("上级部门"))
    divisions = models.JSONField(_("镇街代码"), default=list, blank=True)
    zones = models.JSONField(_("片区代码"), default=list, blank=True)
    contact = models.CharField(_("联系方式"), max_length=100, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    lock_version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["parent", "name"], nulls_distinct=False, name="department_name_once")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; the service checks who may."""

    def create_user(self, username: str, password: str | None = None, **fields: object) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, or one desk of an enterprise. There is no superuser: roles are the only way to a right."""

    ulid = models.CharField(max_length=26, unique=True, default=new_ulid, editable=False)
    username = models.CharField(_("用户名"), max_length=64, unique=True, validators=[UnicodeUsernameValidator()],
                                error_messages={"unique": _("这个用户名已有人使用")})
    name = models.CharField(_("姓名"), max_length=64)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="people",
                                   verbose_name=_("所在部门"))
    phone_cipher = models.TextField(blank=True, editable=False)  # encrypted at rest
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    password_changed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    lock_version = models.PositiveIntegerField(default=1)

    objects = UserManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username


class RoleGrant(models.Model):
    """A role held by a user, for a scope, from–to. The three separated roles are open-ended until revoked."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("角色"), max_length=24, choices=ROLE_CHOICES)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="grants",
                                   verbose_name=_("部门"))
    scope = models.CharField(_("数据范围"), max_length=24, choices=SCOPE_CHOICES)
    divisions = models.JSONField(_("自定镇街代码"), default=list, blank=True)
    enterprise_id = models.BigIntegerField(_("企业"), null=True, blank=True)
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    revoked = models.BooleanField(default=False, editable=False)
    granted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["role", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=[role for role, _label in ROLE_CHOICES]), name="grant_known_role"),
            models.CheckConstraint(condition=Q(scope__in=[kind for kind, _label in SCOPE_CHOICES]), name="grant_known_scope"),
            models.CheckConstraint(condition=~Q(role__in=SEPARATED) | Q(valid_to__isnull=True) | Q(revoked=True),
                                   name="grant_separated_open_ended"),
            models.UniqueConstraint(fields=["user"], condition=Q(role__in=SEPARATED, revoked=False),
                                    name="grant_three_roles_separated"),
            models.CheckConstraint(condition=~Q(role="enterprise") | Q(scope="own_enterprise", enterprise_id__isnull=False),
                                   name="grant_enterprise_own_rows"),
            models.CheckConstraint(condition=~Q(role__in=SEPARATED) | Q(scope="none"), name="grant_separated_no_rows"),
        ]


class PasswordHistory(models.Model):
    """Hashes of earlier passwords, so that the last five are not used again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passwords")
    password = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)


class UserSession(models.Model):
    """A sign-in that can be seen and ended by its owner."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    ip = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
