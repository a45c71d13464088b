"""How the system is, for a balancer, a monitor and the administrator's page."""
