import pytest
from tests.browser.desk import Office
pytestmark = pytest.mark.browser
def test_it(office: Office) -> None:
    clerk = office.desk("clerk")
    clerk.open("/")
    print(clerk.main.inner_text())
    print(office.api("/dossiers"))
