"""Django settings of the program. What a county may change comes from the environment; the rest is fixed here."""

from __future__ import annotations

import mimetypes
import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from tenglong.settings import database
from tenglong.settings.home import home, key, prepare

PACKAGE = Path(__file__).parents[1]
TENGLONG_HOME = prepare(home())
SECRET_KEY = key("secret", TENGLONG_HOME).decode()
DEBUG = os.environ.get("TENGLONG_DEBUG") == "1"
ALLOWED_HOSTS = [name for name in os.environ.get("TENGLONG_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if name]
CSRF_TRUSTED_ORIGINS = [name for name in os.environ.get("TENGLONG_ORIGINS", "").split(",") if name]
HTTPS = os.environ.get("TENGLONG_HTTPS") == "1"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "tenglong.store",
    "tenglong.web",
    "tenglong.apps.accounts",
    "tenglong.apps.audit",
    "tenglong.apps.jobs",
    "tenglong.apps.policy",
    "tenglong.apps.registry",
    "tenglong.apps.survey",
    "tenglong.apps.casework",
    "tenglong.apps.evaluation",
    "tenglong.apps.renewal",
    "tenglong.apps.clearance",
    "tenglong.apps.supply",
    "tenglong.apps.projects",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tenglong.web.chosen_language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenglong.web.plain_address.PlainAddressMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenglong.apps.accounts.middleware.TraceMiddleware",
    "tenglong.apps.accounts.middleware.SessionMiddleware",
    "tenglong.apps.accounts.middleware.AccessMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tenglong.urls"
WSGI_APPLICATION = "tenglong.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

_url = os.environ.get("TENGLONG_DATABASE_URL", "")
DATABASES = {"default": database.from_url(_url) if _url else database.sqlite(TENGLONG_HOME / "db" / "tenglong.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# identity: policy-facts §10 (GB/T 22239-2019 defaults)
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "tenglong.apps.accounts.backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name")}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "tenglong.apps.accounts.passwords.StrengthValidator"},
    {"NAME": "tenglong.apps.accounts.passwords.HistoryValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:login"
SESSION_ENGINE = "tenglong.apps.accounts.every_request"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
TENGLONG_IDLE_MINUTES = int(os.environ.get("TENGLONG_IDLE_MINUTES", "30"))
TENGLONG_PASSWORD_DAYS = 90
TENGLONG_PASSWORD_HISTORY = 5
TENGLONG_PASSWORD_LENGTH = 8
TENGLONG_PASSWORD_LENGTH_ADMIN = 10
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "tenglong.apps.accounts.views.sign_in.locked_out"
AXES_IPWARE_PROXY_COUNT = int(os.environ.get("TENGLONG_PROXIES", "0"))
AXES_IPWARE_META_PRECEDENCE_ORDER = ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]

# no request leaves the host (rule 9)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin" if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
FILE_UPLOAD_HANDLERS = ["tenglong.apps.survey.uploads.LimitedUploadHandler"]

#: whether the page of what-if prepares the first try behind its answer
WHATIF_WARM = True

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TENGLONG_TIME_ZONE", "Asia/Shanghai")
DATE_FORMAT = "Y-m-d"
USE_THOUSAND_SEPARATOR = False

mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("text/javascript", ".js")
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".pbf": "application/x-protobuf"}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"/vendor/"
LANGUAGE_COOKIE_SAMESITE = "Lax"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("TENGLONG_LOG", "WARNING")},
}
