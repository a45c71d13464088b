from apps.organisations.models import Organisation


def schools_for(user):
    return Organisation.objects.visible_to(user).schools()


def search(user, wanted):
    return schools_for(user)
