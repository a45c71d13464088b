from django.urls import path

from apps.accounts import views
from apps.accounts.security import views_log, views_login, views_own, views_reset

app_name = "accounts"
urlpatterns = [
    path("login/", views_login.Login.as_view(), name="login"),
    path("login/code/", views_login.login_step, name="login-step"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.password, name="password"),
    path("devices/", views_own.devices, name="devices"),
    path("second-step/", views_own.factor, name="second-factor"),
    path("reset/", views.reset, name="reset"),
    path("reset/e-mail/", views_reset.ask, name="reset-ask"),
    path("reset/link/", views_reset.link, name="reset-link"),
    path("security/", views_log.log, name="security"),
    path("security/locks/<int:pk>/remove/", views_log.unlock, name="unlock"),
    path("users/", views.users, name="users"),
    path("users/new/", views.user_new, name="user-new"),
    path("users/<int:pk>/code/", views.user_code, name="user-code"),
    path("users/<int:pk>/active/", views.user_active, name="user-active"),
    path("users/<int:pk>/second-step/off/", views_log.factor_off, name="factor-off"),
]
