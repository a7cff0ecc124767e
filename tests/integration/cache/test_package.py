import subprocess
import sys


def test_importing_the_cache_loads_no_web_framework() -> None:
    asked = (
        "import sys, dealradar.cache; print([m for m in ('flask', 'flask_caching', 'werkzeug') if m in sys.modules])"
    )

    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=True, text=True)  # noqa: S603  ours

    assert ran.stdout == "[]\n"
