from django.urls import path

from apps.collection.views.chasing import chasing, chasing_log
from apps.collection.views.chasing_measures import chasing_measures, measure_order_new
from apps.collection.views.chasing_settings import chasing_settings
from apps.collection.views.notices import notice, notices
from apps.collection.views.orders import order, order_new, orders

chasing_patterns = [
    path("notices/", notices, name="notices"),
    path("notices/<int:pk>/", notice, name="notice"),
    path("chasing/", chasing, name="chasing"),
    path("chasing/log/", chasing_log, name="chasing_log"),
    path("chasing/settings/", chasing_settings, name="chasing_settings"),
    path("chasing/orders/", orders, name="orders"),
    path("chasing/measures/", chasing_measures, name="chasing_measures"),
    path("chasing/orders/new/<int:pk>/", order_new, name="order_new"),
    path("chasing/orders/new/measure/<int:pk>/", measure_order_new, name="measure_order_new"),
    path("chasing/orders/<int:pk>/", order, name="order"),
]
