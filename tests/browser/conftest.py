from tests.demo.conftest import complete

__all__ = ["complete"]
