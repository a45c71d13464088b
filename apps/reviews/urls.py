from django.urls import path

from apps.reviews import views

app_name = "reviews"

urlpatterns = [
    path("reviews/", views.queue, name="queue"),
    path("reviews/bulk/", views.bulk, name="bulk"),
    path("reviews/first-pass/", views.first_pass, name="first_pass"),
    path("reviews/<int:pk>/", views.review, name="review"),
    path("reviews/<int:pk>/letter/", views.letter, name="letter"),
]
