from tests.dashboards.conftest import indicator, leader, plan

__all__ = ["indicator", "leader", "plan"]
