from tests.dashboards.conftest import area, indicator, leader, measure, plan, small_indicator, stranger_office

__all__ = ["area", "indicator", "leader", "measure", "plan", "small_indicator", "stranger_office"]
